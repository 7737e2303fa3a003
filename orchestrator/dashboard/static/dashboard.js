// Keeps the page live: htmx asks each second which parts have changed, idiomorph puts those in place.
(() => {
  const banner = document.querySelector("#banner");
  const pulse = document.querySelector("#pulse");
  const word = document.querySelector("#pulse-word");
  const live = document.querySelector("#live");

  // What a person has opened stays open, and what the browser has moved focus to stays there.
  // The same holds for boxes that were ticked, and for the link to what they are about.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.tagName === "DETAILS") && name !== "checked" && node.id !== "compare";

  function say(state, text, message) {
    if (pulse.dataset.state !== state) {
      pulse.dataset.state = state;
      word.textContent = text;
    }
    if (banner.textContent !== message) banner.textContent = message;
    banner.hidden = !message;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const parts = [...document.querySelectorAll("[data-part]")];
    event.detail.headers["X-Have"] = parts.map((part) => `${part.dataset.part}:${part.dataset.version}`).join(",");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (successful) say("live", "live", "");
    else if (xhr.status === 0) say("lost", "lost", "The dashboard does not answer. Trying again …");
    else if (xhr.status === 401) say("lost", "lost", "The dashboard has been restarted: open the address that it printed.");
    else say("lost", "lost", `${xhr.responseText.slice(0, 300) || `Error ${xhr.status}`}. Trying again …`);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live, "look");
  });

  // Boxes of the list of sweeps, in its order: the link leads to them side by side, at an address that can be shared.
  function compare() {
    const link = document.querySelector("#compare");
    if (!link) return;
    const ticked = [...document.querySelectorAll("input.tick:checked")].map((box) => box.value);
    const most = Number(link.dataset.most);
    const fits = ticked.length >= 2 && ticked.length <= most;
    if (fits) link.href = `/compare?${new URLSearchParams(ticked.map((key) => ["sweep", key]))}`;
    else link.removeAttribute("href");
    link.setAttribute("aria-disabled", String(!fits));
    const note = ticked.length > most ? `At most ${most} sweeps fit into one chart.` : `${ticked.length} sweeps ticked.`;
    const line = ticked.length < 2 ? "Tick two or more sweeps to compare them." : note;
    const place = document.querySelector("#compare-note");
    if (place.textContent !== line) place.textContent = line;
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input.tick")) compare();
  });
  document.addEventListener("htmx:afterRequest", compare);
  compare(); // a browser that goes back keeps what was ticked

  // Among thousands of stages Tab stops once a lane; arrow keys reach every one.
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.("#lanes a.sq");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(here, event.key);
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  function neighbour(here, key) {
    const lane = here.closest(".lane");
    const mine = [...lane.querySelectorAll("a.sq")];
    const place = mine.indexOf(here);
    if (key === "ArrowRight") return mine[place + 1];
    if (key === "ArrowLeft") return mine[place - 1];
    if (key === "Home") return mine[0];
    if (key === "End") return mine[mine.length - 1];
    if (key !== "ArrowDown" && key !== "ArrowUp") return null;
    const other = key === "ArrowDown" ? lane.nextElementSibling : lane.previousElementSibling;
    const theirs = [...(other?.querySelectorAll("a.sq") ?? [])];
    return theirs[Math.min(place, theirs.length - 1)];
  }
})();
