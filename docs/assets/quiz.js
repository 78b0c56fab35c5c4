/* Quizzes: choose, put in order or write, check, and read why. What was there without a script
   stays: the answer opens below, and its reasons are read from it. */
(() => {
  "use strict";
  const { make, answer, get, when } = window.hbProgress;
  const all = (selector, within) => [...within.querySelectorAll(selector)];
  const mark = (line, right, text) => {
    line.className = `hb-verdict hb-verdict--${right ? "right" : "wrong"}`;
    line.textContent = text;
  };
  const clear = (line) => Object.assign(line, { className: "", textContent: "" });
  const letter = (at) => String.fromCharCode(65 + at);

  /** One right answer, or several. */
  const choice = (box, several, reasons) => {
    const list = box.querySelector(".hb-quiz__options");
    const right = reasons.map((each) => each.matches(".hb-quiz__reason--right"));
    const group = make("div", { role: several ? "group" : "radiogroup" });
    group.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
    list.replaceWith(group);
    group.append(list);
    const rows = [...list.children].map((item) => {
      const input = make("input", { type: several ? "checkbox" : "radio", name: box.id, value: item.dataset.option });
      const line = make("span");
      item.append(make("label", {}, input, make("span", {}, ...item.childNodes)), line);
      return { input, line };
    });
    return {
      check: () => {
        const chosen = rows.map(({ input }) => input.checked);
        if (!chosen.includes(true)) return { text: "Choose an answer first." };
        rows.forEach(({ input, line }, at) => {
          input.disabled = true;
          if (right[at]) mark(line, true, chosen[at] ? "Right" : "Right, not chosen");
          else if (chosen[at]) mark(line, false, "Wrong");
        });
        const keys = right.flatMap((each, at) => (each ? letter(at) : []));
        const done = right.every((each, at) => each === chosen[at]);
        const known = keys.length > 1 ? `${keys.slice(0, -1).join(", ")} and ${keys.at(-1)} are` : `${keys} is`;
        return { done, text: done ? "Right." : `Not right: ${known}.` };
      },
      reset: () => {
        rows.forEach(({ input, line }) => {
          input.disabled = input.checked = false;
          clear(line);
        });
        rows[0].input.focus();
      },
    };
  };

  /** Items to move up and down; a button keeps the focus while its item moves. */
  const order = (box, _, reasons, say) => {
    const list = box.querySelector(".hb-quiz__options");
    const wanted = reasons.map((each) => each.dataset.option);
    const items = [...list.children];
    list.type = "1";
    list.classList.add("hb-quiz__options--order");
    const places = () => [...list.children];
    const ends = () =>
      items.forEach((item) => {
        const [up, down] = all("button", item);
        up.setAttribute("aria-disabled", item === list.firstElementChild);
        down.setAttribute("aria-disabled", item === list.lastElementChild);
      });
    const button = (item, words, sign, move) => {
      const text = item.querySelector("span").textContent;
      const made = make("button", { type: "button", className: "hb-button hb-button--small", title: words, ariaLabel: `${words}: ${text}` }, sign);
      made.addEventListener("click", () => {
        if (made.ariaDisabled === "true") return;
        move();
        made.focus();
        ends();
        say(`${places().indexOf(item) + 1} of ${items.length}: ${text}`);
      });
      return made;
    };
    const lines = items.map((item) => {
      item.replaceChildren(make("span", {}, ...item.childNodes));
      const line = make("span");
      item.append(
        make(
          "span",
          { className: "hb-quiz__moves" },
          button(item, "Move up", "↑", () => item.previousElementSibling.before(item)),
          button(item, "Move down", "↓", () => item.nextElementSibling.after(item))
        ),
        line
      );
      return line;
    });
    ends();
    const freeze = (still) => all("button", list).forEach((each) => (each.hidden = still));
    return {
      check: () => {
        freeze(true);
        let good = 0;
        places().forEach((item, at) => {
          const place = wanted.indexOf(item.dataset.option);
          good += place === at;
          mark(lines[items.indexOf(item)], place === at, place === at ? "Right" : `Wrong: place ${place + 1}`);
        });
        const done = good === items.length;
        return { done, text: done ? "Right." : `Not right: ${good} of ${items.length} stand in their place.` };
      },
      reset: () => {
        freeze(false);
        lines.forEach(clear);
        list.querySelector("button").focus();
      },
    };
  };

  /** An answer in one's own words, compared point by point. It is not kept. */
  const free = (box, _, __, say, details) => {
    const field = make("textarea", { className: "hb-quiz__field", rows: 4 });
    field.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
    details.before(field);
    const ticks = all("li", details).map((item) => {
      const tick = make("input", { type: "checkbox" });
      item.append(make("label", {}, tick, make("span", {}, ...item.childNodes)));
      return tick;
    });
    let compared = false;
    return {
      first: "Compare",
      check: () => {
        if (!compared) {
          compared = true;
          return { open: true, next: "Grade", text: "Tick each point that your answer names, then grade it." };
        }
        const named = ticks.filter((tick) => tick.checked).length;
        const done = named === ticks.length;
        return { done, text: done ? "Right: every point." : `Not yet: ${named} of ${ticks.length} points.` };
      },
      reset: () => {
        compared = false;
        ticks.forEach((tick) => (tick.checked = false));
        field.focus();
      },
    };
  };

  const start = (box) => {
    const kind = box.dataset.hbKind;
    const details = box.querySelector(".hb-quiz__answer");
    const status = make("p", { role: "status" });
    const say = (text) => Object.assign(status, { className: "", textContent: text });
    const play = ({ order, free }[kind] ?? choice)(box, kind === "several", all("[data-option]", details), say, details);
    const first = play.first ?? "Check";
    const button = make("button", { type: "button", className: "hb-button" }, first);
    const place = make("span", { className: "hb-quiz__box" });
    let opened = false;
    let peeked = false;
    let checked = false;
    details.before(make("div", { className: "hb-quiz__bar" }, button, place), status);

    const show = () => {
      const known = get().quiz[box.dataset.quiz];
      place.textContent = known ? `Box ${known.box} of 5, again ${when(known.due)}` : "";
    };
    addEventListener("hb-progress", show);
    show();

    // Whoever looks first learns from it too, but it says nothing of what they knew.
    details.querySelector("summary").addEventListener("click", () => (peeked ||= !opened && !details.open));

    button.addEventListener("click", () => {
      if (checked) {
        checked = opened = peeked = details.open = false;
        button.textContent = first;
        say("");
        play.reset();
        return;
      }
      const { done, text, open, next } = play.check();
      if (open) details.open = opened = true;
      if (next) button.textContent = next;
      if (done === undefined) return say(text);
      checked = details.open = opened = true;
      button.textContent = "Try again";
      mark(status, done, peeked ? `${text} Not counted: the answer was open.` : text);
      if (!peeked) answer(box.dataset.quiz, done);
      box.dispatchEvent(new CustomEvent("hb-answered", { bubbles: true, detail: done }));
    });
  };

  window.hbQuiz = start;
  all("[data-quiz]", document).forEach(start);
})();
