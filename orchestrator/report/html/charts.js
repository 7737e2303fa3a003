// Draws the charts. `vegaEmbed` is defined by the script before this one.

// Makes a chart as wide as its place: a single one by its own width, panels by how many stand side by side.
const NARROW = 640;
function fitted(chart, width) {
  const narrow = width < NARROW;
  const legend = narrow ? { ...chart.config.legend, orient: "bottom", direction: "vertical", columns: 1 } : chart.config.legend;
  const found = { ...chart, config: { ...chart.config, legend } };
  if (!chart.facet) return { ...found, width, autosize: { type: "fit-x", contains: "padding" } };
  const room = narrow ? width - 90 : width - 240;
  const labels = chart.spec.layer ? 70 : narrow ? 130 : 170;
  const wide = Math.min(chart.spec.width, Math.max(140, room - labels));
  const columns = Math.max(1, Math.min(chart.columns ?? 1, Math.floor(room / (wide + (chart.spec.layer ? 30 : 40)))));
  const grown = chart.spec.layer ? Math.min(380, Math.max(wide, Math.floor(room / columns) - 45)) : wide;
  return { ...found, columns, spec: { ...chart.spec, width: grown } };
}

const charts = JSON.parse(document.querySelector("#figures").textContent);
for (const [name, chart] of Object.entries(charts)) {
  const place = document.querySelector(`#chart-${name}`);
  try {
    await vegaEmbed(place, fitted(chart, place.clientWidth), { mode: "vega-lite", renderer: "svg", actions: false, logLevel: 1, tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" } });
  } catch (error) {
    place.textContent = `This chart cannot be drawn here: ${error.message}`;
  }
}
