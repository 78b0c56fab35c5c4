/* The two pages of practice: what is due, one question after the other, and what has been done.
   Both read the list of chapters that stands on the page. */
(() => {
  "use strict";
  const progress = window.hbProgress;
  const { make, today, when, date, get } = progress;
  const base = document.querySelector("[data-hb-base]").dataset.hbBase;
  const chapters = [...document.querySelectorAll("[data-hb-entry]")].map((entry) => ({
    entry,
    slug: entry.dataset.hbEntry,
    script: entry.dataset.hbScript,
    ids: entry.dataset.hbQuestions.split(" ").filter(Boolean),
    link: entry.querySelector("a"),
    said: entry.appendChild(make("span", { className: "hb-entry" })),
  }));
  const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;
  const line = (text, ...inside) => make("p", {}, text, ...inside);
  const button = (text, act) => {
    const made = make("button", { type: "button", className: "hb-button" }, text);
    made.addEventListener("click", act);
    return made;
  };

  /** Questions that were answered and come again, and new ones of chapters read before today. */
  const dueIn = ({ slug, ids }, { quiz, read } = get()) =>
    ids.filter((id) => (quiz[id] ? quiz[id].due <= today() : read[slug] < today()));
  const nextDay = () => {
    const { quiz } = get();
    const days = chapters.flatMap(({ ids }) => ids.filter((id) => quiz[id]).map((id) => quiz[id].due));
    return days.length ? Math.max(Math.min(...days), today()) : 0;
  };
  const unkept = () =>
    progress.kept ? "" : " This browser keeps nothing for this site: what you do lasts as long as the page.";

  // ------------------------------------------------------------------ review

  /** Each chapter's questions are a script of their own. */
  const asked = new Map();
  const fetched = (path) => {
    if (!asked.has(path)) {
      const load = (done) => document.head.append(make("script", { src: `${base}/${path}`, onload: done, onerror: done }));
      asked.set(path, new Promise(load));
    }
    return asked.get(path);
  };

  const review = (box) => {
    let queue = [];
    let at = 0;
    let right = 0;
    const opening = () => {
      const due = chapters.filter((each) => dueIn(each).length);
      queue = due.flatMap((chapter) => dueIn(chapter).map((id) => ({ chapter, id, by: Math.random() })));
      queue.sort((one, other) => one.by - other.by); // subjects mixed: telling them apart is part of it
      const next = nextDay();
      const text = queue.length
        ? `${count(queue.length, "question")} from ${count(due.length, "chapter")}.`
        : next
          ? `Nothing is due. The next question comes ${when(next)}.`
          : "Nothing is due yet: answer a chapter’s quiz, or mark a chapter as read and come back tomorrow.";
      box.replaceChildren(line(text + unkept()));
      if (queue.length) box.append(button("Start", ask));
    };
    const ask = async () => {
      const { chapter, id } = queue[at];
      await fetched(chapter.script);
      const head = line(`${at + 1} of ${queue.length}, from `, chapter.link.cloneNode(true));
      head.tabIndex = -1;
      box.replaceChildren(head);
      const html = window.hbQuestions?.[id];
      if (html) {
        const held = make("template", { innerHTML: html }).content;
        held.querySelectorAll("a[href]").forEach((link) => {
          const address = link.getAttribute("href");
          if (!/^[a-z]+:/.test(address)) link.setAttribute("href", `${base}/${address}`);
        });
        box.append(held);
        window.hbQuiz(box.lastElementChild);
      } else {
        const link = make("a", { href: `${chapter.link.href}#quiz-${id}` }, "in its chapter");
        box.append(line("This question is asked ", link, "."), button("Next", next));
      }
      head.focus();
    };
    const next = () => {
      at += 1;
      if (at < queue.length) return ask();
      const done = line(`Done: ${right} of ${queue.length} right. The next question comes ${when(nextDay())}.`);
      done.tabIndex = -1;
      box.replaceChildren(done);
      done.focus();
    };
    box.addEventListener("hb-answered", ({ detail }) => {
      if (box.querySelector(".hb-next")) return;
      right += detail;
      const made = button(at + 1 < queue.length ? "Next question" : "Finish", next);
      made.classList.add("hb-next");
      box.append(made);
    });
    opening();
  };

  // ------------------------------------------------------------------ progress

  const table = (head, rows) => {
    const row = (cells, tag) => make("tr", {}, ...cells.map((text) => make(tag, {}, text)));
    return make("table", {}, make("thead", {}, row(head, "th")), make("tbody", {}, ...rows.map((cells) => row(cells, "td"))));
  };

  const overview = (box) => {
    const said = make("p", { role: "status" });
    const held = make("div");
    const show = () => {
      const { quiz, read, mock } = get();
      const ids = chapters.flatMap((each) => each.ids);
      const seen = ids.filter((id) => quiz[id]);
      const due = chapters.flatMap((each) => dueIn(each)).length;
      const chaptersRead = chapters.filter(({ slug }) => read[slug]).length;
      const boxes = progress.days.map((days, at) => [
        `${at + 1}`,
        count(days, "day"),
        `${seen.filter((id) => quiz[id].box === at + 1).length}`,
      ]);
      held.replaceChildren(
        line(`${chaptersRead} of ${count(chapters.length, "chapter")} read, ${seen.length} of ${count(ids.length, "question")} answered, ${due} due today.${unkept()}`),
        table(["Box", "Comes again after", "Questions"], boxes)
      );
      const mocks = Object.entries(mock).flatMap(([id, tries]) =>
        tries.map(({ at, verdict }) => [id.replaceAll("-", " "), `${new Date(at).toLocaleDateString("en-GB")}: ${verdict ?? "kept"}`])
      );
      if (mocks.length) held.append(table(["Mock interview", "When, and how"], mocks));
    };
    const save = () => {
      const link = make("a", {
        href: URL.createObjectURL(new Blob([progress.export()], { type: "application/json" })),
        download: `handbook-practice-${new Date().toISOString().slice(0, 10)}.json`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      said.textContent = `Saved as ${link.download}.`;
    };
    const file = make("input", { type: "file", accept: ".json,application/json", className: "hb-file" });
    file.addEventListener("change", async () => {
      const wrong = progress.import(await file.files[0].text());
      said.textContent = wrong ? `Not imported: ${wrong}.` : "Imported: added to what was here.";
      file.value = "";
    });
    const reset = () => {
      if (!confirm("Delete your progress in this browser? Export it first to keep a copy.")) return;
      progress.reset();
      said.textContent = "Deleted.";
    };
    box.replaceChildren(
      held,
      make("div", { className: "hb-quiz__bar" }, button("Export", save), make("label", { className: "hb-button" }, "Import", file), button("Reset", reset)),
      said
    );
    addEventListener("hb-progress", show);
    show();
  };

  const entries = () => {
    const { quiz, read } = get();
    chapters.forEach((each) => {
      const { slug, ids, said } = each;
      const seen = ids.filter((id) => quiz[id]).length;
      const parts = [
        ...(read[slug] ? [`read on ${date(read[slug])}`] : []),
        ...(seen ? [`${seen} answered, ${dueIn(each).length} due`] : []),
      ];
      said.textContent = parts.length ? `: ${parts.join("; ")}` : "";
    });
  };
  addEventListener("hb-progress", entries);
  entries();
  document.querySelectorAll("[data-hb-review]").forEach(review);
  document.querySelectorAll("[data-hb-progress]").forEach(overview);
})();
