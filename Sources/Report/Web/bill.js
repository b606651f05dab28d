// What a wrong answer costs: the bill of every row at its cheapest point, live; lines of equal bill in the plot.
function number(value) {
  if (value === 0) { return "0"; }
  var size = Math.abs(value);
  if (size < 1e-4) { return value.toExponential(2); }
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });
}
function place(scale, value) {
  var share = scale.isLog ? Math.log(value / scale.low) / Math.log(scale.high / scale.low) : (value - scale.low) / (scale.high - scale.low);
  return scale.start + share * (scale.end - scale.start);
}
function reader(words) {
  return { isLog: words[0] === "log", low: Number(words[1]), high: Number(words[2]), start: Number(words[3]), end: Number(words[4]) };
}
function equalBills(table, p, lowest) {
  var isOn = one("#isobill-" + table.id).checked, steps = 60;
  all("#" + table.id + " figure.frontier svg").forEach(function (svg) {
    var path = one(".isobill", svg);
    if (!path) { return; }
    path.classList.toggle("on", isOn);
    var words = (svg.getAttribute("data-scales") || "").split(" ");
    var across = reader(words.slice(0, 5)), up = reader(words.slice(5)), weight = p * table.factor, d = "";
    // The lowest bill, and those of rows that are a quarter of the plot less accurate, and two and three.
    for (var line = 0; line < 4; line += 1) {
      var bill = lowest + line * weight * (up.high - up.low) / 4, isDown = false;
      if (weight === 0) {
        var x = place(across, lowest);
        if (line === 0) { d += "M" + x.toFixed(2) + " " + up.start + "L" + x.toFixed(2) + " " + up.end; }
        continue;
      }
      // Where the line leaves the plot above and below lie between its ends.
      var least = Math.max(across.low, bill - weight * (1 - up.low)), most = Math.min(across.high, bill - weight * (1 - up.high));
      if (!(most >= least)) { continue; }
      for (var step = 0; step <= steps; step += 1) {
        var share = step / steps;
        var cost = across.isLog ? least * Math.pow(most / least, share) : least + share * (most - least);
        d += (isDown ? "L" : "M") + place(across, cost).toFixed(2) + " " + place(up, 1 - (bill - cost) / weight).toFixed(2);
        isDown = true;
      }
    }
    path.setAttribute("d", d || "M0 0");
  });
}
data.tables.forEach(function (table) {
  var slider = one("#price-" + table.id);
  if (!slider || !table.prices) { return; }
  var low = Math.log10(table.prices[0]), high = Math.log10(table.prices[1]);
  function price() { return Number(slider.value) === 0 ? 0 : Math.pow(10, low + (high - low) * Number(slider.value) / 1000); }
  function update() {
    var p = price();
    var best = table.rows.map(function (row) {
      var found = null;
      row.points.forEach(function (point) {
        var bill = point[0] + p * table.factor * (1 - point[1]);
        if (found === null || bill < found.bill) { found = { name: row.name, bill: bill, cost: point[0], accuracy: point[1] }; }
      });
      return found;
    });
    best.sort(function (a, b) { return a.bill - b.bill; });
    var text = "a wrong answer costs " + number(p) + (table.money ? " " + table.money : "");
    one("#priced-" + table.id).textContent = text;
    slider.setAttribute("aria-valuetext", text);
    var list = one("#bills-" + table.id);
    list.textContent = "";
    best.slice(0, 8).forEach(function (row) {
      var item = document.createElement("li"), more = document.createElement("span");
      item.textContent = row.name + " ";
      more.textContent = "bill " + number(row.bill) + " " + table.unit + " (cost " + number(row.cost) + ", accuracy " + row.accuracy.toFixed(3) + ")";
      item.appendChild(more);
      list.appendChild(item);
    });
    if (best.length) { equalBills(table, p, best[0].bill); }
  }
  slider.addEventListener("input", update);
  slider.addEventListener("change", function () { keep("price-" + table.id, slider.value === slider.defaultValue ? null : slider.value); });
  if (/^\d+$/.test(state["price-" + table.id] || "")) { slider.value = state["price-" + table.id]; }
  var lines = one("#isobill-" + table.id);
  lines.checked = state["bill-" + table.id] === "1";
  lines.addEventListener("change", function () { keep("bill-" + table.id, lines.checked ? "1" : null); update(); });
  update();
});
