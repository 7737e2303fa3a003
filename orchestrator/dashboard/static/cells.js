// The table of cells: Tabulator sorts, filters and pages what cells.json holds; new results replace the rows in place.
// What is sorted and filtered stands in the page's address, so that it can be shared and survives a reload.
(() => {
  const section = document.querySelector("#cells");
  const place = document.querySelector("#cells-table");
  const note = document.querySelector("#cells-note");
  const token = () => document.querySelector("#cells-token");
  const FILTER = "filter.";
  const several = section.dataset.several === "true";
  let table = null;
  let drawn = "";
  let busy = false;
  let near = false;
  let rest = 0; // until then nothing is asked: most of the time belongs to others, however large the sweep is

  async function look() {
    first();
    const now = token();
    if (busy || !near || performance.now() < rest || document.hidden || now.dataset.token === drawn) return;
    busy = true;
    const since = performance.now();
    try {
      const wanted = now.dataset.token;
      const address = now.dataset.from;
      const answer = await fetch(`${address}${address.includes("?") ? "&" : "?"}token=${encodeURIComponent(wanted)}`);
      if (!answer.ok) return;
      const { rows } = await answer.json();
      if (table) await table.replaceData(rows);
      else table = await make(rows);
      drawn = wanted;
    } finally {
      busy = false;
      rest = performance.now() + 3 * (performance.now() - since);
    }
  }

  // Once the sweep has ended, its results come first; not under the hands of somebody who is using them.
  function first() {
    const before = document.querySelector("#part-running");
    if (token().dataset.ended !== "true" || !before || section.contains(document.activeElement)) return;
    if (before.compareDocumentPosition(section) & Node.DOCUMENT_POSITION_FOLLOWING) before.before(section);
  }

  async function make(rows) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = "/static/tabulator_simple.min.css";
    // The table measures its rows as it is made: without its styles they would stay many times too high.
    const styled = new Promise((done) => { style.onload = style.onerror = done; });
    document.head.prepend(style); // before ours, which then decide
    await Promise.all([styled, import("/static/tabulator.min.js")]);
    place.replaceChildren();
    const shown = columns();
    const made = new Tabulator(place, {
      data: rows, columns: shown, ...asked(shown.map((each) => each.field)), index: "id", layout: "fitDataStretch", renderVertical: "basic",
      pagination: true, paginationSize: 25, paginationSizeSelector: [25, 100, 500], paginationCounter: "rows",
      headerFilterLiveFilterDelay: 200,
      columnDefaults: { resizable: false, minWidth: 72 },
      placeholder: "No cell matches these filters.",
    });
    made.on("dataFiltered", (filters, left) => say(filters, left.length, made.getDataCount()));
    await new Promise((done) => made.on("tableBuilt", done));
    name();
    made.on("pageLoaded", name);
    made.on("dataFiltered", () => keep(made));
    made.on("dataSorted", () => keep(made));
    return made;
  }

  // The order and the filters that the address asks for, e.g. ?sort=top1:desc&filter.algorithm=lamp
  function asked(fields) {
    const wanted = new URLSearchParams(location.search);
    const [column, dir] = (wanted.get("sort") ?? "").split(":");
    return {
      initialSort: fields.includes(column) ? [{ column, dir: dir === "desc" ? "desc" : "asc" }] : [],
      initialHeaderFilter: fields.filter((field) => wanted.get(FILTER + field)).map((field) => ({ field, value: wanted.get(FILTER + field) })),
    };
  }

  function ours(name) {
    return name === "sort" || name.startsWith(FILTER);
  }

  function keep(made) {
    const address = new URL(location.href);
    for (const name of [...address.searchParams.keys()]) if (ours(name)) address.searchParams.delete(name);
    for (const { field, dir } of made.getSorters().slice(0, 1)) address.searchParams.set("sort", `${field}:${dir}`);
    for (const { field, value } of made.getHeaderFilters()) if (value) address.searchParams.set(FILTER + field, value);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  // Other lanes of the same sweep are another address: the table's part of it goes along.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#part-stages a[href*='?']");
    if (!link) return;
    const address = new URL(link.href);
    for (const [name, value] of new URLSearchParams(location.search)) if (ours(name)) address.searchParams.set(name, value);
    link.href = address;
  }, true);

  function say(filters, left, all) {
    const line = filters.length ? `${left.toLocaleString("en")} of ${all.toLocaleString("en")} cells match` : "";
    if (note.textContent !== line) note.textContent = line;
  }

  function name() {
    place.querySelector(".tabulator-page-size")?.setAttribute("aria-label", "Cells on a page");
    place.querySelector(".tabulator-tableholder")?.setAttribute("aria-label", "Rows of the table of cells");
    // A grid may hold nothing but rows: those of the body, and one of the controls below it.
    role(".tabulator-tableholder", "rowgroup");
    role(".tabulator-table", "presentation");
    role(".tabulator-footer", "rowgroup");
    role(".tabulator-footer-contents", "row");
    role(".tabulator-footer-contents > *", "gridcell");
    for (const button of place.querySelectorAll("button.tabulator-page")) {
      const page = button.dataset.page;
      button.setAttribute("aria-label", `Table of cells: ${/^\d+$/.test(page) ? "page " : ""}${page} ${/^\d+$/.test(page) ? "" : "page"}`.trim());
    }
  }

  function role(selector, name) {
    for (const element of place.querySelectorAll(selector)) element.setAttribute("role", name);
  }

  function columns() {
    return [
      { field: "cell", title: "cell", formatter: link, frozen: innerWidth > 500, sorter: "number", ...number("cell") },
      ...(several ? [{ field: "sweep", title: "sweep", ...word("sweep") }] : []),
      { field: "state", title: "state", formatter: state, ...word("state") },
      { field: "algorithm", title: "algorithm", ...word("algorithm") },
      { field: "sparsity", title: "sparsity %", ...number("sparsity %") },
      { field: "epochs", title: "epochs a round", ...number("epochs a round") },
      { field: "rounds", title: "rounds", ...number("rounds") },
      { field: "seed", title: "seed", ...number("seed") },
      { field: "top1", title: "top-1 %", formatter: fixed(2), ...number("top-1 %") },
      { field: "drop", title: "drop, points", formatter: fixed(2), ...number("drop, points") },
      { field: "speedup", title: "speed-up × (99 %)", formatter: speed, ...number("speed-up × (99 %)") },
      { field: "flops", title: "fewer multiply-adds ×", formatter: fixed(2), ...number("fewer multiply-adds ×") },
      { field: "val", title: "validation top-1 %", formatter: fixed(2), ...number("validation top-1 %") },
      { field: "zeros", title: "zeros reached %", formatter: fixed(2), ...number("zeros reached %") },
      { field: "seconds", title: "pruning s", formatter: fixed(1), ...number("pruning s") },
    ];
  }

  function word(what) {
    return { ...filter(what, "text"), headerFilter: "input", headerFilterPlaceholder: "contains", titleFormatter: title };
  }

  function number(what) {
    return {
      ...filter(what, ">90, 80..95"), headerFilter: "input", headerFilterFunc: matches, hozAlign: "right", sorter: "number",
      sorterParams: { alignEmptyValues: "bottom" }, headerHozAlign: "right", headerFilterPlaceholder: "> < a..b",
      titleFormatter: title,
    };
  }

  function filter(what, example) {
    const label = { "aria-label": `Filter by ${what}`, title: `Filter by ${what}, e.g. ${example}` };
    return { headerFilterParams: { elementAttributes: label } };
  }

  // A button, so that a keyboard can sort; the header hears its click.
  function title(cell) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "sort";
    made.textContent = cell.getValue();
    made.setAttribute("aria-label", `Sort by ${cell.getValue()}`);
    return made;
  }

  // `90`, `>90`, `<=3`, `80..95`; anything else filters nothing.
  function matches(asked, value) {
    const range = /^\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*$/.exec(asked);
    const single = /^\s*(<=|>=|≤|≥|<|>|=)?\s*(-?\d[\d.]*|-?\.\d+)\s*$/.exec(asked);
    if (!range && !single) return true;
    if (value === null || value === undefined) return false;
    if (range) return value >= Number(range[1]) && value <= Number(range[2]);
    const limit = Number(single[2]);
    const holds = { "<": value < limit, ">": value > limit, "<=": value <= limit, "≤": value <= limit };
    return holds[single[1]] ?? (single[1] === ">=" || single[1] === "≥" ? value >= limit : Math.abs(value - limit) < 1e-9);
  }

  function link(cell) {
    const row = cell.getData();
    const made = document.createElement("a");
    made.href = `/stages/${row.stage}`;
    made.textContent = row.cell;
    made.setAttribute("aria-label", `${several ? `${row.sweep}, ` : ""}cell ${row.cell}: ${row.name}, ${row.state}`);
    return made;
  }

  function state(cell) {
    const row = cell.getData();
    const made = document.createElement("span");
    const sign = document.createElement("span");
    sign.className = `sq ${row.css}`;
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = row.sign;
    made.append(sign, ` ${row.state}`);
    return made;
  }

  function fixed(digits) {
    return (cell) => (cell.getValue() === null ? "–" : cell.getValue().toFixed(digits));
  }

  function speed(cell) {
    const row = cell.getData();
    if (row.speedup === null) return "–";
    const between = row.low === null ? "" : ` (${row.low.toFixed(2)}–${row.high.toFixed(2)})`;
    return row.speedup.toFixed(2) + between;
  }

  new IntersectionObserver((seen) => {
    near = seen[seen.length - 1].isIntersecting;
    if (near) look();
  }, { rootMargin: "600px" }).observe(section);
  document.addEventListener("htmx:afterRequest", look);
})();
