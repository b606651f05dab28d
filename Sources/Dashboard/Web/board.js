// The board and the frontier as they form.
function scale(low, high, from, to, logarithmic) {
  var a = logarithmic ? Math.log(low) : low, b = logarithmic ? Math.log(high) : high;
  return function (value) { return from + (to - from) * ((logarithmic ? Math.log(value) : value) - a) / ((b - a) || 1); };
}
function plot(table) {
  var W = innerWidth < 560 ? 360 : 560, R = W - 12;
  var all = [], rows = table.rows.filter(function (row) { return row.points.length; });
  rows.forEach(function (row) { row.points.forEach(function (point) { all.push(point); }); });
  if (!all.length) { return make("p", "none", "No row has a point yet."); }
  var costs = all.map(function (point) { return point[0]; }), marks = all.map(function (point) { return point[1]; });
  var low = Math.min.apply(null, costs), high = Math.max.apply(null, costs), bottom = Math.min.apply(null, marks), top = Math.max.apply(null, marks);
  var logarithmic = low > 0 && high / low > 8, room = Math.max(0.01, (top - bottom) * 0.08);
  if (low === high) { low = low * 0.9 || -1; high = high * 1.1 || 1; }
  bottom = Math.max(0, bottom - room);
  top = Math.min(1, top + room);
  var across = scale(low, high, 52, R, logarithmic), up = scale(bottom, top, 262, 12, false);
  var svg = draw("svg", { viewBox: "0 0 " + W + " 300", role: "img", "aria-label": "Accuracy over cost of " + rows.length + " rows, " + table.dataset });
  for (var line = 0; line <= 4; line += 1) {
    var value = bottom + (top - bottom) * line / 4, y = up(value);
    svg.appendChild(draw("line", { x1: 52, x2: R, y1: y, y2: y, "class": line ? "grid" : "axis" }));
    svg.appendChild(draw("text", { x: 46, y: y + 4, "text-anchor": "end" }, value.toFixed(2)));
  }
  (W < 400 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).forEach(function (share) {
    var cost = logarithmic ? Math.exp(Math.log(low) + share * Math.log(high / low)) : low + share * (high - low);
    var end = share === 0 ? "start" : share === 1 ? "end" : "middle";
    svg.appendChild(draw("text", { x: 52 + (R - 52) * share, y: 278, "text-anchor": end }, short(cost)));
  });
  svg.appendChild(draw("text", { x: (52 + R) / 2, y: 295, "text-anchor": "middle" }, table.unit + (logarithmic ? ", logarithmic" : "")));
  var rivals = [];
  rows.forEach(function (row) {
    if (row.role !== "bound") { row.points.forEach(function (point) { rivals.push(point); }); }
    if (row.points.length > 1) {
      svg.appendChild(draw("polyline", { "class": "curve " + row.role, points: row.points.map(function (point) { return across(point[0]).toFixed(1) + "," + up(point[1]).toFixed(1); }).join(" ") }));
    }
  });
  rivals.sort(function (a, b) { return a[0] - b[0] || b[1] - a[1]; });
  var best = -1, front = [];
  rivals.forEach(function (point) { if (point[1] > best) { best = point[1]; front.push(across(point[0]).toFixed(1) + "," + up(point[1]).toFixed(1)); } });
  if (front.length > 1) { svg.appendChild(draw("polyline", { points: front.join(" "), "class": "front" })); }
  rows.forEach(function (row) {
    row.points.forEach(function (point) {
      var words = row.label + ": accuracy " + fixed(point[1], 3) + " at " + short(point[0]);
      svg.appendChild(draw("circle", { cx: across(point[0]).toFixed(1), cy: up(point[1]).toFixed(1), r: row.role === "single" ? 4.5 : row.points.length > 12 ? 2.1 : 3, "class": "pt " + row.role, "data-t": words }));
    });
  });
  return svg;
}
function showBoard(board) {
  var tables = board.tables || [];
  if (!tables.length) { return fill(id("board"), []); }
  var top = make("div", "above");
  top.appendChild(make("h2", "", "Board so far"));
  top.appendChild(make("p", "note", "Partial: of " + count(board.records) + " records, without intervals, so places may only be noise. Points are operating points; the dashed line joins the best of what competes; yellow reads the answers and is a bound."));
  fill(id("board"), [top].concat(tables.map(function (table) {
    var same = tables.filter(function (other) { return other.dataset === table.dataset; });
    var own = table.caption.split(" · ").filter(function (part) {
      return same.some(function (other) { return other.caption.split(" · ").indexOf(part) < 0; });
    });
    var card = make("section", "card"), split = make("div", "split"), left = make("div"), right = make("div");
    card.appendChild(make("h2", "", [table.dataset].concat(own).join(" · ")));
    card.appendChild(make("p", "note", table.caption));
    left.appendChild(plot(table));
    var ranked = table.rows.slice().sort(function (a, b) { return (a.place || 1e9) - (b.place || 1e9); });
    right.appendChild(grid([">#", "router", ">" + table.metric, ">accuracy", ">cost"], ranked.slice(0, 14).map(function (row) {
      return { kind: row.role === "router" ? "" : "quiet", cells: [row.place || "", row.label + (row.incomplete ? " (incomplete)" : ""), fixed(row.value, 3), fixed(row.accuracy, 3), short(row.cost)] };
    })));
    var hidden = table.hidden + Math.max(0, ranked.length - 14);
    if (hidden) { right.appendChild(make("p", "note", "and " + hidden + " more rows in /api/board or on the board itself")); }
    split.appendChild(left);
    split.appendChild(right);
    card.appendChild(split);
    return card;
  })).concat((board.notes || []).map(function (note) { return make("p", "note", note); })));
}
