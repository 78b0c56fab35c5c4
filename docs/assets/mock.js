/* Mock interviews: a clock over the stages, and a score from what was ticked. Without this the same
   stages, pushback, rubric and scorecard are there, to be opened and filled in by hand. */
(() => {
  "use strict";
  const { make, button, get, update } = window.hbProgress;
  const all = (selector, within) => [...within.querySelectorAll(selector)];
  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
  const written = (seconds) => `${Math.floor(seconds / 60)}:${`${Math.floor(seconds % 60)}`.padStart(2, "0")}`;
  const left = (limit, spent) => (spent > limit ? `${written(spent - limit)} over` : `${written(limit - spent + 0.99)} left`);

  const start = (box) => {
    const id = box.dataset.hbMock;
    const [levels, scale, rungs] = ["hbLevels", "hbScale", "hbRungs"].map((name) => JSON.parse(box.dataset[name]));
    const rubric = box.querySelector(".hb-mock__rubric");
    const card = rubric.lastElementChild;
    const inputs = all("input", rubric);
    const rows = all("tbody tr", card).map((row) => [...row.cells]);
    const last = rows.at(-1);
    const stages = all("[data-hb-stage]", box).map((fold, place) => {
      const { hbStage, hbMinutes } = fold.dataset;
      const body = rubric.querySelector(`[data-hb-rubric=${hbStage}]`);
      const [head, time, cell, ...points] = rows[place];
      const title = head.textContent.slice(3); // less its number
      const own = make("select", { ariaLabel: `Rung of ${title}` });
      own.append(...rungs.map((name, rung) => new Option(`${rung} ${name}`, rung)), new Option("Not covered", ""));
      cell.append(own);
      return { id: hbStage, fold, body, title, time, own, points, limit: hbMinutes * 60, spent: 0 };
    });
    const whole = box.dataset.hbMinutes * 60;
    const spent = () => sum(stages.map((stage) => stage.spent));
    let at = -1; // before the round; behind the last stage it is over
    let since = 0; // when the clock was last read; 0 while it stands
    let stamp = 0; // when the result of this round was first kept

    const status = make("p", { role: "status" });
    const say = (text) => (status.textContent = text);
    const time = make("p", { className: "hb-mock__clock", role: "timer" });

    const show = () => {
      const stage = stages[at];
      time.textContent = stage
        ? `${stage.title}: ${left(stage.limit, stage.spent)}. Round: ${left(whole, spent())}.`
        : `${written(spent())} of ${written(whole)}`;
    };
    const read = () => {
      if (!since) return;
      const seconds = (Date.now() - since) / 1000;
      const stage = stages[at];
      const told = [
        [stage.title, stage.limit, stage.spent],
        ["the round", whole, spent()],
      ].flatMap(([name, limit, before]) => {
        const over = (mark) => before < mark && before + seconds >= mark;
        return over(limit) ? `Time for ${name} is up.` : over(limit / 2) ? `Half of ${name} has gone.` : [];
      });
      if (told.length) say(told.join(" "));
      stage.spent += seconds;
      since = Date.now();
      show();
    };
    /** What there is to be seen: in the round only its stage, and pushback one by one. */
    const arrange = () => {
      const running = !!stages[at];
      stages.forEach(({ fold }, place) => {
        fold.hidden = running && place !== at;
        all(".hb-mock__pushback", fold).forEach((each, count, folds) => (each.hidden = running && count > 0 && !folds[count - 1].open));
      });
      rubric.hidden = running;
      go.textContent = since ? "Pause" : running ? "Continue" : at < 0 ? "Start the clock" : "Start again";
      next.hidden = !running;
      next.textContent = stages[at + 1] ? "Next stage" : "Finish and score";
      show();
    };
    const enter = (place) => {
      all("details", box).forEach((each) => (each.open = false));
      at = place;
      const stage = stages[at];
      (stage?.fold ?? rubric).open = true;
      say(stage ? `${stage.title}: ${stage.limit / 60} minutes.` : "Tick what was said or drawn.");
      if (!stage) since = 0;
      rate();
      arrange();
    };
    const go = button("", () => {
      read();
      since = since ? 0 : Date.now();
      if (stages[at]) {
        say(since ? "The clock runs." : "The clock stands.");
        arrange();
      } else {
        if (at > 0) bring([[], [], []]);
        stamp = 0;
        enter(0);
      }
    });
    const next = button("", () => {
      read();
      enter(at + 1);
      if (!since) rubric.firstElementChild.focus();
    });

    /** The rung that the ticks reach, one missing in each list forgiven; and what the next lacks. */
    const reached = (body) => {
      let rung = +all("input", body).some((input) => input.checked);
      let lacks;
      all("[data-hb-rung]", body).every((row) => {
        lacks = all("label", row).filter((label) => !label.firstElementChild.checked);
        if (lacks.length > 1) return false;
        rung = row.dataset.hbRung;
        return (lacks = []);
      });
      return [rung, lacks.map((label) => label.textContent.trim()).join("; ")];
    };
    const rate = () => {
      stages.forEach(({ time, limit, spent, points, body }) => {
        time.textContent = `${written(spent)} of ${limit / 60} min`;
        points.at(-1).textContent = reached(body)[1];
      });
      last[1].textContent = `${written(spent())} of ${whole / 60} min`;
      Object.values(levels).forEach((target, column) => {
        const scores = stages.flatMap(({ own, points }) => {
          const score = Math.min(Math.max(own.value - target + scale.meets, scale.lowest), scale.highest);
          points[column].textContent = own.value ? score : "–";
          return own.value ? score : [];
        }).sort();
        const less = (stages.length - scores.length) * scale.meets;
        const total = sum(scores);
        // Lowest first: behind those that may be only named stands rung 2, which scores 5 less the target.
        const word =
          less > scale.meets
            ? "not held"
            : total >= scale.strong - less && scores[0] >= scale.meets
              ? "strong yes"
              : total >= scale.yes - less && scores[0] > scale.lowest && scores[scale.named] + target > 4
                ? "yes"
                : "no";
        last[3 + column].textContent = `${total} of ${scores.length * scale.highest}: ${word}`;
      });
    };
    rubric.addEventListener("change", ({ target }) => {
      const stage = stages.find(({ body }) => body.contains(target));
      if (stage) stage.own.value = reached(stage.body)[0];
      rate();
    });

    const earlier = make("ul");
    const recall = () =>
      earlier.replaceChildren(
        ...(get().mock[id] ?? []).map(({ at, verdict }) => make("li", {}, `${new Date(at).toLocaleDateString("en-GB")}: ${verdict}`))
      );
    const keep = button("Keep this result", () => {
      // Rungs: the same evidence has a score at every level.
      const scores = Object.fromEntries(stages.map(({ id, own }) => [id, own.value ? +own.value : null]));
      const verdict = Object.keys(levels).map((level, column) => `${level} ${last[3 + column].textContent}`).join(", ");
      stamp ||= Date.now();
      update(({ mock }) => (mock[id] = [...(mock[id] ?? []).filter(({ at }) => at !== stamp), { at: stamp, scores, verdict }]));
      say(window.hbProgress.kept ? "Kept in this browser." : "Kept until you leave this page.");
    });
    const paper = button("Print the scorecard", () => {
      box.classList.add("hb-mock--print");
      print();
    });
    addEventListener("afterprint", () => box.classList.remove("hb-mock--print"));
    addEventListener("hb-progress", recall);

    // A reload brings the round back, with its clock standing; so does the way back to the page.
    const key = `hb-mock-${id}`;
    const bring = ([spent, ticks, values]) => {
      stages.forEach((stage, place) => {
        stage.spent = spent[place] ?? 0;
        stage.own.value = values[place] ?? 0;
      });
      inputs.forEach((input, place) => (input.checked = !!ticks[place]));
    };
    addEventListener("pagehide", () => {
      read();
      since = 0;
      arrange();
      const kept = [stages.map((stage) => stage.spent), inputs.map((input) => input.checked), stages.map(({ own }) => own.value), at];
      try {
        sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {}
    });
    card.append(make("p", { className: "hb-bar" }, keep, paper), earlier);
    stages[0].fold.before(make("div", { className: "hb-mock__panel" }, time, make("p", { className: "hb-bar" }, go, next), status));
    try {
      const kept = JSON.parse(sessionStorage.getItem(key));
      bring(kept);
      if (kept[3] >= 0) enter(kept[3]);
    } catch {}
    rate();
    recall();
    arrange();
    box.addEventListener("toggle", arrange, true);
    setInterval(read, 1000);
  };

  all("[data-hb-mock]", document).forEach(start);
})();
