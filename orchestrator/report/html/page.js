// Sorts and filters the table.
const table = document.querySelector("#cells");
const body = table.tBodies[0];
const rows = [...body.rows];
const words = rows.map((row) => row.textContent.toLowerCase());
const shown = document.querySelector("#shown");

function value(row, column) {
  return row.cells[column].dataset.v ?? row.cells[column].textContent;
}

// Unknown values stand last, whichever way the column is sorted.
function order(column, down) {
  return (a, b) => {
    const [x, y] = [value(a, column), value(b, column)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const numbers = x !== "" && !isNaN(x) && !isNaN(y);
    return (numbers ? x - y : x.localeCompare(y)) * (down ? -1 : 1);
  };
}

for (const head of table.tHead.rows[0].cells) {
  head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...[...rows].sort(order(head.cellIndex, down)));
  });
}

document.querySelector("#filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row, place) => {
    row.hidden = !wanted.every((word) => words[place].includes(word));
    count += !row.hidden;
  });
  shown.textContent = `${count} of ${rows.length}`;
});
