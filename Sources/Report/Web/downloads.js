// Files made of what the page shows, as data URIs.
function save(name, type, text) {
  var link = document.createElement("a");
  link.href = "data:" + type + ";charset=utf-8," + encodeURIComponent(text);
  link.download = name;
  link.click();
}
function field(text) {
  if (/^[=+\-@]/.test(text)) { if (isNaN(Number(text))) { text = "'" + text; } }
  return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}
all("button[data-save]").forEach(function (button) {
  button.addEventListener("click", function () {
    var name = button.getAttribute("data-table"), kind = button.getAttribute("data-save");
    var table = one("table.rows[data-table='" + name + "']");
    var heads = all("th", table).map(function (head) { return head.getAttribute("data-name"); });
    var rows = all("tbody tr:not([hidden])", table).map(function (row) {
      return Array.prototype.map.call(row.cells, function (cell) {
        return cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent;
      });
    });
    if (kind === "csv") {
      save(name + ".csv", "text/csv", [heads].concat(rows).map(function (row) { return row.map(field).join(","); }).join("\n") + "\n");
    } else if (kind === "json") {
      var items = rows.map(function (row) {
        var item = {};
        heads.forEach(function (head, place) {
          var cell = row[place], isNumber = all("th", table)[place].classList.contains("n");
          item[head] = isNumber ? (cell === "" || isNaN(Number(cell)) ? (cell === "" ? null : cell) : Number(cell)) : cell;
        });
        return item;
      });
      save(name + ".json", "application/json", JSON.stringify(items, null, 1) + "\n");
    } else if (kind === "tex") {
      save(name + ".tex", "text/plain", latex(table));
    } else {
      var drawing = one("#" + name + " figure.frontier svg.wide").cloneNode(true);
      drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      drawing.setAttribute("width", "760");
      drawing.setAttribute("height", "430");
      all("[data-t]", drawing).forEach(function (point) {
        var title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        title.textContent = point.getAttribute("data-t");
        point.appendChild(title);
        point.removeAttribute("data-t");
      });
      var style = document.createElementNS("http://www.w3.org/2000/svg", "style");
      style.textContent = data.plot;
      drawing.insertBefore(style, drawing.firstChild);
      save(name + ".svg", "image/svg+xml", new XMLSerializer().serializeToString(drawing));
    }
  });
});
