/* On the error page: the pages whose address or title is nearest to what was asked for. */
(() => {
  "use strict";

  const MOST = 3;
  // Below this, two names have little more in common than being names.
  const LIKE = 0.4;

  const named = (text) => text.toLowerCase().replace(/\.[a-z]+$/, "").replace(/[^a-z0-9]+/g, " ").trim();

  const base = document.querySelector("[data-hb-base]").dataset.hbBase.replace(/\/+$/, "");

  /** The last two parts of an address: the page's own name, and the folder it is in. */
  const parts = (path) =>
    (path.startsWith(base) ? path.slice(base.length) : path)
      .split("/")
      .filter((part) => part && part !== "index.html")
      .slice(-2)
      .map(named);

  const pairs = (text) => [...text].slice(1).map((letter, at) => text[at] + letter);

  /** How alike two names are, from 0 to 1: the pairs of letters that they share. */
  const likeness = (one, other) => {
    const left = pairs(one);
    const rest = pairs(other);
    const all = left.length + rest.length;
    const shared = left.filter((pair) => {
      const at = rest.indexOf(pair);
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    });
    return all ? (2 * shared.length) / all : 0;
  };

  const asked = parts(location.pathname);
  const score = (link) => {
    const own = parts(link.pathname);
    const names = [own.at(-1) ?? "", own.join(" "), named(link.textContent)];
    const wanted = [asked.at(-1) ?? "", asked.join(" ")];
    return Math.max(...names.flatMap((name) => wanted.map((want) => likeness(name, want))));
  };

  const box = document.querySelector("[data-hb-likely]");
  const found = [...document.querySelectorAll("[data-hb-pages] a")]
    .map((link) => ({ link, score: score(link) }))
    .filter((each) => each.score >= LIKE)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST);
  if (!box || !found.length) return;
  found.forEach(({ link }) => {
    const item = document.createElement("li");
    item.append(link.cloneNode(true));
    box.querySelector("ul").append(item);
  });
  box.hidden = false;
})();
