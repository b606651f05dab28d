// Which rows are drawn.
function draw(table, row, isOn) {
  all("#" + table + " g.series[data-row='" + row + "']").forEach(function (group) { group.classList.toggle("off", !isOn); });
}
function keepToggles() {
  var changed = all(".legend input").filter(function (box) { return box.checked !== box.defaultChecked; });
  keep("rows", changed.map(function (box) { return box.name + "." + box.value; }).join(","));
}
all(".legend input").forEach(function (box) {
  box.addEventListener("change", function () { draw(box.name, box.value, box.checked); keepToggles(); });
});
(state.rows || "").split(",").forEach(function (name) {
  var box = all(".legend input").filter(function (box) { return box.name + "." + box.value === name; })[0];
  if (box) { box.checked = !box.defaultChecked; draw(box.name, box.value, box.checked); }
});
