/* Opens the search. What it needs is loaded when somebody is about to use it, and not before. */
(() => {
  "use strict";
  const base = document.querySelector("[data-hb-base]")?.dataset.hbBase || ".";
  const tag = `${Date.now()}`; // the index of today's site, whatever a cache still holds
  let loading = null;
  let typed = null; // what is typed while the dialog is on its way

  const forget = () => (loading = typed = null); // offline: the next try may find it
  const add = (tag, values) =>
    new Promise((done, failed) => {
      const made = document.createElement(tag);
      document.head.append(Object.assign(made, values, { onload: done, onerror: failed }));
    });
  /** What the index needs in any case, fetched beside the dialog and not after it. */
  const ahead = (file, rel) => {
    const as = rel === "preload" ? "fetch" : "script";
    add("link", { href: `${base}/pagefind/${file}`, crossOrigin: "", rel, as }).catch(() => {});
  };
  const load = () => {
    if (!loading && location.protocol !== "file:") {
      ahead("pagefind.js", "modulepreload");
      ahead(`pagefind-entry.json?ts=${tag}`, "preload");
      ahead("wasm.en.pagefind", "preload");
    }
    loading ??= Promise.all([
      add("link", { rel: "stylesheet", href: `${base}/assets/search.css` }),
      add("script", { src: `${base}/assets/search-titles.js` }),
      add("script", { src: `${base}/assets/search-dialog.js` }),
    ]).then(() => window.hbSearch(base, tag));
    return loading;
  };
  const open = (from) => {
    typed ??= "";
    load().then((dialog) => {
      dialog.open(from, typed || "");
      typed = null;
    }, forget);
  };
  const writing = (element) => element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  document.querySelectorAll("[data-hb-search]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => open(button));
    for (const near of ["focus", "pointerenter"]) button.addEventListener(near, () => load().catch(forget));
  });
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    const command = event.ctrlKey || event.metaKey;
    if (typed !== null && key.length === 1 && !command) typed += key;
    else if (command ? key !== "k" : key !== "/" || event.altKey || writing(event.target)) return;
    else if (!document.querySelector("dialog[open]")) open(document.activeElement);
    event.preventDefault();
  });
})();
