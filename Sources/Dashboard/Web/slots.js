// The task stream: a row a slot.
var samples = [], colours = {}, most = 240;
function colour(router) {
  if (!(router in colours)) { colours[router] = Object.keys(colours).length % 8; }
  return colours[router];
}
function showSlots() {
  var last = samples[samples.length - 1], box = id("slots");
  if (!last || !last.rows || !last.rows.length) { return fill(box, [make("p", "none", "No worker is connected.")]); }
  var style = getComputedStyle(document.documentElement), paint = [];
  for (var number = 0; number < 8; number += 1) { paint.push(style.getPropertyValue("--c" + number).trim()); }
  var blank = style.getPropertyValue("--blank").trim(), bad = style.getPropertyValue("--bad").trim();
  var shown = samples.slice(-most), seen = {}, lanes = make("div", "lanes");
  var history = shown.map(function (sample) {
    var at = {};
    (sample.rows || []).forEach(function (row) { at[row.slot] = row; });
    return at;
  });
  last.rows.slice(0, 48).forEach(function (row) {
    var canvas = make("canvas"), ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = most * 3 * ratio;
    canvas.height = 16 * ratio;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", row.slot + ": " + (row.router || "idle"));
    var pen = canvas.getContext("2d"), step = canvas.width / most;
    pen.fillStyle = blank;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    history.forEach(function (at, place) {
      var found = at[row.slot], x = canvas.width - (history.length - place) * step;
      if (!found) { return; }
      if (found.router) {
        seen[found.router] = true;
        pen.fillStyle = paint[colour(found.router)];
        pen.fillRect(x, 0, step, canvas.height);
      }
      if (found.failed) { pen.fillStyle = bad; pen.fillRect(x, 0, Math.max(step, 3 * ratio), canvas.height); }
    });
    lanes.appendChild(make("span", "who", row.slot)).title = row.slot;
    lanes.appendChild(canvas);
    lanes.appendChild(make("span", "what", row.router ? row.router + ", " + row.step + ", " + lasts(row.seconds) : "idle"));
  });
  var legend = make("ul", "legend");
  Object.keys(seen).sort().forEach(function (router) {
    var item = make("li");
    item.appendChild(make("i", "c" + colour(router)));
    item.appendChild(document.createTextNode(router));
    legend.appendChild(item);
  });
  fill(box, [lanes, legend]);
}
