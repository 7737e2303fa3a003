// Draws the charts. `vegaEmbed` and `fitted` are defined by the scripts before this one.

const charts = JSON.parse(document.querySelector("#figures").textContent);
const PAPER = 700; // A4 between its margins, in CSS pixels
async function draw(name, chart, width) {
  const place = document.querySelector(`#chart-${name}`);
  try {
    await vegaEmbed(place, fitted(chart, width ?? place.clientWidth), { mode: "vega-lite", renderer: "svg", actions: false, logLevel: 1, tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" } });
  } catch (error) {
    place.textContent = `This chart cannot be drawn here: ${error.message}`;
  }
}

async function drawAll() {
  for (const [name, chart] of Object.entries(charts)) await draw(name, chart);
}

await drawAll();
// As wide as paper before it is printed: shrunk from a screen's width, letters could not be read.
addEventListener("beforeprint", () => {
  for (const [name, chart] of Object.entries(charts)) draw(name, chart, PAPER);
});
addEventListener("afterprint", drawAll);
// A phone that was turned, a window made wider: drawn again, once that has come to rest.
let width = document.documentElement.clientWidth;
let rest;
addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  clearTimeout(rest);
  rest = setTimeout(drawAll, 200);
});
