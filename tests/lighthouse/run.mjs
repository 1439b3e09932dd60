// node run.mjs <chromium> <runs> <least scores> <url>…: median Lighthouse scores (mobile) per url, one JSON object a line.
// Once more than half of the runs have reached every least score their median has, too, and no further run is made.
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, runs, least, ...urls] = process.argv.slice(2);
const leastOf = JSON.parse(least);
const categories = Object.keys(leastOf);
const score = (lhr, category) => Math.round(100 * lhr.categories[category].score);
const reached = (lhr) => categories.every((category) => score(lhr, category) >= leastOf[category]);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const chrome = await chromeLauncher.launch({
  chromePath,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const url of urls) {
    const results = [];
    while (results.length < Number(runs) && results.filter(reached).length <= Number(runs) / 2) {
      const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: categories, logLevel: "error" });
      results.push(lhr);
    }
    const scores = Object.fromEntries(categories.map((category) => [category, median(results.map((lhr) => score(lhr, category)))]));
    const failed = results[0].audits;
    const open = Object.values(failed)
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
      .map((audit) => audit.id);
    console.log(JSON.stringify({ url, scores, open }));
  }
} finally {
  await chrome.kill();
}
