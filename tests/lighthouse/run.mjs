// node run.mjs <chromium> <runs> <url>…: median Lighthouse scores (mobile) per url, one JSON object a line.
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, runs, ...urls] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices"];
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const chrome = await chromeLauncher.launch({
  chromePath,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const url of urls) {
    const results = [];
    for (let run = 0; run < Number(runs); run += 1) {
      const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: categories, logLevel: "error" });
      results.push(lhr);
    }
    const scores = Object.fromEntries(categories.map((c) => [c, Math.round(100 * median(results.map((r) => r.categories[c].score)))]));
    const failed = results[0].audits;
    const open = Object.values(failed)
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
      .map((audit) => audit.id);
    console.log(JSON.stringify({ url, scores, open }));
  }
} finally {
  await chrome.kill();
}
