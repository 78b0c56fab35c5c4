/* Loads what practice needs where a page has it. */
(() => {
  "use strict";
  const base = document.querySelector("[data-hb-base]").dataset.hbBase;
  if (!document.querySelector("[data-hb-calc]")) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${base}/assets/calc.css` }));
  document.head.append(Object.assign(document.createElement("script"), { src: `${base}/assets/calc.js` }));
})();
