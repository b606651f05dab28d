// The order and the choice of a table's rows.
function value(row, column) {
  var cell = row.cells[column], text = cell.getAttribute("data-v");
  if (text === null) { return cell.textContent; }
  return text === "" ? null : Number(text);
}
function sort(table, column, isRising) {
  var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
  var keyed = rows.map(function (row, place) { return { row: row, value: value(row, column), place: Number(row.getAttribute("data-place")) }; });
  keyed.sort(function (a, b) {
    if (a.value === null || b.value === null) { return (a.value === null) - (b.value === null) || a.place - b.place; }
    var order = typeof a.value === "number" ? a.value - b.value : a.value.localeCompare(b.value, "en");
    return (isRising ? order : -order) || a.place - b.place;
  });
  var sorted = document.createDocumentFragment();
  keyed.forEach(function (entry) { sorted.appendChild(entry.row); });
  body.appendChild(sorted);
  all("th", table).forEach(function (head, place) {
    if (head.hasAttribute("aria-sort")) { head.setAttribute("aria-sort", place === column ? (isRising ? "ascending" : "descending") : "none"); }
  });
}
all("table.rows").forEach(function (table) {
  var name = table.getAttribute("data-table");
  all("th", table).forEach(function (head, column) {
    head.querySelector("button").addEventListener("click", function () {
      var now = head.getAttribute("aria-sort");
      var isRising = now === "none" ? head.getAttribute("data-first") === "up" : now !== "ascending";
      sort(table, column, isRising);
      keep("sort-" + name, column + (isRising ? "u" : "d"));
      say("sorted by " + head.textContent + (isRising ? ", rising" : ", falling"));
    });
  });
  var kept = /^(\d+)([ud])$/.exec(state["sort-" + name] || "");
  if (kept) { if (table.tHead.rows[0].cells[Number(kept[1])]) { sort(table, Number(kept[1]), kept[2] === "u"); } }
});
function filter(box) {
  var name = box.getAttribute("data-table"), words = box.value.toLowerCase().split(/\s+/).filter(Boolean), count = 0;
  all("table.rows[data-table='" + name + "'] tbody tr").forEach(function (row) {
    var text = row.textContent.toLowerCase();
    row.hidden = !words.every(function (word) { return word[0] === "-" ? word.length === 1 || text.indexOf(word.slice(1)) < 0 : text.indexOf(word) >= 0; });
    if (!row.hidden) { count += 1; }
  });
  one("#count-" + name).textContent = words.length ? count + " rows" : "";
  keep("find-" + name, box.value);
}
all("input[type=search]").forEach(function (box) {
  box.addEventListener("input", function () { filter(box); });
  var kept = state["find-" + box.getAttribute("data-table")];
  if (kept) { box.value = kept; filter(box); }
});
if (state.row) {
  var wanted = document.getElementById(state.row);
  if (wanted) { wanted.classList.add("target"); wanted.scrollIntoView({ block: "center" }); }
}
