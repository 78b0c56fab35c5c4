/* Enhances what is already whole without it. A classic script: it also runs from a folder. */
(() => {
  "use strict";

  /** Shows how a number is computed beside it, instead of leading to the end of the page. */
  const popover = () => {
    const box = document.createElement("div");
    box.className = "hb-popover md-typeset";
    box.setAttribute("popover", "auto");
    box.setAttribute("role", "dialog");
    box.tabIndex = -1;
    document.body.append(box);
    return box;
  };

  const fill = (box, entry) => {
    const copy = entry.cloneNode(true);
    copy.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    copy.querySelectorAll(".hb-derivation__back").forEach((element) => element.remove());
    const close = document.createElement("button");
    close.type = "button";
    close.className = "hb-popover__close";
    close.setAttribute("aria-label", "Close");
    close.textContent = "✕";
    close.addEventListener("click", () => box.hidePopover());
    box.replaceChildren(close, ...copy.childNodes);
  };

  /** Beside the number, on the side with more room, and never over it. */
  const place = (box, link) => {
    const gap = 8;
    const at = link.getBoundingClientRect();
    const below = window.innerHeight - at.bottom - 2 * gap;
    const above = at.top - 2 * gap;
    box.style.maxHeight = "";
    const wanted = box.getBoundingClientRect();
    const under = wanted.height <= below || below >= above;
    box.style.maxHeight = `${Math.min(wanted.height, Math.max(under ? below : above, 120))}px`;
    const size = box.getBoundingClientRect();
    const left = Math.min(at.left, window.innerWidth - size.width - gap);
    box.style.left = `${Math.max(gap, left)}px`;
    box.style.top = `${under ? at.bottom + gap : Math.max(gap, at.top - size.height - gap)}px`;
  };

  const derivations = () => {
    if (!("popover" in HTMLElement.prototype)) return;
    let box = null;
    let opener = null;
    const closed = (event) => {
      if (event.newState !== "closed" || !opener) return;
      opener.setAttribute("aria-expanded", "false");
      if (box.contains(document.activeElement) || document.activeElement === document.body) {
        opener.focus();
      }
      opener = null;
    };
    document.querySelectorAll("a.hb-number").forEach((link) => {
      link.setAttribute("aria-haspopup", "dialog");
      link.setAttribute("aria-expanded", "false");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        const entry = document.getElementById(link.hash.slice(1));
        if (!entry) return;
        event.preventDefault();
        if (!box) {
          box = popover();
          box.addEventListener("toggle", closed);
        }
        if (box.matches(":popover-open")) box.hidePopover();
        fill(box, entry);
        box.setAttribute("aria-label", `How ${link.textContent} is computed`);
        opener = link;
        link.setAttribute("aria-expanded", "true");
        box.showPopover();
        place(box, link);
        box.focus();
      });
    });
    const follow = () => opener && box.matches(":popover-open") && place(box, opener);
    window.addEventListener("scroll", follow, { passive: true });
  };

  /** Opens the fold that an address points into; older browsers do not. */
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const fold = target && target.closest("details:not([open])");
    if (fold) {
      fold.open = true;
      target.scrollIntoView();
    }
  };

  /** Paper cannot be clicked: every fold is printed open. */
  const print = () => {
    let folded = [];
    window.addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll(".md-content details:not([open])")];
      folded.forEach((fold) => (fold.open = true));
    });
    window.addEventListener("afterprint", () => folded.forEach((fold) => (fold.open = false)));
  };

  /** Mends landmarks of the theme: a dialog without a name, one around each copy button. */
  const landmarks = () => {
    document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
    const article = document.querySelector("article");
    if (!article) return;
    const mend = () =>
      article
        .querySelectorAll("nav.md-code__nav:not([role])")
        .forEach((nav) => nav.setAttribute("role", "none"));
    new MutationObserver(mend).observe(article, { childList: true, subtree: true });
    mend();
  };

  derivations();
  print();
  landmarks();
  window.addEventListener("hashchange", reveal);
  reveal();
})();
