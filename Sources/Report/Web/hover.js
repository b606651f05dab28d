// What stands in the title of a point, beside it; arrow keys go along a curve.
var tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.appendChild(tip);
function words(point) {
  var title = one("title", point);
  if (title) { point.setAttribute("data-t", title.textContent); title.remove(); }
  return point.getAttribute("data-t");
}
function show(point, x, y) {
  tip.textContent = words(point);
  tip.hidden = false;
  var box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
  tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 12 : y + 18) + "px";
}
function hide() {
  tip.hidden = true;
  all("svg.dim").forEach(function (svg) { svg.classList.remove("dim"); });
  all("g.hot").forEach(function (group) { group.classList.remove("hot"); });
}
function heat(svg, row) {
  svg.classList.add("dim");
  all("g[data-row]", svg).forEach(function (group) { group.classList.toggle("hot", group.getAttribute("data-row") === row); });
}
all("figure svg").forEach(function (svg) {
  svg.addEventListener("pointermove", function (event) {
    var point = event.target.closest(".pt");
    if (!point) { return hide(); }
    show(point, event.clientX, event.clientY);
    var group = point.closest("g[data-row]");
    if (group) { hide(); tip.hidden = false; heat(svg, group.getAttribute("data-row")); }
  });
  svg.addEventListener("pointerleave", hide);
});
all("g.series[tabindex]").forEach(function (group) {
  var place = -1;
  function go(step) {
    var points = all(".pt", group);
    if (!points.length) { return; }
    place = Math.max(0, Math.min(points.length - 1, place + step));
    var box = points[place].getBoundingClientRect();
    show(points[place], box.left, box.top);
    say(words(points[place]));
  }
  group.addEventListener("focus", function () { heat(group.closest("svg"), group.getAttribute("data-row")); });
  group.addEventListener("blur", hide);
  group.addEventListener("keydown", function (event) {
    if (event.key === "ArrowRight") { go(1); } else if (event.key === "ArrowLeft") { go(-1); } else if (event.key === "Escape") { hide(); } else { return; }
    event.preventDefault();
  });
});
