// Draws the report's charts from the same descriptions as the report page, once they are looked at, and again when
// results have arrived. Vega's interpreter evaluates their expressions, so that the page needs no eval.
(() => {
  const found = document.querySelector("#found");
  const verdict = document.querySelector("#verdict");
  const figures = document.querySelector("#figures");
  const axes = document.querySelector("#axes");
  const none = document.querySelector("#no-axes");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let drawn = "";
  let busy = false;
  let near = false;
  let vega = null;
  let rest = 0; // until then no drawing: most of the time belongs to others, however large the sweep is

  const program = () => (vega ??= import("/static/vega.js").catch((error) => { vega = null; throw error; }));
  const token = () => document.querySelector("#charts-token");

  async function look() {
    const now = token();
    const wanted = `${now.dataset.token} ${dark.matches} ${document.documentElement.clientWidth}`;
    if (busy || !near || performance.now() < rest || document.hidden || wanted === drawn) return;
    busy = true;
    const since = performance.now();
    try {
      const address = now.dataset.from;
      const more = `${address.includes("?") ? "&" : "?"}token=${encodeURIComponent(now.dataset.token)}`;
      const answer = await fetch(address + more);
      if (!answer.ok) return;
      const reply = await answer.json();
      verdict.replaceChildren(...reply.verdict.map((line) => element("li", line)));
      verdict.parentElement.hidden = !reply.verdict.length;
      none.textContent = reply.no_axes;
      none.hidden = !reply.no_axes;
      found.hidden = !reply.verdict.length && !reply.figures.length;
      if (reply.figures.length) await show(figures, reply.figures);
      if (reply.axes.length) await show(axes, reply.axes);
      drawn = wanted;
    } finally {
      busy = false;
      rest = performance.now() + 3 * (performance.now() - since);
    }
  }

  async function show(into, list) {
    await program();
    const names = new Set(list.map((figure) => `chart-${figure.name}`));
    for (const old of [...into.children]) if (!names.has(old.id)) old.remove();
    // All places first: how wide one is depends on those beside it.
    const places = list.map((figure) => frame(into, figure));
    for (const [index, figure] of list.entries()) {
      const place = places[index];
      const fresh = document.createElement("div");
      try {
        await vegaEmbed(fresh, fitted(figure.spec, place.querySelector(".chart").clientWidth), {
          mode: "vega-lite", renderer: "svg", actions: false, logLevel: 1, ast: true, defaultStyle: false,
          tooltip: { theme: dark.matches ? "dark" : "light", disableDefaultStyle: true },
        });
        // One picture with a name; its numbers stand in the verdict and in the CSV, not in hundreds of nameless marks.
        const picture = fresh.querySelector("svg");
        picture.setAttribute("role", "img");
        picture.setAttribute("aria-label", figure.title);
        for (const inside of picture.children) inside.setAttribute("aria-hidden", "true");
      } catch (error) {
        fresh.textContent = `This chart cannot be drawn here: ${error.message}`;
      }
      place.querySelector(".chart").replaceChildren(fresh);
    }
  }

  function frame(into, figure) {
    const known = document.getElementById(`chart-${figure.name}`);
    const place = known ?? element("figure", "");
    if (!known) {
      place.id = `chart-${figure.name}`;
      place.append(element("h3", figure.title), element("figcaption", ""), element("div", ""));
      place.lastChild.className = "chart";
      place.lastChild.tabIndex = 0;
      place.lastChild.setAttribute("role", "group");
      place.lastChild.setAttribute("aria-label", `Chart: ${figure.title}`);
      into.append(place);
    }
    place.querySelector("figcaption").textContent = figure.note;
    place.classList.toggle("wide", figure.spec.facet?.sort?.length > 1 || typeof figure.spec.width === "object");
    return place;
  }

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  new IntersectionObserver((seen) => {
    near = seen[seen.length - 1].isIntersecting;
    if (near) look();
  }, { rootMargin: "600px" }).observe(document.querySelector("#part-charts"));
  document.addEventListener("htmx:afterRequest", look);
  dark.addEventListener("change", look);
  addEventListener("resize", look);
})();
