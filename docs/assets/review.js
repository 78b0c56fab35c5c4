/* The two pages of practice: what is due, one question after the other, and what has been done.
   Both read the list of chapters that stands on the page. */
(() => {
  "use strict";
  const progress = window.hbProgress;
  const { make, button, shown, today, when, date, get } = progress;
  const base = document.querySelector("[data-hb-base]").dataset.hbBase;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const chapters = all("[data-hb-entry]").map((entry) => ({
    slug: entry.dataset.hbEntry,
    script: entry.dataset.hbScript,
    ids: entry.dataset.hbQuestions.split(" ").filter(Boolean),
    link: entry.querySelector("a"),
    said: entry.appendChild(make("span", { className: "hb-entry" })),
  }));
  const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;
  /** A paragraph; what has just come takes the focus, so that it is read from there. */
  const line = (...inside) => make("p", { tabIndex: -1 }, ...inside);

  /** Questions that were answered and come again, and new ones of chapters read before today. */
  const dueIn = ({ slug, ids }) => {
    const { quiz, read } = get();
    return ids.filter((id) => (quiz[id] ? quiz[id].due : read[slug] + 1) <= today());
  };
  const unkept = () =>
    progress.kept ? "" : " This browser keeps nothing beyond this page.";

  // ------------------------------------------------------------------ review

  /** Each chapter's questions are a script of their own. */
  const found = (id) => window.hbQuestions?.[id];
  const fetched = (path) =>
    new Promise((done) => document.head.append(make("script", { src: `${base}/${path}`, onload: done, onerror: done })));
  const later = () => {
    const { quiz } = get();
    const days = chapters.flatMap(({ ids }) => ids.flatMap((id) => quiz[id]?.due ?? []));
    return days.length ? `The next question comes ${when(Math.min(...days))}.` : "";
  };

  const review = (box) => {
    const show = (first, ...rest) => {
      box.replaceChildren(first, ...rest);
      first.focus();
    };
    const due = chapters.filter((each) => dueIn(each).length);
    // Subjects are mixed: to tell them apart is part of the answer.
    const queue = due
      .flatMap((chapter) => dueIn(chapter).map((id) => ({ chapter, id, by: Math.random() })))
      .sort((one, other) => one.by - other.by);
    let at = 0;
    let right = 0;
    const ask = async () => {
      const { chapter, id } = queue[at];
      if (!found(id)) await fetched(chapter.script);
      const head = line(`${at + 1} of ${queue.length}, from `, chapter.link.cloneNode(true));
      const html = found(id);
      if (!html) {
        const link = make("a", { href: `${chapter.link.href}#quiz-${id}` }, "in its chapter");
        return show(head, line("This question is asked ", link, "."), button("Next", next));
      }
      const held = make("template", { innerHTML: html }).content;
      held.querySelectorAll("a[href]").forEach((link) => {
        const address = link.getAttribute("href");
        if (!/^\w+:/.test(address)) link.setAttribute("href", `${base}/${address}`);
      });
      show(head, held);
      window.hbQuiz(box.lastChild);
    };
    const next = ({ target }) => {
      // The next question may still have to come.
      target.disabled = true;
      at += 1;
      if (at < queue.length) ask();
      else show(line(`Done: ${right} of ${queue.length} right. ${later()}`));
    };
    box.addEventListener("hb-answered", ({ detail }) => {
      if (box.lastChild.matches("button")) return;
      right += detail;
      box.append(button(at + 1 < queue.length ? "Next question" : "Finish", next));
    });
    const text = queue.length
      ? `${count(queue.length, "question")} from ${count(due.length, "chapter")}.`
      : `Nothing is due. ${later() || "Answer a chapter’s quiz, or mark one as read and come back tomorrow."}`;
    box.replaceChildren(line(text, unkept()), ...(queue.length ? [button("Start", ask)] : []));
  };

  // ------------------------------------------------------------------ progress

  const table = (...rows) => {
    const made = make("table", {});
    rows.forEach((cells, at) => cells.reduce((row, text) => (row.append(make(at ? "td" : "th", {}, text)), row), made.insertRow()));
    return made;
  };

  const overview = (box) => {
    const said = make("p", { role: "status" });
    const held = make("div", {});
    const say = (text) => (said.textContent = text);
    const save = () => {
      const link = make("a", {
        href: URL.createObjectURL(new Blob([progress.export()], { type: "application/json" })),
        download: `handbook-practice-${new Date().toISOString().slice(0, 10)}.json`,
      });
      link.click();
      say(`Saved as ${link.download}.`);
    };
    const file = make("input", { type: "file", accept: ".json", className: "hb-file" });
    file.addEventListener("change", async () => {
      const wrong = progress.import(await file.files[0].text());
      say(wrong ? `Not imported: ${wrong}.` : "Imported: added to what was here.");
      file.value = "";
    });
    const reset = () => {
      if (!confirm("Delete your progress? Export it first to keep a copy.")) return;
      progress.reset();
      say("Deleted.");
    };
    box.replaceChildren(
      held,
      make("div", { className: "hb-bar" }, button("Export", save), make("label", { className: "hb-button" }, "Import", file), button("Reset", reset)),
      said
    );
    shown(({ quiz, read, mock }) => {
      const ids = chapters.flatMap((each) => each.ids);
      const seen = ids.filter((id) => quiz[id]);
      const due = chapters.flatMap(dueIn).length;
      const done = chapters.filter(({ slug }) => read[slug]).length;
      const boxes = progress.days.map((days, at) => [at + 1, count(days, "day"), seen.filter((id) => quiz[id].box === at + 1).length]);
      const mocks = Object.entries(mock).flatMap(([id, tries]) =>
        tries.map(({ at, verdict }) => [id.replaceAll("-", " "), date(at / 864e5), verdict ?? ""])
      );
      held.replaceChildren(
        line(`${done} of ${count(chapters.length, "chapter")} read, ${seen.length} of ${count(ids.length, "question")} answered, ${due} due today.`, unkept()),
        table(["Box", "Comes again after", "Questions"], ...boxes),
        ...(mocks.length ? [table(["Mock interview", "Day", "Result"], ...mocks)] : [])
      );
    });
  };

  all("[data-hb-review]").forEach(review);
  all("[data-hb-progress]").forEach(overview);
  shown(({ quiz, read }) =>
    chapters.forEach((each) => {
      const day = read[each.slug];
      const seen = each.ids.filter((id) => quiz[id]).length;
      const parts = [day && `read on ${date(day)}`, seen && `${seen} answered, ${dueIn(each).length} due`].filter(Boolean);
      each.said.textContent = parts.length ? `: ${parts.join("; ")}` : "";
    })
  );
})();
