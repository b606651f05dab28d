/// The script of a report: everything it adds is on the page already, less conveniently.
enum PageScript {
    static let text = [
        start, hover, toggles, sorting, bill, pairs, downloads, latex, theme, state,
    ].joined(separator: "\n")

    /// Small helpers, and the state that the address keeps.
    private static let start = #"""
        (function () {
        "use strict";
        var root = document.documentElement;
        root.classList.add("js");
        function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
        function one(selector, within) { return (within || document).querySelector(selector); }
        var data = JSON.parse(one("#data").textContent);
        var state = {};
        var parts = location.hash.slice(1).split("&");
        parts.forEach(function (part) {
          var at = part.indexOf("=");
          if (at > 0) {
            try { state[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not ours */ }
          }
        });
        function keep(name, value) {
          if (value === null || value === "") { delete state[name]; } else { state[name] = String(value); }
          var text = Object.keys(state).sort().map(function (key) { return key + "=" + encodeURIComponent(state[key]); }).join("&");
          history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
        }
        function say(text) { one("#live").textContent = text; }
        """#

    /// What stands in the title of a point, beside it; arrow keys go along a curve.
    private static let hover = #"""
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
        """#

    /// Which rows are drawn.
    private static let toggles = #"""
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
        """#

    /// The order and the choice of a table's rows.
    private static let sorting = #"""
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
        """#

    /// Files made of what the page shows, as data URIs.
    private static let downloads = #"""
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
        """#

    private static let theme = #"""
        var toggle = one("#theme");
        function paint(theme) {
          if (theme) { root.setAttribute("data-theme", theme); } else { root.removeAttribute("data-theme"); }
          var isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
          toggle.textContent = isDark ? "Light" : "Dark";
          toggle.setAttribute("aria-label", "Use " + (isDark ? "light" : "dark") + " colours");
        }
        toggle.addEventListener("click", function () {
          var theme = toggle.textContent === "Dark" ? "dark" : "light";
          paint(theme);
          keep("theme", theme);
        });
        paint(state.theme === "dark" ? "dark" : state.theme === "light" ? "light" : null);
        """#

    private static let state = #"""
        one("#reset").addEventListener("click", function () {
          history.replaceState(null, "", location.pathname + location.search);
          location.reload();
        });
        }());
        """#
}
