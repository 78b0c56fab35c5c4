/* What a reader has done, kept in this browser and nowhere else: the boxes of quiz questions, the
   chapters read, the scores of mock interviews. Everything else goes through `hbProgress`. */
(() => {
  "use strict";
  const KEY = "hb-practice";
  // A question in the first box comes again tomorrow, one in the fifth in sixteen days.
  const DAYS = [1, 2, 4, 8, 16];
  const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const SLUG = /^[a-z0-9]+([-/][a-z0-9]+)*$/;

  const make = (tag, values, ...inside) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...inside);
    return made;
  };
  const button = (text, act) => {
    const made = make("button", { type: "button", className: "hb-button" }, text);
    made.addEventListener("click", act);
    return made;
  };

  /** Whole days since 1970 where the reader is. */
  const today = (now = new Date()) => Math.floor((now - now.getTimezoneOffset() * 6e4) / 864e5);
  const date = (day) => new Date(day * 864e5).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const when = (day) => ["today", "tomorrow"][Math.max(day - today(), 0)] ?? `on ${date(day)}`;

  // No calendar goes beyond 1e8 days.
  const whole = (x, low, high = 1e8) => Number.isInteger(x) && x >= low && x <= high;
  const SHAPES = {
    quiz: [ID, (x) => whole(x?.box, 1, 5) && whole(x.due, 0) && whole(x.seen, 1) && whole(x.right, 0, x.seen)],
    read: [SLUG, (x) => whole(x, 0)],
    mock: [ID, (x) => Array.isArray(x) && x.every((one) => whole(one?.at, 0, 864e13) && one.scores instanceof Object)],
  };
  const empty = () => ({ version: 1, quiz: {}, read: {}, mock: {} });

  /** What is sound of a text, and the first thing that is not. */
  const sound = (text) => {
    const all = empty();
    let data;
    try {
      data = JSON.parse(text);
    } catch {}
    let wrong = data?.version === 1 ? "" : "it is no file of this handbook";
    for (const [part, [name, fits]] of Object.entries(SHAPES))
      for (const [id, value] of Object.entries(data?.[part] ?? {})) {
        if (name.test(id) && fits(value)) all[part][id] = value;
        else wrong ||= `${part} “${id.slice(0, 40)}” cannot be read`;
      }
    return { all, wrong };
  };

  // Storage may be forbidden or full; then what is done lasts as long as the page.
  let memory = null;
  const get = () => {
    if (memory) return memory;
    try {
      return sound(localStorage.getItem(KEY)).all;
    } catch {
      return (memory = empty());
    }
  };
  const changed = () => dispatchEvent(new Event("hb-progress"));
  const set = (all) => {
    try {
      if (memory) throw memory;
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      memory = all;
    }
    changed();
  };
  /** Shows what is kept, now and whenever it has changed. */
  const shown = (show) => {
    const now = () => show(get());
    addEventListener("hb-progress", now);
    now();
  };
  addEventListener("storage", ({ key }) => (key === KEY || key === null) && changed());

  const update = (edit) => {
    const all = get();
    edit(all);
    set(all);
  };

  window.hbProgress = {
    make,
    button,
    shown,
    today,
    date,
    when,
    days: DAYS,
    get,
    update,

    /** Whether the browser keeps it. */
    get kept() {
      get();
      return !memory;
    },

    /** Leitner's boxes: right, when it was due, moves a question up by one; wrong, to the first. */
    answer: (id, right) =>
      update(({ quiz }) => {
        const now = today();
        const was = quiz[id] ?? { box: 1, due: now, seen: 0, right: 0 };
        const early = right && was.due > now;
        const box = right ? Math.min(5, was.box + !early) : 1;
        const due = early ? was.due : now + DAYS[box - 1];
        quiz[id] = { box, due, seen: was.seen + 1, right: was.right + right };
      }),

    export: () => `${JSON.stringify(get(), null, 1)}\n`,

    /** Adds what a file holds; returns what is wrong with it, and then changes nothing. */
    import: (text) => {
      const { all, wrong } = sound(text);
      if (!wrong)
        update((mine) => {
          for (const id in all.quiz)
            if (!(mine.quiz[id]?.seen >= all.quiz[id].seen)) mine.quiz[id] = all.quiz[id];
          Object.assign(mine.read, all.read);
          for (const id in all.mock) {
            const known = mine.mock[id] ?? [];
            const more = all.mock[id].filter(({ at }) => !known.some((one) => one.at === at));
            mine.mock[id] = [...known, ...more].sort((one, other) => one.at - other.at);
          }
        });
      return wrong;
    },

    reset: () => set(empty()),
  };

  /** At the end of a chapter: whether it has been read. */
  document.querySelectorAll("[data-hb-chapter]").forEach((end) => {
    const slug = end.dataset.hbChapter;
    const said = make("span", { role: "status" });
    const mark = button("", () => update(({ read }) => read[slug] ? delete read[slug] : (read[slug] = today())));
    shown(({ read }) => {
      const day = read[slug];
      mark.textContent = day ? "Mark as not read" : "Mark as read";
      said.textContent = day ? `Read on ${date(day)}.` : "";
    });
    end.before(make("p", { className: "hb-bar hb-read" }, mark, said));
  });
})();
