"""Uses a report as a reader does, in headless Chromium: sorts, filters, toggles, moves the slider, hovers, prints.

    python3 Tests/Reference/report_browser.py OUTPUT_FOLDER/report.html [FOLDER_FOR_SCREENSHOTS]

Needs Debian's chromium and chromium-driver, nothing else; run by hand. Ends with 1 when something does not work, when
the console has an error, when the page asks for anything but itself, or when text has too little contrast.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

PORT = 9517
failures = []


def call(path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data=data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.loads(reply.read())["value"]


def check(name, holds, found=""):
    print(("ok    " if holds else "FAILED") + f" {name} {found if not holds else ''}")
    if not holds:
        failures.append(name)


class Browser:
    def __init__(self):
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        wanted = {"goog:chromeOptions": {"args": arguments},
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.path = "/session/" + call("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def open(self, url):
        call(self.path + "/url", {"url": "about:blank"})
        call(self.path + "/url", {"url": url})

    def run(self, script, *arguments):
        return call(self.path + "/execute/sync", {"script": script, "args": list(arguments)})

    def size(self, width, height):
        call(self.path + "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def log(self, kind):
        return call(self.path + "/se/log", {"type": kind})

    def shot(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(call(self.path + "/screenshot")))

    def print(self):
        return len(base64.b64decode(call(self.path + "/print", {})))


# Luminance contrast of every text with what is behind it, as WCAG 2.2 has it.
CONTRAST = """
function parse(c) { var m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3); }
function light(c) { return c.map(function (v) { v /= 255; return v <= .04045 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); })
  .reduce(function (s, v, i) { return s + v * [.2126, .7152, .0722][i]; }, 0); }
var bad = [];
document.querySelectorAll("main *, header *, footer").forEach(function (element) {
  var own = Array.prototype.some.call(element.childNodes, function (n) { return n.nodeType === 3 && n.data.trim(); });
  if (!own || !element.getClientRects().length || element.closest(".quiet, title, desc")) { return; }
  var style = getComputedStyle(element), isSVG = element instanceof SVGElement;
  var ink = parse(isSVG ? style.fill : style.color), paper = null;
  for (var at = element; at && !paper; at = at.parentElement) {
    if (!(at instanceof SVGElement)) { paper = parse(getComputedStyle(at).backgroundColor); }
  }
  if (!ink) { return; }
  var a = light(ink), b = light(paper || [255, 255, 255]);
  var ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) { bad.push(element.textContent.trim().slice(0, 30) + " " + ratio.toFixed(2) + " " + (element.getAttribute("class") || element.parentElement.getAttribute("class"))); }
});
return bad;
"""

NAMES = """
return Array.prototype.filter.call(document.querySelectorAll("button, input, select, a, svg[role], [role=region]"), function (e) {
  if (!e.getClientRects().length) { return false; }
  var label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  var by = (e.getAttribute("aria-labelledby") || "").split(" ").map(function (id) {
    var named = document.getElementById(id); return named ? named.textContent : ""; }).join("");
  return !(e.getAttribute("aria-label") || e.textContent.trim() || label.trim() || by.trim());
}).map(function (e) { return e.outerHTML.slice(0, 100); });
"""

WIDE = "return document.documentElement.scrollWidth - window.innerWidth;"


def use(browser, url, folder):
    browser.size(1400, 1000)
    browser.open(url)
    check("the verdict is there", browser.run("return document.querySelectorAll('.verdict .say').length") > 0)
    times = browser.run("""
        var head = document.querySelector("table.rows th:nth-child(4) button"), begun = performance.now();
        head.click(); head.click(); return performance.now() - begun;""")
    check("sorting twice takes less than 200 ms", times < 200, times)
    values = browser.run("""
        return Array.prototype.map.call(document.querySelectorAll("table.rows")[0].tBodies[0].rows, function (r) {
          return r.cells[3].getAttribute("data-v"); }).filter(Boolean).map(Number);""")
    rising = all(a <= b for a, b in zip(values, values[1:]))
    check("rows are sorted", rising or all(a >= b for a, b in zip(values, values[1:])), values)
    shown = browser.run("""
        var box = document.querySelector("input[type=search]"); box.value = "linear -knn";
        box.dispatchEvent(new Event("input"));
        return Array.prototype.filter.call(document.querySelectorAll("table.rows")[0].tBodies[0].rows, function (r) {
          return !r.hidden; }).map(function (r) { return r.textContent; });""")
    check("the filter keeps what has the word", all("linear" in row for row in shown), shown)
    check("the address has the state", "find-t1=" in browser.run("return location.hash"))
    moved = browser.run("""
        var slider = document.querySelector("input[type=range]"); if (!slider) { return ["a", "b"]; }
        var list = slider.closest(".bill").querySelector("ol"), first = list.textContent;
        slider.value = 20; slider.dispatchEvent(new Event("input")); slider.dispatchEvent(new Event("change"));
        return [first, list.textContent];""")
    check("the slider makes another list", moved[0] != moved[1], moved)
    drawn = browser.run("""
        var box = document.querySelector("input[id^=isobill-]"); if (!box) { return null; }
        var path = document.querySelector("figure.frontier svg.wide .isobill"), before = getComputedStyle(path).visibility;
        box.click();
        var slider = document.querySelector("input[type=range]"), first = path.getAttribute("d");
        slider.value = 700; slider.dispatchEvent(new Event("input"));
        var box2 = path.getBBox(), svg = path.closest("svg").viewBox.baseVal;
        return [before, getComputedStyle(path).visibility, first !== path.getAttribute("d"), first.length > 100,
          box2.x >= 0 && box2.y >= 0 && box2.x + box2.width <= svg.width && box2.y + box2.height <= svg.height];""")
    check("lines of equal bill follow the slider", drawn in (None, ["hidden", "visible", True, True, True]), drawn)
    saved = browser.run("""
        var href = "", click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () { href = this.href; };
        var table = document.querySelector("table.rows"), cell = table.querySelector("tbody tr:not([hidden]) td.router"), name = cell.textContent;
        cell.textContent = "50% of a_b & {c} \\\\d $x^2~#|<i>";
        document.querySelector("button[data-save=tex]").click();
        HTMLAnchorElement.prototype.click = click; cell.textContent = name;
        return decodeURIComponent(href.slice(href.indexOf(",") + 1));""")
    escaped = r"50\% of a\_b \& \{c\} \textbackslash{}d \$x\textasciicircum{}2\textasciitilde{}\#\textbar{}\textless{}i\textgreater{}"
    check("LaTeX is escaped", escaped in saved and "\\toprule" in saved and "\\end{tabular}" in saved, saved[:1500])
    if folder:
        pathlib.Path(folder, "table.tex").write_text(saved)
    pair = browser.run("""
        var boxes = document.querySelectorAll("select[data-pair=t1]"); if (!boxes.length) { return null; }
        boxes[0].value = "0"; boxes[1].value = "1"; boxes[1].dispatchEvent(new Event("change"));
        var one = document.querySelector("#pairs-t1").textContent, isKept = location.hash.indexOf("pair-t1=0-1") > 0;
        boxes[0].value = "1"; boxes[1].value = "0"; boxes[1].dispatchEvent(new Event("change"));
        var other = document.querySelector("#pairs-t1").textContent;
        var shown = document.querySelectorAll("#t1 .legend input[data-router]:checked").length;
        boxes[0].value = ""; boxes[1].value = ""; boxes[1].dispatchEvent(new Event("change"));
        return [one, other, shown, isKept];""")
    check("two rows are compared", pair is None or (" to " in pair[0] and pair[0] != pair[1] and pair[2] <= 2 and pair[3]), pair)
    off = browser.run("""
        var box = document.querySelector(".legend input:checked"); box.click();
        return document.querySelectorAll("#" + box.name + " g.series.off[data-row='" + box.value + "']").length;""")
    check("a row can be taken out of the plot", off > 0, off)
    place = browser.run("""
        var points = document.querySelectorAll("figure.frontier svg.wide g.series:not(.off) .pt");
        var point = points[points.length - 1]; point.scrollIntoView({ block: "center", behavior: "instant" });
        var box = point.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2];""")
    call(browser.path + "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [
        {"type": "pointerMove", "duration": 0, "x": int(place[0]), "y": int(place[1])}]}]})
    time.sleep(0.2)
    tip = browser.run("var tip = document.querySelector('.tip'); return tip.hidden ? '' : tip.textContent;")
    check("a point says what it is", "accuracy" in tip and "cost" in tip, repr(tip))
    spoken = browser.run("""
        var group = document.querySelector("svg.wide g.series[tabindex]:not(.off)"); group.focus();
        group.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
        return document.querySelector("#live").textContent;""")
    check("arrow keys go along a curve", "accuracy" in spoken, spoken)
    link = url + "#theme=dark&sort-t1=2u&row=t1-r2"
    browser.open(link)
    deep = browser.run("return [document.documentElement.dataset.theme, document.querySelector('tr.target').id,"
                       "document.querySelector('th[aria-sort=ascending]').cellIndex];")
    check("a link opens as it was", deep == ["dark", "t1-r2", 2], deep)
    for theme in ["light", "dark"]:
        browser.open(url + "#theme=" + theme)
        browser.run("document.querySelectorAll('details').forEach(function (d) { d.open = true; });")
        bad = browser.run(CONTRAST)
        check(f"texts have contrast in {theme}", not bad, sorted(set(bad))[:12])
        for width in [390, 800, 1400]:
            browser.size(width, 1600)
            beyond = browser.run(WIDE)
            check(f"nothing is wider than {width} pixels in {theme}", beyond <= 0, beyond)
            if folder:
                browser.shot(os.path.join(folder, f"{width}-{theme}.png"))
    nameless = browser.run(NAMES)
    check("every control has a name", not nameless, nameless)
    check("it prints", browser.print() > 10_000)
    errors = [entry for entry in browser.log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check("the console is silent", not errors, errors)
    asked = set()
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"].split("#")[0])
    foreign = [address for address in asked if address not in (url, "about:blank")]
    check("the page asks for nothing but itself", not foreign, foreign)


def main():
    url = pathlib.Path(sys.argv[1]).resolve().as_uri()
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    if folder:
        os.makedirs(folder, exist_ok=True)
    driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                if call("/status")["ready"]:
                    break
            except OSError:
                time.sleep(0.1)
        browser = Browser()
        try:
            use(browser, url, folder)
        finally:
            call(browser.path, method="DELETE")
    finally:
        driver.terminate()
    if failures:
        sys.exit(f"{len(failures)} checks failed")


if __name__ == "__main__":
    main()
