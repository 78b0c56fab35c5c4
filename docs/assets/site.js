/* Enhances what is already whole without it. A classic script: it also runs from a folder.
   Nothing is built before it is used, and nothing asks for the layout while the page starts. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  // Other scripts ask the body where the site starts.
  document.body.dataset.hbBase = document.querySelector("[data-hb-base]").dataset.hbBase;

  const element = (name, classes, properties) => {
    const made = document.createElement(name);
    made.className = classes;
    return Object.assign(made, properties);
  };

  /** Shows a line for a moment, and has it read out. */
  let fading;
  const say = (text) => {
    const line = document.querySelector(".hb-said");
    line.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => (line.textContent = ""), 3000);
  };

  /** Storage may be forbidden; then a choice lasts as long as the page. */
  const keep = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {}
  };

  // The script in the head has already set what was chosen.
  const theme = () => {
    const names = { system: "as the system’s", light: "light", dark: "dark" };
    const order = Object.keys(names);
    const next = () => order[(order.indexOf(root.dataset.hbChosen) + 1) % order.length];
    const button = document.querySelector("[data-hb-theme]");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const colours = all("meta[name=theme-color]");
    const systems = colours.map((colour) => colour.media);
    const show = () => {
      const chosen = root.dataset.hbChosen;
      const dark = chosen === "dark" || (chosen === "system" && system.matches);
      root.dataset.mdColorScheme = dark ? "slate" : "default";
      // The first is light's: where one was chosen, the browser's own bars take it too.
      colours.forEach((colour, index) => {
        colour.media = chosen === "system" ? systems[index] : index === +dark ? "all" : "not all";
      });
      button.title = `Theme: ${names[chosen]}. Switch to: ${names[next()]}`;
      button.setAttribute("aria-label", button.title);
    };
    button.addEventListener("click", () => {
      const chosen = (root.dataset.hbChosen = next());
      keep("hb-theme", chosen === "system" ? "" : chosen);
      show();
      say(`Theme: ${names[chosen]}`);
    });
    system.addEventListener("change", show);
    show();
  };

  /** Marks the section that is read. A heading counts from when it is in the top quarter. */
  const contents = () => {
    const links = new Map();
    all(".hb-toc a").forEach((link) => {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading) links.set(heading, link);
    });
    if (!links.size) return;
    const passed = new Set();
    let current;
    const mark = () => {
      const last = [...links.keys()].filter((heading) => passed.has(heading)).pop();
      if (links.get(last) === current) return;
      current?.removeAttribute("aria-current");
      current = links.get(last);
      current?.setAttribute("aria-current", "true");
      reveal(current);
    };
    // Only where the list is longer than the window, and never the page itself.
    const reveal = (link) => {
      const box = document.querySelector(".md-sidebar--secondary");
      if (!link || box.scrollHeight <= box.clientHeight) return;
      const top = link.offsetTop;
      if (top < box.scrollTop + 40 || top > box.scrollTop + box.clientHeight - 80) {
        box.scrollTop = top - box.clientHeight / 2;
      }
    };
    // From far above down to the line: what is in it has been passed.
    const watch = new IntersectionObserver(
      (entries) => {
        entries.forEach((entry) => {
          if (entry.isIntersecting) passed.add(entry.target);
          else passed.delete(entry.target);
        });
        mark();
      },
      { rootMargin: "1000000px 0px -75% 0px" }
    );
    links.forEach((_, heading) => watch.observe(heading));
  };

  /** Once the title is out of sight, the header says where one is. */
  const topic = () => {
    const title = document.querySelector("article h1");
    if (!title) return;
    new IntersectionObserver(
      ([entry]) => root.classList.toggle("hb-scrolled", !entry.isIntersecting),
      { rootMargin: "-48px 0px 1000000px 0px" }
    ).observe(title);
  };

  /** Gives each block of code a button as it comes near. */
  const copying = () => {
    if (!navigator.clipboard) return;
    const watch = new IntersectionObserver(
      (entries) => {
        entries.forEach(({ target, isIntersecting }) => {
          if (!isIntersecting) return;
          watch.unobserve(target);
          target.append(
            element("button", "hb-copy", { type: "button", title: "Copy", ariaLabel: "Copy the code" })
          );
        });
      },
      { rootMargin: "300px 0px" }
    );
    all("article .highlight > pre").forEach((block) => watch.observe(block.parentElement));
    document.addEventListener("click", async ({ target }) => {
      if (!target.matches(".hb-copy")) return;
      const code = target.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.innerText.trimEnd() + "\n");
        target.classList.add("hb-copy--done");
        setTimeout(() => target.classList.remove("hb-copy--done"), 2000);
        say("Copied");
      } catch {
        say("The browser does not let this page copy");
      }
    });
  };

  /** Tabs with one label are one choice: all sets follow, on this page and the next. */
  const tabs = () => {
    if (!document.querySelector(".tabbed-set")) return;
    const name = (label) => label.textContent.trim();
    const select = (words) =>
      all(".tabbed-labels > label").forEach((label) => {
        if (name(label) === words) document.getElementById(label.htmlFor).checked = true;
      });
    document.addEventListener("change", ({ target }) => {
      if (!target.matches(".tabbed-set > input")) return;
      const label = document.querySelector(`label[for="${target.id}"]`);
      const before = label.getBoundingClientRect().top;
      select(name(label));
      // Sets above may have grown: what was pressed stays where it is.
      scrollBy({ top: label.getBoundingClientRect().top - before, behavior: "instant" });
      keep("hb-tab", name(label));
    });
    try {
      select(localStorage.getItem("hb-tab"));
    } catch {}
  };

  /** Explains an abbreviation, or shows a footnote, where it stands: by pointer, key or touch. */
  const tips = () => {
    const selector = "abbr[title], abbr[data-hb-title], a.footnote-ref";
    let tip, shown, waiting;
    const text = (of) => {
      if (of.matches("abbr")) {
        // The browser's own would come on top of ours.
        of.dataset.hbTitle ??= of.title;
        of.removeAttribute("title");
        return of.dataset.hbTitle;
      }
      const note = document.getElementById(decodeURIComponent(of.hash.slice(1)));
      const copy = note?.cloneNode(true);
      copy?.querySelectorAll(".footnote-backref").forEach((link) => link.remove());
      return copy ? copy.textContent.trim() : "";
    };
    const hide = () => {
      clearTimeout(waiting);
      shown?.removeAttribute("aria-describedby");
      tip?.remove();
      shown = null;
    };
    const place = (of) => {
      const at = of.getClientRects()[0];
      const size = tip.getBoundingClientRect();
      const left = Math.min(at.left, innerWidth - size.width - 8);
      const under = at.top < size.height + 60;
      tip.style.left = `${Math.max(8, left)}px`;
      tip.style.top = `${under ? at.bottom + 6 : at.top - size.height - 6}px`;
    };
    const show = (of) => {
      if (of === shown) return;
      hide();
      const words = text(of);
      if (!words) return;
      tip ??= element("div", "hb-tip", { id: "hb-tip", role: "tooltip" });
      tip.textContent = words;
      (of.closest("dialog, [popover]") ?? document.querySelector("main")).append(tip);
      of.setAttribute("aria-describedby", tip.id);
      shown = of;
      place(of);
    };
    const near = ({ target }) => target.closest?.(selector);
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch" || tip?.contains(event.target)) return;
      clearTimeout(waiting);
      const of = near(event);
      if (of !== shown) waiting = setTimeout(() => (of ? show(of) : hide()), of ? 150 : 300);
    });
    document.addEventListener("focusin", (event) => (near(event) ? show(near(event)) : hide()));
    document.addEventListener("click", (event) => {
      const of = near(event);
      if (of?.matches("abbr")) show(of);
      else if (!tip?.contains(event.target)) hide();
    });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
    document.addEventListener("scroll", () => shown && place(shown), { passive: true });
  };

  /** The drawer is a popover of the browser; here only what that does not do. */
  const drawer = () => {
    const box = document.getElementById("hb-navigation");
    if (!box?.hidePopover) return;
    box.addEventListener("toggle", ({ newState }) => {
      if (newState === "open") (box.querySelector("[aria-current]") ?? box.querySelector("a")).focus();
    });
    const close = () => box.matches(":popover-open") && box.hidePopover();
    matchMedia("(min-width: 76.25em)").addEventListener("change", close);
  };

  /** Opens the fold, or the tab, that an address points into; older browsers do not. */
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const fold = target.closest("details:not([open])");
    if (fold) fold.open = true;
    if (target.matches(".tabbed-set > input")) target.checked = true;
    if (fold) target.scrollIntoView();
  };

  /** Paper cannot be clicked: every fold is printed open. */
  const print = () => {
    let folded = [];
    addEventListener("beforeprint", () => {
      folded = all(".md-content details:not([open])");
      folded.forEach((fold) => (fold.open = true));
    });
    addEventListener("afterprint", () => folded.forEach((fold) => (fold.open = false)));
  };

  for (const part of [theme, contents, topic, copying, tabs, tips, drawer, print, reveal]) part();
  addEventListener("hashchange", reveal);
})();
