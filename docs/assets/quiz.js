/* Quizzes: choose, put in order or write, check, and read why. What was there without a script
   stays: the answer opens below, and its reasons are read from it. */
(() => {
  "use strict";
  const { make, button, answer, shown, when } = window.hbProgress;
  const all = (selector, within) => [...within.querySelectorAll(selector)];

  /** A line that may say a verdict: with a sign, which the style adds, and in words. */
  const tell = (line, text = "", right) => {
    line.className = right === undefined ? "" : `hb-verdict hb-verdict--${right ? "right" : "wrong"}`;
    line.textContent = text;
  };
  const labelled = (item, type) => {
    const input = make("input", { type });
    item.append(make("label", {}, input, make("span", {}, ...item.childNodes)));
    return input;
  };
  const byQuestion = (element, box) => element.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));

  /** One right answer, or several. */
  const choice = (box, details, several) => {
    const list = box.querySelector("ol");
    const right = all("[data-option]", details).map((each) => each.matches(".hb-quiz__reason--right"));
    const group = make("div", { role: several ? "group" : "radiogroup" });
    byQuestion(group, box);
    list.replaceWith(group);
    group.append(list);
    const items = [...list.children];
    const inputs = items.map((item) => labelled(item, several ? "checkbox" : "radio"));
    inputs.forEach((input) => (input.name = box.id));
    const lines = items.map((item) => item.appendChild(make("span")));
    return {
      check: () => {
        const chosen = inputs.map((input) => input.checked);
        if (!chosen.includes(true)) return { text: "Choose an answer first." };
        const keys = right.flatMap((each, at) => (each ? String.fromCharCode(65 + at) : []));
        const done = `${right}` === `${chosen}`;
        lines.forEach((line, at) => {
          inputs[at].disabled = true;
          if (right[at]) tell(line, chosen[at] ? "Right" : "Right, not chosen", true);
          else if (chosen[at]) tell(line, "Wrong", false);
        });
        return { done, text: done ? "Right." : `Not right. The answer: ${keys.join(", ")}.` };
      },
      reset: () => {
        lines.forEach((line) => tell(line));
        inputs.forEach((input) => (input.disabled = input.checked = false));
        inputs[0].focus();
      },
    };
  };

  /** Items to move up and down; a button keeps the focus while its item moves. */
  const order = (box, details, _, say) => {
    const list = box.querySelector("ol");
    const wanted = all("[data-option]", details).map((each) => each.dataset.option);
    const items = [...list.children];
    const places = () => [...list.children];
    // Places, and no names of options.
    list.type = "1";
    const ends = () =>
      places().forEach((item, at) =>
        all("button", item).forEach((each, down) => (each.ariaDisabled = at === (down && items.length - 1)))
      );
    const lines = items.map((item) => {
      const text = item.textContent;
      const mover = (words, sign, step) => {
        const made = button(sign, () => {
          const other = places()[places().indexOf(item) + step];
          if (!other) return;
          other[step < 0 ? "before" : "after"](item);
          made.focus();
          ends();
          say(`${places().indexOf(item) + 1} of ${items.length}: ${text}`);
        });
        return Object.assign(made, { title: words, ariaLabel: `${words}: ${text}` });
      };
      item.prepend(make("span", { className: "hb-quiz__moves" }, mover("Move up", "↑", -1), mover("Move down", "↓", 1)));
      return item.appendChild(make("span"));
    });
    ends();
    const freeze = (still) => all("button", list).forEach((each) => (each.hidden = still));
    return {
      check: () => {
        const found = items.map((item) => [places().indexOf(item), wanted.indexOf(item.dataset.option)]);
        found.forEach(([place, right], at) =>
          tell(lines[at], place === right ? "Right" : `Wrong: place ${right + 1}`, place === right)
        );
        freeze(true);
        const good = found.filter(([place, right]) => place === right).length;
        const done = good === items.length;
        return { done, text: done ? "Right." : `Not right. In place: ${good} of ${items.length}.` };
      },
      reset: () => {
        lines.forEach((line) => tell(line));
        freeze(false);
        list.querySelector("button").focus();
      },
    };
  };

  /** An answer in one's own words, compared point by point. It is not kept. */
  const free = (box, details) => {
    const field = make("textarea", { className: "hb-quiz__field", rows: 4 });
    byQuestion(field, box);
    details.before(field);
    const points = all("li", details).map((item) => labelled(item, "checkbox"));
    let compared;
    return {
      first: "Compare",
      check: () => {
        if (!compared) {
          compared = true;
          return { next: "Grade", text: "Tick each point that your answer names, then grade it." };
        }
        const named = points.filter((point) => point.checked).length;
        const done = named === points.length;
        return { done, text: done ? "Right." : `Not right. Named: ${named} of ${points.length}.` };
      },
      reset: () => {
        points.forEach((point) => (point.checked = compared = false));
        field.focus();
      },
    };
  };

  const start = (box) => {
    const { quiz, hbKind } = box.dataset;
    const details = box.querySelector("details");
    const status = make("p", { role: "status" });
    const say = (text, right) => tell(status, text, right);
    const play = ({ order, free }[hbKind] ?? choice)(box, details, hbKind === "several", say);
    const first = play.first ?? "Check";
    const place = make("span", { className: "hb-quiz__box" });
    // Whether the answer was opened by us, or was looked at; whether this try is over.
    let opened, peeked, over;
    details.querySelector("summary").addEventListener("click", () => (peeked ||= !opened && !details.open));
    const act = button(first, () => {
      if (over) {
        over = opened = peeked = details.open = false;
        act.textContent = first;
        say();
        play.reset();
        return;
      }
      const { done, text, next } = play.check();
      over = done !== undefined;
      if (over || next) {
        act.textContent = next ?? "Try again";
        details.open = opened = true;
      }
      // Whoever looks first learns from it too, but it says nothing of what they knew.
      say(over && peeked ? `${text} Not counted: the answer was open.` : text, done);
      if (!over) return;
      if (!peeked) answer(quiz, done);
      box.dispatchEvent(new CustomEvent("hb-answered", { bubbles: true, detail: done }));
    });
    details.before(make("div", { className: "hb-bar" }, act, place), status);
    shown((all) => {
      const known = all.quiz[quiz];
      place.textContent = known ? `Box ${known.box} of 5, again ${when(known.due)}` : "";
    });
  };

  window.hbQuiz = start;
  all("[data-quiz]", document).forEach(start);
})();
