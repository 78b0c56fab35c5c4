/* Opens the search. What it needs is loaded when somebody is about to use it, and not before. */
(() => {
  "use strict";
  if (!window.HTMLDialogElement) return;
  const base = document.querySelector("[data-hb-base]")?.dataset.hbBase || ".";
  let loading = null;
  let typed = null; // what is typed while the dialog is on its way

  const add = (tag, values) =>
    new Promise((done, failed) => {
      const made = document.createElement(tag);
      document.head.append(Object.assign(made, values, { onload: done, onerror: failed }));
    });
  /** What the index needs in any case, fetched beside the dialog and not after it. */
  const ahead = (href, as) => add("link", { rel: "preload", crossOrigin: "anonymous", href: `${base}/pagefind/${href}`, as });
  const load = () => {
    if (!loading && location.protocol !== "file:") {
      for (const each of ["pagefind-entry.json?ts=1", "wasm.en.pagefind"]) ahead(each, "fetch").catch(() => {});
      add("link", { rel: "modulepreload", href: `${base}/pagefind/pagefind.js` }).catch(() => {});
    }
    loading ??= Promise.all([
      add("link", { rel: "stylesheet", href: `${base}/assets/search.css` }),
      add("script", { src: `${base}/assets/search-titles.js` }),
      add("script", { src: `${base}/assets/search-dialog.js` }),
    ]).then(() => window.hbSearch(base));
    return loading;
  };
  const open = (from) => {
    typed ??= "";
    load().then((dialog) => {
      dialog.open(from, typed || "");
      typed = null;
    }, () => (loading = typed = null)); // offline: the next try may find it
  };
  const writing = (element) => element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  document.querySelectorAll("[data-hb-search]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => open(button));
    for (const near of ["focus", "pointerenter"]) button.addEventListener(near, load);
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
