/* Loads what practice needs as the reader comes near it: quizzes, mock interviews, calculators.
   Classic scripts in their order, so that this also works from a folder. */
(() => {
  "use strict";
  const store = ["assets/practice.css", "assets/progress.js"];
  const quiz = [...store, "assets/quiz.js"];
  const parts = {
    "[data-quiz]": quiz,
    "[data-hb-chapter]": store,
    "[data-hb-mock]": [...store, "assets/mock.js"],
    "[data-hb-calc]": [...store, "assets/calc.js"],
    "[data-hb-review], [data-hb-progress]": [...quiz, "assets/review.js"],
  };
  const base = document.querySelector("[data-hb-base]").dataset.hbBase;
  const asked = new Set();

  const load = (file) => {
    if (asked.has(file)) return;
    asked.add(file);
    const script = file.endsWith(".js");
    const made = document.createElement(script ? "script" : "link");
    // In the order that they were asked for.
    if (script) made.async = false;
    else made.rel = "stylesheet";
    made[script ? "src" : "href"] = `${base}/${file}`;
    document.head.append(made);
  };

  const watch = new IntersectionObserver(
    (entries) =>
      entries.forEach(({ target, isIntersecting }) => {
        if (!isIntersecting) return;
        watch.unobserve(target);
        for (const selector in parts) if (target.matches(selector)) parts[selector].forEach(load);
      }),
    { rootMargin: "600px" }
  );
  document.querySelectorAll(Object.keys(parts).join()).forEach((each) => watch.observe(each));
})();
