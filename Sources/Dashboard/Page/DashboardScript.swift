/// The script of the dashboard.
///
/// Everything that comes from a coordinator becomes text of an element or a number in a drawing, never markup.
enum DashboardScript {
    static let text = [start, runs, tables, slots, board, records, feed].joined(separator: "\n")

    /// Elements, numbers, durations.
    private static let start = #"""
        (function () {
        "use strict";
        var NS = "http://www.w3.org/2000/svg";
        function id(name) { return document.getElementById(name); }
        function make(name, kind, contents) {
          var element = document.createElement(name);
          if (kind) { element.className = kind; }
          if (contents !== undefined && contents !== null) { element.textContent = String(contents); }
          return element;
        }
        function draw(name, attributes, contents) {
          var element = document.createElementNS(NS, name);
          Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
          if (contents !== undefined) { element.textContent = contents; }
          return element;
        }
        function fill(parent, children) { parent.replaceChildren.apply(parent, children); }
        function count(value) { return typeof value === "number" ? value.toLocaleString("en-US") : "–"; }
        function fixed(value, digits) { return typeof value === "number" ? value.toFixed(digits) : "–"; }
        function short(value) {
          if (typeof value !== "number") { return "–"; }
          if (value === 0) { return "0"; }
          var size = Math.abs(value);
          return size >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
        }
        function pace(value) {
          if (typeof value !== "number") { return "–"; }
          if (value >= 10) { return value.toFixed(0) + "/s"; }
          if (value >= 0.5) { return value.toFixed(1) + "/s"; }
          return value * 60 >= 0.5 ? (value * 60).toFixed(1) + "/min" : (value * 3600).toFixed(1) + "/h";
        }
        function lasts(seconds) {
          if (typeof seconds !== "number") { return "–"; }
          var whole = Math.max(0, Math.round(seconds)), hours = Math.floor(whole / 3600);
          var rest = String(whole % 60).padStart(2, "0"), minutes = Math.floor(whole / 60) % 60;
          return hours ? hours + ":" + String(minutes).padStart(2, "0") + ":" + rest : minutes + ":" + rest;
        }
        function grid(titles, rows) {
          var table = make("table"), top = make("tr"), body = make("tbody"), head = make("thead");
          titles.forEach(function (title) {
            var right = title.charAt(0) === ">", cell = make("th", right ? "n" : "", right ? title.slice(1) : title);
            cell.scope = "col";
            top.appendChild(cell);
          });
          head.appendChild(top);
          rows.forEach(function (row) {
            var line = make("tr", row.kind || "");
            row.cells.forEach(function (value, place) {
              var cell = make("td", titles[place].charAt(0) === ">" ? "n" : "long");
              if (value instanceof Node) { cell.appendChild(value); } else { cell.textContent = value === null || value === undefined ? "" : String(value); }
              line.appendChild(cell);
            });
            body.appendChild(line);
          });
          table.appendChild(head);
          table.appendChild(body);
          var scroll = make("div", "scroll");
          scroll.appendChild(table);
          return scroll;
        }
        var tip = id("tip");
        document.addEventListener("pointermove", function (event) {
          var words = event.target.getAttribute && event.target.getAttribute("data-t");
          tip.hidden = !words;
          if (!words) { return; }
          tip.textContent = words;
          tip.style.left = Math.max(4, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)) + "px";
          tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 12) + "px";
        });
        """#

    /// Runs with their bars, and the tiles.
    private static let runs = #"""
        function fact(kind, name, value) {
          var item = make("span", kind);
          item.appendChild(make("b", "", value));
          item.appendChild(document.createTextNode(" " + name));
          return item;
        }
        function runCard(run) {
          var card = make("article", "card run"), head = make("div", "head"), cells = Math.max(1, run.cells);
          head.appendChild(make("span", "name", "run " + run.run + " · " + run.name));
          head.appendChild(make("span", "state " + (/^[a-z]+$/.test(run.state) ? run.state : ""), run.state));
          head.appendChild(make("span", "share", (Math.floor(1000 * run.done / cells) / 10).toFixed(1) + " %"));
          card.appendChild(head);
          var bar = make("div", "bar"), broken = run.failed + run.quarantined;
          bar.setAttribute("role", "progressbar");
          bar.setAttribute("aria-label", "cells recorded");
          bar.setAttribute("aria-valuemin", "0");
          bar.setAttribute("aria-valuemax", String(run.cells));
          bar.setAttribute("aria-valuenow", String(run.done));
          [["done", run.done], ["leased", run.leased], ["again", run.backing_off], ["failed", broken]].forEach(function (part) {
            if (!part[1]) { return; }
            var piece = make("i", part[0]);
            piece.style.width = Math.max(0.4, 100 * part[1] / cells) + "%";
            bar.appendChild(piece);
          });
          card.appendChild(bar);
          var facts = make("div", "facts");
          facts.appendChild(fact("key done", "of " + count(run.cells) + " recorded", count(run.done)));
          if (run.leased) { facts.appendChild(fact("key leased", "leased", count(run.leased))); }
          if (run.pending) { facts.appendChild(fact("key", "waiting", count(run.pending))); }
          if (run.backing_off) { facts.appendChild(fact("key again", "wait for a retry", count(run.backing_off))); }
          if (broken) { facts.appendChild(fact("key failed", "failed", count(broken))); }
          if (run.reused) { facts.appendChild(fact("", "reused", count(run.reused))); }
          if (typeof run.rate === "number") { facts.appendChild(fact("", "rate", pace(run.rate))); }
          if (typeof run.eta_s === "number") { facts.appendChild(fact("", "left", lasts(run.eta_s))); }
          if (run.stage) { facts.appendChild(fact("", run.stage === 1 ? "of 2: dev" : "of 2: selected on dev", "stage " + run.stage)); }
          card.appendChild(facts);
          if (run.reason) { card.appendChild(make("p", "note", run.reason)); }
          return card;
        }
        function showRuns(all) {
          var live = all.filter(function (run) { return !run.over; }), over = all.filter(function (run) { return run.over; }).reverse();
          var shown = live.length ? live.slice(-6) : over.slice(0, 1);
          var cards = shown.map(runCard);
          if (!all.length) { cards = [make("p", "card none", "No runs. routegrid submit GRID adds one.")]; }
          var rest = over.filter(function (run) { return shown.indexOf(run) < 0; });
          if (rest.length) {
            var box = make("details", "card"), was = document.querySelector("#runs details");
            box.open = Boolean(was && was.open);
            box.appendChild(make("summary", "", rest.length + (rest.length > 1 ? " earlier runs" : " earlier run")));
            box.appendChild(grid([">run", "grid", "state", ">recorded", ">failed"], rest.slice(0, 50).map(function (run) {
              return { cells: [run.run, run.name, run.state, count(run.done) + " of " + count(run.cells), count(run.failed + run.quarantined)] };
            })));
            cards.push(box);
          }
          fill(id("runs"), cards);
        }
        function tile(name, value, small) {
          var box = make("div"), words = make("dd", "", value);
          if (small) { words.appendChild(make("small", "", " " + small)); }
          box.appendChild(make("dt", "", name));
          box.appendChild(words);
          return box;
        }
        function showTiles(now) {
          var commits = now.commits || {}, mean = commits.total ? 1000 * commits.seconds_total / commits.total : null;
          fill(id("tiles"), [
            tile("Runnable cells", count(now.queue.runnable), now.queue.paused ? count(now.queue.paused) + " paused" : ""),
            tile("Leased cells", count(now.leases.cells), "in " + count(now.leases.held)),
            tile("Workers", count(now.workers.connected), typeof now.workers_wanted === "number" ? count(now.workers_wanted) + " wanted" : ""),
            tile("Slots busy", count(now.workers.slots_busy), "of " + count(now.workers.slots)),
            tile("Records", pace(now.records.per_second_10s), count(now.records.committed_total) + " in all"),
            tile("Commit", mean === null ? "–" : mean.toFixed(1) + " ms", commits.stalled ? "stalled" : "with sync")
          ]);
        }
        """#

    /// Workers and failures.
    private static let tables = #"""
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
        """#

    /// The task stream: a row a slot.
    private static let slots = #"""
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
        """#

    /// The board and the frontier as they form.
    private static let board = #"""
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
        """#

    private static let records = #"""
        var newest = [];
        function showRecords(batch) {
          newest = batch.records.slice().reverse().concat(newest).slice(0, 12);
          fill(id("records"), [newest.length ? grid([">number", "router", "dataset", "part", "budget", ">seed", "job key"], newest.map(function (one) {
            return { cells: [count(one.seq), one.router, one.dataset, one.part, one.budget, one.seed, one.job_key.slice(0, 12)] };
          })) : make("p", "none", "None yet.")]);
        }
        """#

    /// The connection: a stream that is read by fetch, so that a token can be sent.
    private static let feed = #"""
        var token = sessionStorage.getItem("routegrid-token") || "", lastID = "", heard = 0, waiting = 1000;
        function ask(path) {
          var headers = {};
          if (token) { headers.Authorization = "Bearer " + token; }
          if (path === "/api/events" && lastID) { headers["Last-Event-ID"] = lastID; }
          return fetch(path, { headers: headers, cache: "no-store", credentials: "omit" }).then(function (reply) {
            if (reply.status === 401) { id("gate").hidden = false; id("token").focus(); throw new Error("a token is required"); }
            if (!reply.ok) { throw new Error("status " + reply.status); }
            id("gate").hidden = true;
            return reply;
          });
        }
        function data(path, show) { return ask(path).then(function (reply) { return reply.json(); }).then(show); }
        function pulse(kind, words) { var at = id("pulse"); if (at.textContent !== words) { at.className = "pulse " + kind; at.textContent = words; } }
        function showSnapshot(now) {
          if (!now.queue) { return; }
          heard = Date.now();
          pulse("live", "live");
          id("where").textContent = now.url + " · " + now.coordinator.build + " · up " + lasts(now.coordinator.uptime_s);
          var run = now.runs.filter(function (one) { return !one.over; }).pop() || now.runs[now.runs.length - 1];
          document.title = run ? Math.floor(100 * run.done / Math.max(1, run.cells)) + " % " + run.name + " · RouteGrid" : "RouteGrid";
          showRuns(now.runs);
          showTiles(now);
          showWorkers(now);
          showFailures(now.failures);
          showRate(now);
          samples.push(now.stream);
          if (samples.length > most) { samples.shift(); }
          showSlots();
        }
        function handle(name, text) {
          var value = JSON.parse(text);
          if (name === "snapshot") { showSnapshot(value); }
          if (name === "records") { showRecords(value); }
          if (name === "board") { data("/api/board", showBoard).catch(function () {}); }
          if (name === "trouble") { pulse("lost", "no coordinator"); id("where").textContent = value.trouble; }
        }
        function read(reader) {
          var decoder = new TextDecoder(), rest = "";
          return reader.read().then(function take(part) {
            if (part.done) { throw new Error("the stream ended"); }
            rest += decoder.decode(part.value, { stream: true });
            var frames = rest.split("\n\n");
            rest = frames.pop();
            frames.forEach(function (frame) {
              var name = "message", lines = [];
              frame.split("\n").forEach(function (line) {
                if (line.indexOf("event: ") === 0) { name = line.slice(7); }
                if (line.indexOf("data: ") === 0) { lines.push(line.slice(6)); }
                if (line.indexOf("id: ") === 0) { lastID = line.slice(4); }
              });
              if (lines.length) { handle(name, lines.join("\n")); }
            });
            return reader.read().then(take);
          });
        }
        function follow() {
          ask("/api/events").then(function (reply) { waiting = 1000; return read(reply.body.getReader()); }).catch(function () {
            if (!id("gate").hidden) { return pulse("lost", "token required"); }
            pulse("lost", "reconnecting");
            setTimeout(follow, waiting);
            waiting = Math.min(15000, waiting * 1.7);
          });
        }
        function begin() {
          data("/api/stream", function (value) {
            samples = (value.samples || []).slice(-most);
            rates = samples.map(function (sample) { return [sample.time, sample.rate || 0]; });
            return data("/api/status", showSnapshot);
          }).then(function () { return data("/api/board", showBoard); }).catch(function () {}).then(follow);
        }
        id("gate").addEventListener("submit", function (event) {
          event.preventDefault();
          token = id("token").value.trim();
          sessionStorage.setItem("routegrid-token", token);
          id("gate").hidden = true;
          begin();
        });
        setInterval(function () { if (heard && Date.now() - heard > 15000) { pulse("lost", "no news for " + lasts((Date.now() - heard) / 1000)); } }, 1000);
        fill(id("records"), [make("p", "none", "None yet.")]);
        showRate();
        begin();
        }());
        """#
}
