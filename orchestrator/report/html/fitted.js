// Makes a chart as wide as its place, in the report and in the dashboard: a single one by its own width, panels by how
// many stand side by side.
globalThis.fitted = (chart, width) => {
  const narrow = width < 640;
  const legend = narrow ? { ...chart.config.legend, orient: "bottom", direction: "vertical", columns: 1 } : chart.config.legend;
  const found = { ...chart, config: { ...chart.config, legend } };
  if (typeof chart.width === "object") return found; // so wide as its parts need
  if (!chart.facet) return { ...found, width, autosize: { type: "fit-x", contains: "padding" } };
  const room = narrow ? width - 90 : width - 240;
  const labels = chart.spec.layer ? 70 : narrow ? 130 : 170;
  const wide = Math.min(chart.spec.width, Math.max(140, room - labels));
  const panels = chart.facet.sort?.length ?? 1;
  const columns = Math.max(1, Math.min(chart.columns ?? 1, panels, Math.floor(room / (wide + (chart.spec.layer ? 30 : 40)))));
  const share = narrow && !chart.spec.layer ? width - labels - 30 : Math.floor(room / columns) - 45;
  const most = chart.spec.layer ? (panels === 1 ? 900 : 520) : 2.5 * wide;
  const grown = Math.max(wide, Math.min(most, share));
  return { ...found, columns, spec: { ...chart.spec, width: grown } };
};
