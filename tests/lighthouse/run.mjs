// node run.mjs <chromium> <runs> <url>…: best Lighthouse scores (mobile) per url, one JSON object a line.
// The best and not the middle: a busy machine only ever lowers a score.
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, runs, ...urls] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices"];

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
    const scores = Object.fromEntries(categories.map((c) => [c, Math.round(100 * Math.max(...results.map((r) => r.categories[c].score)))]));
    const failed = results[0].audits;
    const open = Object.values(failed)
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
      .map((audit) => audit.id);
    console.log(JSON.stringify({ url, scores, open }));
  }
} finally {
  await chrome.kill();
}
