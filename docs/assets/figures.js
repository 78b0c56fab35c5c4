/* Opens a figure in a dialog of its own. The dialog is fetched when it is first asked for, as a
   classic script, so that this also works from a folder. */
(() => {
  "use strict";
  const base = document.querySelector("[data-hb-base]").dataset.hbBase;
  let ready;

  const fetched = () =>
    (ready ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${base}/assets/figure-dialog.js`;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    }));

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest(".hb-expand");
    if (!button || button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await fetched();
      hbEnlarge(button.closest(".hb-figure"));
    } catch {
      ready = null; // the next press tries again
    }
    button.removeAttribute("aria-busy");
  });
})();
