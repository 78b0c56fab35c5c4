/* Enhances what is already whole without it. A classic script: it also runs from a folder. */
(() => {
  "use strict";

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

  print();
  landmarks();
  window.addEventListener("hashchange", reveal);
  reveal();
})();
