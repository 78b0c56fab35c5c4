/* The search dialog: titles at once, then the whole text; typos corrected; keyboard throughout.
   A classic script, loaded by search.js when it is needed. From a folder (file://) a page can load
   neither the full-text index nor WebAssembly: titles, figures and terms answer alone. */
window.hbSearch = (base, tag) => {
  "use strict";

  const FIGURE = 7;
  const TERM = 8;
  const SHOWN = 5; // results at a time; as many fragments are loaded
  const SPARE = 3; // more of them are loaded, so that the order does not hang on Pagefind alone
  const OF_A_PAGE = 3; // of one page among them, so that it does not hide the others
  const PHRASE = 2; // how much more a text counts that has the words as they were typed
  const AS_TYPED = 0.1; // what a title gains for a word in the form that was typed
  const NAMED = 0.2; // what a page gains whose own title has the words
  const LIST = "References"; // titles of papers hold every word of the field
  const LISTED = 0.3; // how much such a list counts
  const PAUSE = 30; // milliseconds without a key, before the text is searched
  const STOP = new Set(
    ("a about an and are as at be between by can do does for from get give has have how i if in into is it its " +
      "me my not of on one or our should so than that the their there these this to use using vs was we what " +
      "when where which who why will with would you your").split(" "),
  );

  const PICTURE = /^(charts?|diagrams?|drawings?|figures?|pictures?|plots?|sketch(es)?)$/;

  // ------------------------------------------------------------------ words

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const tokens = (text) => fold(text).replace(/['’]/g, "").match(/[\p{L}\p{N}]+/gu) || [];
  const ENDINGS = /(?:ations?|ators?|ated|ates?|ating|ings?|ions?|ers?|ors?|ed|es|s|e)$/;
  /** What the forms of a word share: rank, ranks, ranking, ranker; quantise, quantization. */
  const stem = (word) => {
    if (word.length < 4) return word;
    const bare = word.replace(/is(?=(?:e|es|ed|ing|ations?|ers?)$)/, "iz").replace(/ies$/, "y").replace(/val(s?)$/, "v$1").replace(ENDINGS, "");
    return bare.length < 3 ? word.replace(/s$/, "") : bare.replace(/(.)\1$/, "$1");
  };
  /** Words with a hyphen are also looked for in one. */
  const words = (text) => tokens(text).concat(
    (fold(text).match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+/gu) || []).map((word) => word.replaceAll("-", "")),
  );

  // ------------------------------------------------------------------ titles

  const slug = (title) =>
    title.replace(/[^a-zA-Z0-9_\s-]/g, "").trim().toLowerCase().replace(/[-\s]+/g, "-");

  /** One row for everything that has a name. */
  const readRows = ({ parts, pages }) => {
    const rows = [];
    for (const [address, part, weight, title, tags, entries, called] of pages) {
      const page = { url: address, title, above: [], page: title, part: parts[part], level: 1, weight: weight / 10, tags, other: called || "" };
      rows.push(page);
      let trail = [];
      for (const [level, name, anchor, other] of entries) {
        if (level < FIGURE) trail = trail.filter((each) => each.level < level);
        rows.push({
          ...page, url: `${address}#${anchor || slug(name)}`, title: name, level, tags: "",
          above: trail.map((each) => each.name), other: other || "",
        });
        if (level < FIGURE) trail = [...trail, { level, name }];
      }
    }
    return rows;
  };

  const unpack = (packed) => {
    const found = [];
    let before = "";
    for (const [, kept, rest] of packed.matchAll(/(\d)([a-z]+)/g)) {
      before = before.slice(0, kept) + rest;
      found.push(before);
    }
    return found;
  };

  /** What is asked by a name: its words without those that every question has. */
  const plain = (text) => {
    const all = tokens(text);
    const some = all.filter((word) => !STOP.has(word));
    return (some.length ? some : all).map(stem).join(" ");
  };

  const index = window.hbTitles;
  const rows = readRows(index);
  const postings = new Map(); // stem -> row -> how much the word counts there
  const known = new Set(unpack(index.words));
  const post = (text, row, weight) => {
    for (const word of words(text)) {
      known.add(word);
      const key = stem(word);
      if (!postings.has(key)) postings.set(key, new Map());
      const counted = postings.get(key);
      counted.set(row, Math.max(counted.get(row) || 0, weight));
    }
  };
  rows.forEach((row) => {
    post(row.title, row, 1);
    post(row.tags, row, 0.6);
    post(row.other, row, row.level === 1 ? 0.5 : 0.95);
    post([row.page, ...row.above].join(" "), row, 0.3);
    // A figure's own name, as its author wrote it: fig-news_feed-funnel.
    if (row.level === FIGURE) post(row.url.split("#fig-")[1].replace(/[-_]/g, " "), row, 0.7);
    row.size = new Set(tokens(row.title).filter((word) => !STOP.has(word)).map(stem)).size || 1;
    row.words = new Set(tokens(row.title));
    row.plain = plain(row.title);
    row.called = row.other.split("; ").map(plain);
  });
  const stems = [...postings.keys()].sort();
  const byUrl = new Map(rows.map((row) => [row.url, row]));

  // A figure's description and a term's meaning: only loaded where the full text cannot be.
  const postTexts = (texts) => rows.forEach((row, at) => {
    row.text = texts[at];
    post(texts[at], row, row.level >= FIGURE || row.level === 1 ? 0.5 : 0.4);
  });

  /** The rows that a word leads to, exactly, else by its beginning: it may still be typed. */
  const lookUp = (word, isLast) => {
    const exact = postings.get(stem(word));
    const found = new Map(exact || []);
    if (word.length > (isLast ? 1 : 2)) {
      for (const each of stems) {
        if (!each.startsWith(word) || each === stem(word)) continue;
        const share = exact ? 0.5 : 0.5 + (0.4 * word.length) / each.length;
        for (const [row, weight] of postings.get(each)) {
          found.set(row, Math.max(found.get(row) || 0, weight * share));
        }
      }
    }
    return found;
  };

  /** Rows with a score from 0 to about 2, best first: rare words count more, whole titles most. */
  const searchTitles = (terms, wantsFigure, wantsCode) => {
    const scores = new Map();
    let all = 0;
    for (const term of terms) {
      const found = lookUp(term, term === terms.at(-1));
      const rarity = Math.log(1 + rows.length / (found.size || 1));
      all += rarity;
      for (const [row, weight] of found) {
        const score = scores.get(row) || { sum: 0, here: 0 };
        score.sum += rarity * weight;
        // The word itself, before its other forms: interview, then interviewers.
        if (row.words.has(term)) score.sum += rarity * AS_TYPED;
        if (weight > 0.4) score.here += 1;
        scores.set(row, score);
      }
    }
    const asked = terms.map(stem).join(" ");
    const kind = { 1: 1.25, 2: 1, 3: 0.95, [FIGURE]: wantsFigure ? 1.5 : 0.9, [TERM]: 1.15 };
    return [...scores]
      .filter(([, score]) => score.here)
      .map(([row, score]) => {
        // A page that readers call so answers, wherever else the words stand.
        const called = row.called.includes(asked);
        const covered = called ? Math.max(1, score.sum / all) : score.sum / all;
        const filled = Math.min(1, score.here / row.size);
        // `latency_budget` is meant by who writes it so, not by who writes two words.
        const named = row.weight > 0.5 || wantsCode || terms.length === 1;
        const whole = named && (row.plain === asked || called) ? 1.5 : 1;
        return { row, covered, score: covered ** 1.5 * (0.65 + 0.35 * filled) * whole * (kind[row.level] || 0.8) * (wantsCode || called ? 1 : row.weight) };
      })
      .filter((hit) => hit.covered > 0.34)
      .sort((a, b) => b.score - a.score);
  };

  // ------------------------------------------------------------------ typos

  /** Edits between two words, a swap of neighbours counted once; more than `most` is all the same. */
  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let older = [];
    let last = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i += 1) {
      const now = [i];
      let least = i;
      for (let j = 1; j <= b.length; j += 1) {
        const same = a[i - 1] === b[j - 1];
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) now[j] = Math.min(now[j], older[j - 2] + 1);
        least = Math.min(least, now[j]);
      }
      if (least > most) return most + 1;
      [older, last] = [last, now];
    }
    return last[b.length];
  };

  let dictionary = [];
  const isKnown = (word) =>
    known.has(word) || postings.has(stem(word)) || dictionary.some((each) => each.startsWith(word));

  const split = (word) => {
    for (let at = 3; at <= word.length - 3; at += 1) {
      const parts = [word.slice(0, at), word.slice(at)];
      if (parts.every((part) => postings.has(stem(part)))) return parts.join(" ");
    }
    return "";
  };

  /** The known word that was most likely meant; words of titles before others. */
  const correct = (word) => {
    if (dictionary.length < known.size) dictionary = [...known];
    if (word.length < 4 || /\d/.test(word) || isKnown(word)) return word;
    const most = word.length < 7 ? 1 : 2;
    let best = split(word);
    let least = best ? 1.5 : most + 1;
    for (const each of dictionary) {
      if (each.length < 3) continue;
      const edits = distance(word, each, most);
      if (edits > most) continue;
      const cost = edits + (each[0] === word[0] ? 0 : 0.4) + (postings.has(stem(each)) ? 0 : 0.3);
      if (cost < least) [best, least] = [each, cost];
    }
    if (best) return best;
    // Not yet written out: the beginning of a known word, with one letter wrong.
    const begun = dictionary.filter((each) => each.length > word.length && distance(word, each.slice(0, word.length), 1) < 2);
    return begun.find((each) => postings.has(stem(each))) || begun[0] || word;
  };

  /** The words with one put right that begins a known word but is none: a name's own words win. */
  const named = (every) => {
    for (const [at, word] of every.entries()) {
      if (every.length < 2 || word.length < 4 || known.has(word) || postings.has(stem(word))) continue;
      for (const each of stems.filter((other) => distance(word, other, 1) < 2)) {
        const tried = every.map((other, place) => (place === at ? each : other));
        const plain = tried.filter((other) => !STOP.has(other)).map(stem).join(" ");
        if (rows.some((row) => row.plain === plain)) return tried;
      }
    }
    return every;
  };

  // ------------------------------------------------------------------ the whole text

  let engine = null;
  const offline = location.protocol === "file:";
  const start = () => {
    engine ??= offline ? texts() : import(new URL(`${base}/pagefind/pagefind.js`, document.baseURI).href)
      .then(async (pagefind) => {
        await pagefind.options({
          noWorker: true, // half as much to load, and an answer takes a few milliseconds
          metaCacheTag: tag,
          excerptLength: 24,
          ranking: { metaWeights: { title: 6, name: 0.4, above: 1.5, called: 1, in: 0.01, url: 0.3 }, termFrequency: 0.7, pageLength: 0.5 },
        });
        await pagefind.init();
        return pagefind;
      })
      .catch(() => (engine = null)); // titles answer; the next key tries again
    return engine;
  };
  const texts = () =>
    new Promise((done) => {
      const script = document.createElement("script");
      script.src = `${base}/assets/search-texts.js`;
      script.onload = () => {
        postTexts(window.hbTexts);
        done(null);
      };
      script.onerror = () => done(null);
      document.head.append(script);
    });

  /** All words; where no record has them all, those that have all but one, and so on. */
  const searchText = async (terms, every, filter) => {
    const pagefind = await start();
    if (!pagefind || !terms.length) return [];
    // Every record holds a word that says where it is; Pagefind's own filters would not build alike.
    const where = filter ? ["hb" + filter.toLowerCase().replace(/[^a-z]/g, "")] : [];
    const ask = async (some) => (await pagefind.search([...some, ...where].join(" "))).results;
    let found = await ask(terms);
    for (let left = 1; !found.length && left < terms.length && left < 3; left += 1) {
      const fewer = terms.length === 2 || left === 2 ? terms.map((term) => [term]) : terms.map((_, at) => terms.filter((__, other) => other !== at));
      const merged = new Map();
      for (const result of (await Promise.all(fewer.map(ask))).flat()) {
        const before = merged.get(result.id);
        if (before) before.score += result.score;
        else merged.set(result.id, result);
      }
      found = [...merged.values()].sort((a, b) => b.score - a.score);
    }
    // Words that stand side by side, as they were typed, say more than the same words apart.
    if (terms.length > 1 && found.length > 1) {
      const together = new Set((await pagefind.search(`"${every.join(" ")}"`)).results.map(({ id }) => id));
      found.forEach((result) => (result.score *= together.has(result.id) ? PHRASE : 1));
      found.sort((a, b) => b.score - a.score);
    }
    return found;
  };

  // ------------------------------------------------------------------ both together

  const inFilter = (row, filter) =>
    !filter || row.part === filter || (filter === "Figures" && row.level === FIGURE) || (filter === "Glossary" && row.level === TERM);

  /** Groups of results by page, best page first; a page gains by every result it has. */
  const fuse = (titles, texts, wantsCode) => {
    const found = new Map();
    const at = (url, row) => {
      if (!found.has(url)) found.set(url, { url, row, score: 0, excerpt: "" });
      return found.get(url);
    };
    titles.forEach((hit) => (at(hit.row.url, hit.row).score += hit.score));
    const top = texts[0]?.score || 1;
    texts.forEach((text) => {
      const hit = at(text.url, text.row);
      const list = text.row.title === LIST ? LISTED : 1;
      hit.score += 0.7 * Math.sqrt(text.score / top) * (wantsCode ? 1 : text.row.weight * list);
      hit.excerpt = text.excerpt;
    });
    const groups = new Map();
    for (const hit of [...found.values()].sort((a, b) => b.score - a.score)) {
      const page = hit.url.split("#")[0];
      if (!groups.has(page)) groups.set(page, { page, score: hit.score, hits: [] });
      const group = groups.get(page);
      group.score += group.hits.length ? hit.score / 10 / group.hits.length : 0;
      group.hits.push(hit);
    }
    // A page whose own name is asked for is about it; a section elsewhere mentions it.
    titles.forEach(({ row, covered }) => {
      const group = row.level === 1 && groups.get(row.url);
      if (group) group.score += NAMED * covered;
    });
    return [...groups.values()].sort((a, b) => b.score - a.score);
  };

  /** The first so many results, page by page, none hiding the others. */
  const choose = (groups, count) => {
    const chosen = [];
    for (const group of groups) {
      const room = count - chosen.reduce((sum, each) => sum + each.hits.length, 0);
      if (room <= 0) break;
      const most = Math.max(OF_A_PAGE, Math.ceil(count / 2));
      chosen.push({ ...group, hits: group.hits.slice(0, Math.min(room, groups.length > 1 ? most : count)) });
    }
    return chosen;
  };

  // ------------------------------------------------------------------ the dialog

  const make = (tag, values = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const input = make("input", {
    class: "hb-search__input", type: "text", role: "combobox", "aria-label": "Search the handbook",
    "aria-autocomplete": "list", "aria-controls": "hb-search-list", "aria-expanded": "false",
    autocapitalize: "off", autocomplete: "off", autocorrect: "off", enterkeyhint: "go", inputmode: "search",
    placeholder: "Search chapters, figures and terms", spellcheck: "false",
  });
  const closer = make("button", { type: "button", class: "hb-search__close" }, "Close");
  const chips = make("fieldset", { class: "hb-search__filter" }, make("legend", {}, "Search in"));
  const status = make("p", { class: "hb-search__status", role: "status" });
  const list = make("div", { class: "hb-search__list", id: "hb-search-list", role: "listbox", "aria-label": "Results" });
  const more = make("button", { type: "button", class: "hb-search__more", hidden: "" }, "More results");
  const body = make("div", { class: "hb-search__body" }, status, list, more);
  const dialog = make("dialog", { class: "hb-search", "aria-label": "Search" },
    make("div", { class: "hb-search__bar" }, input, closer), chips, body);
  const hints = make("p", { class: "hb-search__hints", "aria-hidden": "true" }, "↑ ↓ to choose, Enter to open, Esc to close");
  dialog.append(hints);
  document.body.append(dialog);

  let opener = null;
  let filter = "";
  let count = SHOWN;
  let asked = 0; // the number of the question: answers to older ones are dropped
  let timer = 0;
  let active = -1;
  let current = { groups: [], total: 0 };

  // A part of the start page alone is nothing to choose.
  const names = ["", ...index.parts.filter((part) => rows.some((row) => row.part === part && !/^(#|$)/.test(row.url)))];
  if (rows.some((row) => row.level === FIGURE)) names.push("Figures");
  if (rows.some((row) => row.level === TERM)) names.push("Glossary");
  names.forEach((name) => {
    const choice = make("input", { type: "radio", name: "hb-search-in", value: name });
    choice.checked = !name;
    choice.addEventListener("change", () => {
      filter = name;
      ask();
    });
    chips.append(make("label", {}, choice, make("span", {}, name || "Everything")));
  });

  const options = () => [...list.querySelectorAll("[role=option]")];
  /** Chooses an option; none with -1. */
  const mark = (at) => {
    const all = options();
    active = at;
    all.forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }
  };

  /** Marked words of an excerpt, as nodes: nothing that a page says becomes markup here. */
  const marked = (text, terms) => {
    const wanted = terms.map(stem).filter((term) => term.length > 1);
    return text.split(/([\p{L}\p{N}]+)/u).map((piece, at) =>
      at % 2 && wanted.some((term) => fold(piece).startsWith(term)) ? make("mark", {}, piece) : piece);
  };

  /** An excerpt that says where it was cut. */
  const cut = ({ content, plain_excerpt: excerpt }) =>
    (content.startsWith(excerpt) ? "" : "… ") + excerpt + (content.endsWith(excerpt) ? "" : " …");

  const KINDS = { [FIGURE]: "Figure", [TERM]: "Term" };
  const option = (hit, number, terms) => {
    const { row } = hit;
    const link = make("a", {
      class: "hb-search__hit", role: "option", id: `hb-search-${number}`, href: `${base}/${hit.url}`,
      tabindex: "-1", "aria-selected": "false", "data-url": hit.url,
    });
    const title = make("span", { class: "hb-search__title" }, ...marked(row.title, terms));
    if (KINDS[row.level]) title.prepend(make("span", { class: "hb-search__kind" }, KINDS[row.level]), " ");
    link.append(title);
    const above = row.level > 1 && row.level < TERM ? row.above.join(" › ") : "";
    if (above) link.append(make("span", { class: "hb-search__above" }, above));
    const excerpt = hit.excerpt || (row.text || "").slice(0, 160);
    if (excerpt) link.append(make("span", { class: "hb-search__excerpt" }, ...marked(excerpt, terms)));
    return link;
  };

  const render = (groups, terms, total, final) => {
    const selected = options()[active]?.dataset.url;
    let number = 0;
    const chosen = choose(groups, count);
    list.replaceChildren(...chosen.map((group, at) => {
      const [first] = group.hits;
      const name = make("div", { class: "hb-search__page", id: `hb-search-page-${at}` }, first.row.page);
      if (first.row.part !== first.row.page) name.append(make("span", { class: "hb-search__part" }, first.row.part));
      const hits = group.hits.map((hit) => option(hit, number++, terms));
      return make("div", { role: "group", "aria-labelledby": name.id, class: "hb-search__group" }, name, ...hits);
    }));
    input.setAttribute("aria-expanded", String(number > 0));
    more.hidden = !final || total <= number;
    mark(selected ? options().findIndex((each) => each.dataset.url === selected) : -1);
    return number;
  };

  const say = (corrected, shown, total) => {
    status.replaceChildren();
    if (corrected) status.append("Showing results for ", make("strong", {}, corrected), ". ");
    const results = total === 1 ? "1 result" : `${total} results`;
    status.append(total ? `${results}${shown < total ? `, ${shown} shown` : ""}.` : "Nothing found. Try fewer or other words.");
  };

  /** Pagefind shortens a word that it does not know until something begins so: `qzxv` to `q`. */
  const holds = (content, terms) =>
    terms.some(isKnown) ||
    terms.some((term) => fold(content).includes(term.slice(0, Math.max(4, term.length - 3))));

  const ask = () => {
    const number = ++asked;
    const query = input.value.trim();
    clearTimeout(timer);
    try {
      sessionStorage.setItem("hb-search", query);
    } catch { /* A browser that keeps nothing: then nothing is kept. */ }
    active = -1;
    delete dialog.dataset.answered;
    if (!query) {
      list.replaceChildren();
      status.replaceChildren();
      more.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      return;
    }
    const written = tokens(query);
    const better = named(written.map(correct));
    const corrected = better.join(" ") === written.join(" ") ? "" : better.join(" ");
    const every = better.flatMap((word) => word.split(" "));
    const wantsCode = /[a-z0-9][A-Z_]|^--/.test(query);
    let content = every.filter((word) => !STOP.has(word));
    const shown = content.filter((word) => !PICTURE.test(word));
    const wantsFigure = shown.length > 1 && shown.length < content.length;
    if (wantsFigure) content = shown;
    const terms = content.length ? content : every;
    const answer = (texts, total, final) => {
      const titles = searchTitles(terms, wantsFigure, wantsCode).filter((hit) => inFilter(hit.row, filter));
      const near = titles.slice(0, Math.max(2 * count, 10));
      const groups = fuse(near, texts, wantsCode);
      const all = Math.max(total, groups.reduce((sum, group) => sum + group.hits.length, 0));
      const shown = render(groups, terms, all, final);
      if (final) say(corrected, shown, all);
    };
    answer([], 0, offline);
    timer = setTimeout(async () => {
      const found = await searchText(terms, every, filter);
      if (number !== asked) return;
      const read = await Promise.all(found.slice(0, count + SPARE).map(async (result) => {
        const data = await result.data().catch(() => null); // the connection is gone
        return data && { url: data.meta.url, row: byUrl.get(data.meta.url), score: result.score, excerpt: cut(data), content: data.content };
      }));
      if (number !== asked) return;
      const some = read.filter((each) => each?.row && inFilter(each.row, filter) && holds(each.content, terms));
      answer(some, some.length ? found.length : 0, true);
      dialog.dataset.answered = query; // for tests: the answer to this question is whole
    }, PAUSE);
  };

  const go = (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      window.open(link.href);
      return;
    }
    dialog.close();
    location.assign(link.href);
  };

  input.addEventListener("input", () => {
    count = SHOWN;
    ask();
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const last = all.length - 1;
    const moves = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last };
    if (active >= 0) Object.assign(moves, { Home: 0, End: last });
    if (event.key in moves && all.length) {
      event.preventDefault();
      mark(moves[event.key]);
    } else if (event.key === "Enter" && !event.isComposing && all.length) {
      event.preventDefault();
      go(all[Math.max(active, 0)], event);
    }
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) dialog.close();
  });
  more.addEventListener("click", () => {
    count += SHOWN;
    input.focus();
    ask();
  });
  closer.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    // A click beside the dialog hits the dialog itself: its content fills it.
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => opener?.focus?.());

  void start();
  return {
    /** Opens the dialog; `typed` is what was typed while it was loading. */
    open(from, typed) {
      opener = from === document.body ? null : from;
      if (!dialog.open) dialog.showModal();
      let kept = "";
      try {
        kept = sessionStorage.getItem("hb-search") || "";
      } catch { /* Nothing is kept. */ }
      input.value = typed || input.value || kept;
      input.focus();
      if (!typed) input.select();
      ask();
      if (offline) void start().then(ask);
      else void start();
    },
  };
};
