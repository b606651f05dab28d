// Workers and failures.
function showWorkers(now) {
  var list = now.worker_list || [];
  if (!list.length) { return fill(id("workers"), [make("p", "none", "None is connected. routegrid worker --connect " + now.url + " starts one.")]); }
  var parts = [grid(["name", ">slots", ">leases"], list.slice(0, 12).map(function (worker) {
    return { cells: [worker.name, worker.slots, worker.leases] };
  }))];
  if (now.workers.connected > 12) { parts.push(make("p", "note", "and " + (now.workers.connected - 12) + " more")); }
  fill(id("workers"), parts);
}
var opened = {};
function log(key, text) {
  if (!text) { return ""; }
  var box = make("details");
  box.open = Boolean(opened[key]);
  box.addEventListener("toggle", function () { opened[key] = box.open; });
  box.appendChild(make("summary", "", "standard error"));
  box.appendChild(make("pre", "", text));
  return box;
}
function showFailures(failures) {
  var groups = failures.groups || [], recent = failures.recent || [];
  id("failing").hidden = !groups.length && !recent.length;
  var parts = [];
  if (groups.length) {
    parts.push(grid([">cells", "router", "kind", "reason", "first", ""], groups.map(function (group) {
      var place = group.run + "/" + group.first, name = group.router + (group.parameters ? " (" + group.parameters + ")" : "");
      return { cells: [count(group.cells), name, group.state === "quarantined" ? group.kind + ", quarantined" : group.kind, group.reason, place, log("g" + place, group.log)] };
    })));
  }
  if (recent.length) {
    parts.push(make("h3", "", "Newest, retried ones too"));
    parts.push(grid(["cell", "kind", "what happened", "worker", ">ago", ""], recent.slice(0, 8).map(function (one) {
      return { cells: [one.run + "/" + one.cell, one.kind + (one.state === "backing-off" ? ", retried" : ""), one.text, one.worker, lasts(one.ago_s), log("r" + one.number, one.log)] };
    })));
  }
  fill(id("failures"), parts);
}
var rates = [];
function showRate(now) {
  if (now) { rates.push([now.time, now.records.per_second_10s || 0]); }
  if (rates.length > 300) { rates.shift(); }
  var most = Math.max.apply(null, rates.map(function (pair) { return pair[1]; }).concat([1]));
  var W = innerWidth < 560 ? 360 : 560, E = W - 4, step = Math.pow(10, Math.floor(Math.log10(most))), top = Math.ceil(most / step) * step;
  var svg = draw("svg", { viewBox: "0 0 " + W + " 150", role: "img", "aria-label": "records per second, the last " + rates.length + " samples" });
  [0, 0.5, 1].forEach(function (share) {
    var y = 130 - 115 * share;
    svg.appendChild(draw("line", { x1: 44, x2: E, y1: y, y2: y, "class": share ? "grid" : "axis" }));
    svg.appendChild(draw("text", { x: 38, y: y + 4, "text-anchor": "end" }, short(top * share)));
  });
  if (rates.length > 1) {
    var first = rates[0][0], last = rates[rates.length - 1][0], span = Math.max(30, last - first);
    var points = rates.map(function (pair) {
      return (E - (E - 44) * (last - pair[0]) / span).toFixed(1) + "," + (130 - 115 * pair[1] / top).toFixed(1);
    });
    var left = points[0].split(",")[0];
    svg.appendChild(draw("polygon", { points: left + ",130 " + points.join(" ") + " " + E + ",130", "class": "area" }));
    svg.appendChild(draw("polyline", { points: points.join(" "), "class": "spark" }));
    svg.appendChild(draw("text", { x: 44, y: 146 }, lasts(span) + " ago"));
  }
  svg.appendChild(draw("text", { x: E, y: 146, "text-anchor": "end" }, "now"));
  fill(id("rate"), [svg]);
}
