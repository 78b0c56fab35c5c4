/* Shows how a number is computed beside it. The list at the end of the page says the same, one
   item a quantity, with links from each formula to what it uses: here they are followed. */
(() => {
  "use strict";
  if (!("popover" in HTMLElement.prototype)) return;

  const GAP = 8;
  let box = null;
  let opener = null;

  const make = (tag, className, ...inside) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...inside);
    return made;
  };

  const build = () => {
    box = make("div", "hb-popover hb-derived md-typeset");
    box.setAttribute("popover", "auto");
    box.setAttribute("role", "dialog");
    box.tabIndex = -1;
    box.addEventListener("toggle", closed);
    document.body.append(box);
  };

  const closed = (event) => {
    if (event.newState !== "closed" || !opener) return;
    opener.setAttribute("aria-expanded", "false");
    if (box.contains(document.activeElement) || document.activeElement === document.body) {
      opener.focus();
    }
    opener = null;
  };

  const target = (link) => document.getElementById(link.hash.slice(1));

  /** Everything that an item rests on, what is used first standing first. */
  const closure = (item) => {
    const found = new Set();
    const follow = (each) =>
      each.querySelectorAll("p > a[href^='#number-']").forEach((link) => {
        const used = target(link);
        if (!used || used === item || found.has(used)) return;
        found.add(used);
        follow(used);
      });
    follow(item);
    return [...found];
  };

  /** A copy without ids, and without links within the page: here they would lead away. */
  const copy = (nodes) => {
    const made = document.createElement("div");
    made.append(...[...nodes].map((node) => node.cloneNode(true)));
    made.querySelectorAll("a[href^='#']").forEach((link) => link.replaceWith(link.textContent));
    return [...made.childNodes];
  };

  const part = (words, items, className, content) => {
    if (!items.length) return [];
    const list = make("ul", className);
    list.append(...items.map((item) => make("li", "", ...copy(content(item)))));
    return [make("p", "hb-derived__why", words), list];
  };

  /** What a formula that leads on to an item needs of it: its formula, or what it was given. */
  const formula = (item) => item.querySelector("p").childNodes;
  const given = (item) => item.childNodes;

  const fill = (item) => {
    const close = make("button", "hb-popover__close", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => box.hidePopover());
    const used = closure(item);
    box.replaceChildren(
      close,
      ...copy(item.childNodes),
      ...part("where", used.filter((each) => each.querySelector("p")), "hb-popover__steps", formula),
      ...part("from", used.filter((each) => !each.querySelector("p")), "hb-popover__given", given)
    );
  };

  /** Beside the number, on the side with more room, and never over it. */
  const place = () => {
    const at = opener.getBoundingClientRect();
    const below = innerHeight - at.bottom - 2 * GAP;
    const above = at.top - 2 * GAP;
    box.style.maxHeight = "";
    const wanted = box.getBoundingClientRect();
    const under = wanted.height <= below || below >= above;
    box.style.maxHeight = `${Math.min(wanted.height, Math.max(under ? below : above, 120))}px`;
    const size = box.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - size.width - GAP);
    box.style.left = `${Math.max(GAP, left)}px`;
    box.style.top = `${under ? at.bottom + GAP : Math.max(GAP, at.top - size.height - GAP)}px`;
  };

  const announce = (link) => {
    if (link.hasAttribute("aria-haspopup")) return;
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
  };

  const open = (link, item) => {
    if (!box) build();
    if (box.matches(":popover-open")) box.hidePopover();
    fill(item);
    box.setAttribute("aria-label", `How ${link.textContent} is computed`);
    announce(link);
    link.setAttribute("aria-expanded", "true");
    opener = link;
    box.showPopover();
    place();
    box.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.hb-number");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const item = target(link);
    if (!item) return;
    event.preventDefault();
    open(link, item);
  });
  addEventListener("scroll", () => opener && box.matches(":popover-open") && place(), {
    passive: true,
  });
  // A page may hold hundreds of numbers: their roles can wait until nothing else does.
  const idle = window.requestIdleCallback || ((act) => setTimeout(act, 500));
  idle(() => document.querySelectorAll("a.hb-number").forEach(announce));
})();
