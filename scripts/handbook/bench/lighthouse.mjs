// Runs Lighthouse over a list of pages, each in a browser of its own, and writes one line of JSON a
// run: scores, metrics, and what the page was marked down for.
//
//   node lighthouse.mjs FOLDER '{"browser": ..., "flags": [...], "targets": [{"url", "form"}]}'
//
// FOLDER holds node_modules. Nothing is installed here.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, text] = process.argv.slice(2);
const { browser, flags, targets } = JSON.parse(text);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const load = (name) => import(pathToFileURL(require.resolve(name)));

const { default: lighthouse, desktopConfig } = await load("lighthouse");
const { launch } = await load("chrome-launcher");
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const METRICS = {
  lcp_ms: "largest-contentful-paint",
  tbt_ms: "total-blocking-time",
  cls: "cumulative-layout-shift",
};

for (const { url, form } of targets) {
  const chrome = await launch({ chromePath: browser, chromeFlags: flags, logLevel: "silent" });
  try {
    const options = { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "silent" };
    const config = form === "desktop" ? desktopConfig : undefined;
    const { lhr } = await lighthouse(url, options, config);
    console.log(JSON.stringify({ url, form, ...summary(lhr) }));
  } finally {
    chrome.kill();
  }
}

function summary(lhr) {
  if (lhr.runtimeError) return { error: lhr.runtimeError.message };
  const scores = {};
  const lost = {};
  for (const [name, category] of Object.entries(lhr.categories)) {
    scores[name] = Math.round(category.score * 100);
    const counted = category.auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => id);
    lost[name] = counted.filter((id) => lhr.audits[id].score !== null && lhr.audits[id].score < 1);
  }
  const metrics = Object.entries(METRICS).map(([key, id]) => [key, lhr.audits[id].numericValue]);
  const tasks = lhr.audits["long-tasks"]?.details?.items ?? [];
  const longest = tasks.map(({ url, duration }) => ({ url, ms: Math.round(duration) }));
  return { scores, ...Object.fromEntries(metrics), lost, longest: longest.slice(0, 3) };
}
