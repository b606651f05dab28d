// Two or three rows that a reader chooses: their curves alone, and their paired differences.
data.tables.forEach(function (table) {
  var pairs = table.pairs;
  if (!pairs) { return; }
  var boxes = all("select[data-pair='" + table.id + "']"), list = one("#pairs-" + table.id);
  function signed(value) { return (value < 0 ? "\u2212" : "+") + Math.abs(value).toFixed(4); }
  function difference(first, second) {
    var isTurned = first > second, found = isTurned ? pairs.pairs[second][first - second - 1] : pairs.pairs[first][second - first - 1];
    var sign = isTurned ? -1 : 1, low = isTurned ? found[2] : found[1], high = isTurned ? found[1] : found[2];
    var text = pairs.names[first] + " less " + pairs.names[second] + ": " + pairs.metric + " " + signed(sign * found[0]);
    if (low === null) { return text + ", too few items for an interval"; }
    var isClear = sign * low > 0 || sign * high < 0;
    return text + " (" + signed(sign * low) + " to " + signed(sign * high) + "), p = " + found[3].toPrecision(2) + ": "
      + (isClear ? pairs.names[sign * found[0] > 0 ? first : second] + " is better" : "not told apart");
  }
  function chosen() {
    return boxes.map(function (box) { return box.value; }).filter(function (value, place, values) {
      return value !== "" && values.indexOf(value) === place;
    }).map(Number);
  }
  function update() {
    var rows = chosen();
    list.textContent = "";
    for (var first = 0; first < rows.length; first += 1) {
      for (var second = first + 1; second < rows.length; second += 1) {
        var item = document.createElement("li");
        item.textContent = difference(rows[first], rows[second]);
        list.appendChild(item);
      }
    }
    return rows;
  }
  function choose() {
    var rows = update(), numbers = rows.map(function (row) { return String(pairs.rows[row]); });
    keep("pair-" + table.id, rows.join("-"));
    all("#" + table.id + " .legend input").forEach(function (box) {
      var isWanted = rows.length < 2 ? box.defaultChecked : numbers.indexOf(box.value) >= 0 || !box.hasAttribute("data-router");
      if (box.checked !== isWanted) { box.checked = isWanted; draw(box.name, box.value, isWanted); }
    });
    keepToggles();
  }
  boxes.forEach(function (box) { box.addEventListener("change", choose); });
  (state["pair-" + table.id] || "").split("-").forEach(function (value, place) {
    if (boxes[place] && /^\d+$/.test(value) && Number(value) < pairs.names.length) { boxes[place].value = value; }
  });
  update();
});
