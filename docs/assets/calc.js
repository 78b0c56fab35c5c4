/* Calculators: controls instead of the table's first values, and the chapter's own functions. Each
   page brings them translated from Python in a file of its own; `$` is what they need of Python. */
(() => {
  "use strict";
  const fail = (text) => {
    throw new RangeError(text);
  };
  const whole = (x) => (Math.abs(x) > 2 ** 53 ? fail("too large to count exactly") : x + 0);
  const real = (x, text) => (Number.isFinite(x) ? x : fail(text));
  const mod = (a, b) => {
    if (b === 0) fail("a division by zero");
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest === 0 ? (b < 0 ? -0 : 0) : rest;
  };
  /** To the nearest, and of two as near the even one: `toFixed` is exact, but takes the larger. */
  const rounded = (x, digits) => {
    if (!Number.isFinite(x)) return `${x}`;
    if (Math.abs(x) >= 1e21) return `${BigInt(x)}${digits ? "." : ""}${"0".repeat(digits)}`;
    const size = Math.abs(x);
    const near = size.toFixed(digits);
    const exact = size.toFixed(100);
    const kept = exact.slice(0, exact.indexOf(".") + (digits && digits + 1));
    const tie = /^50*$/.test(exact.slice(exact.indexOf(".") + 1 + digits));
    const text = tie && near.at(-1) % 2 ? kept : near;
    return Math.sign(x) < 0 || Object.is(x, -0) ? `-${text}` : text;
  };
  const $ = {
    div: (a, b) => (b === 0 ? fail("a division by zero") : a / b),
    mod,
    floordiv: (a, b) => {
      if (b === 0) fail("a division by zero");
      const rest = a % b;
      const times = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0);
      const low = Math.floor(times);
      return times === 0 ? (a / b) * 0 : times - low > 0.5 ? low + 1 : low;
    },
    pow: (a, b) => {
      if (a === 0 && b < 0) fail("a division by zero");
      if (a < 0 && !Number.isInteger(b)) fail("a root of a negative number");
      return real(a === 1 ? 1 : a ** b, "too large");
    },
    abs: Math.abs,
    fabs: Math.abs,
    min: (...all) => all.reduce((best, x) => (x < best ? x : best)),
    max: (...all) => all.reduce((best, x) => (x > best ? x : best)),
    round: (x, digits) => (digits === undefined ? whole(+rounded(real(x, "not a number"), 0)) : +rounded(x, digits)),
    truth: (x) => x !== 0 && x !== false && x !== null,
    sqrt: (x) => (x < 0 ? fail("a root of a negative number") : Math.sqrt(x)),
    exp: (x) => real(Math.exp(x), "too large"),
    expm1: (x) => real(Math.expm1(x), "too large"),
    attempt: (compute) => {
      try {
        return compute();
      } catch (error) {
        return error;
      }
    },
  };
  for (const name of ["floor", "ceil", "trunc"]) $[name] = (x) => whole(Math[name](real(x, "not a number")));
  $.int = $.trunc;
  for (const name of ["log", "log2", "log10"]) $[name] = (x) => (x > 0 ? Math[name](x) : fail("a logarithm of nothing"));
  $.log1p = (x) => (x > -1 ? Math.log1p(x) : fail("a logarithm of nothing"));

  /** As Python's format does: `,.1f`, `.0%`. */
  const written = (x, form) => {
    if (x instanceof Error) return x instanceof RangeError ? x.message : "not a number";
    if (typeof x !== "number" || Number.isNaN(x)) return "not a number";
    const [, comma, digits, kind] = /(,?)\.(\d)(.)/.exec(form);
    const value = kind === "%" ? x * 100 : x;
    if (!Number.isFinite(value)) return "too large";
    const [, sign, head, tail] = /(-?)(\d+)(.*)/.exec(rounded(value, +digits));
    return sign + (comma ? head.replace(/\B(?=(\d{3})+$)/g, ",") : head) + tail + (kind === "%" ? "%" : "");
  };
  window.hbCalculators = { $, written };

  // ------------------------------------------------------------------ controls

  const { make, button } = window.hbProgress;
  const STEPS = 200;
  const tidy = (x) => +x.toPrecision(3);
  const spoken = (x) => x.toLocaleString("en", { maximumFractionDigits: 9 });

  /** One row's slider and field; `changed` is told of every value within the range. Returns its reset. */
  const control = (row, box, changed) => {
    const { hbInput: name, hbValue, hbFrom, hbTo, hbStep, hbScale } = row.dataset;
    const [first, low, high, step] = [hbValue, hbFrom, hbTo, hbStep].map(Number);
    const log = hbScale === "log";
    const id = `${box.id}-${name}`;
    const head = row.querySelector("th");
    const label = make("label", { htmlFor: id }, ...head.childNodes);
    head.append(label);
    const place = (x) => Math.round(STEPS * (log ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low)));
    const value = (at) => {
      const x = log ? low * (high / low) ** (at / STEPS) : low + ((high - low) * at) / STEPS;
      return Math.min(high, Math.max(low, step ? Math.round(x / step) * step : tidy(x)));
    };
    const field = make("input", { type: "number", id, className: "hb-calc__field", min: low, max: high, step: step || "any", inputMode: "decimal" });
    const slider = make("input", { type: "range", className: "hb-calc__slider", max: STEPS, ariaLabel: `${label.textContent}, slider` });
    // Says what may be typed, as soon as something else is.
    const range = make("span", { id: `${id}-range`, role: "status" });
    field.setAttribute("aria-describedby", range.id);
    const judge = (wrong) => {
      field.ariaInvalid = wrong;
      range.textContent = wrong ? `From ${spoken(low)} to ${spoken(high)}` : "";
    };
    const take = (x, typed) => {
      judge(false);
      if (!typed) field.value = x;
      slider.ariaValueText = spoken(x);
      changed(name, x);
    };
    const reset = () => {
      slider.value = place(first);
      take(first);
    };
    slider.addEventListener("input", () => take(value(+slider.value)));
    field.addEventListener("input", () => {
      const x = +field.value;
      if (field.value === "" || x < low || x > high) return judge(true);
      slider.value = place(x);
      take(x, true);
    });
    row.querySelector(".hb-calc__value").replaceWith(field);
    row.lastElementChild.append(range, slider);
    reset();
    return reset;
  };

  const start = (box) => {
    const rows = [...box.querySelectorAll("[data-hb-input]")];
    const results = [...box.querySelectorAll("[data-hb-result]")];
    const compute = window.hbCalc[box.dataset.hbCalc]($);
    const values = new Map(rows.map((row) => [row.dataset.hbInput, +row.dataset.hbValue]));
    const outs = results.map((row) => {
      const out = make("output", { className: "hb-calc__value", value: row.querySelector(".hb-calc__value").textContent });
      row.querySelector(".hb-calc__value").replaceWith(out);
      return out;
    });
    const changed = (name, x) => {
      values.set(name, x);
      compute(...values.values()).forEach((x, at) => {
        outs[at].value = written(x, results[at].dataset.hbFormat);
        results[at].classList.toggle("hb-calc__result--error", x instanceof Error);
      });
    };
    const resets = rows.map((row) => control(row, box, changed));
    box.append(button("Back to the first values", () => resets.forEach((reset) => reset())));
    box.classList.add("hb-calc--live");
  };

  const base = document.querySelector("[data-hb-base]")?.dataset.hbBase || ".";
  document.querySelectorAll("[data-hb-calc]").forEach((box) => {
    const script = make("script", { src: `${base}/${box.dataset.hbScript}`, onload: () => start(box) });
    document.head.append(script);
  });
})();
