"""Uses the dashboard of a running grid as a person does, in headless Chromium: content, live update, dark, widths.

    python3 Tests/Reference/dashboard_browser.py URL [FOLDER_FOR_SCREENSHOTS]

URL is what `routegrid dashboard` printed, while a run is under way. Needs Debian's chromium and chromium-driver, nothing
else; run by hand. Ends with 1 when something does not work, when the console has an error, when the page asks for anything
but its own server, when it is wider than the window, or when text has too little contrast.
"""
import pathlib
import subprocess
import sys
import time

import report_browser as driver
from report_browser import CONTRAST, Browser, call, check, failures


def main():
    url = sys.argv[1]
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    server = subprocess.Popen(["chromedriver", f"--port={driver.PORT}"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                call("/status")
                break
            except OSError:
                time.sleep(0.1)
        browser = Browser()
        use(browser, url, folder)
        call(browser.path, method="DELETE")
    finally:
        server.terminate()
    sys.exit(1 if failures else 0)


def theme(browser, name):
    call(browser.path + "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
        "features": [{"name": "prefers-color-scheme", "value": name}]}})


def use(browser, url, folder):
    browser.size(1400, 1600)
    browser.open(url)
    text = "return document.querySelector(arguments[0]).textContent"
    for _ in range(100):
        if browser.run(text, "#pulse") == "live" and browser.run("return document.querySelectorAll('#board circle').length"):
            break
        time.sleep(0.2)
    check("it is live", browser.run(text, "#pulse") == "live", browser.run(text, "#pulse"))
    check("a run is shown", browser.run("return document.querySelectorAll('#runs .run').length") > 0)
    check("tiles", browser.run("return document.querySelectorAll('#tiles div').length") == 6)
    check("a row a slot", browser.run("return document.querySelectorAll('#slots canvas').length") > 0)
    check("the board forms", browser.run("return document.querySelectorAll('#board circle').length") > 0)
    check("newest records", browser.run("return document.querySelectorAll('#records tbody tr').length") > 0)
    before = browser.run(text, "#where"), browser.run(text, "#records")
    time.sleep(4)
    check("it changes by itself", (browser.run(text, "#where"), browser.run(text, "#records")) != before)
    hover = """var point = document.querySelector('#board circle'), box = point.getBoundingClientRect();
        point.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, clientX: box.x, clientY: box.y}));
        return document.getElementById('tip').textContent"""
    check("a point says what it is", "accuracy" in browser.run(hover))
    browser.run("document.getElementById('tip').hidden = true")
    check("each landmark has a name", browser.run(
        "return [].every.call(document.querySelectorAll('section'), function (s) { return s.getAttribute('aria-label') || s.querySelector('h2'); })"))
    for name in ("light", "dark"):
        theme(browser, name)
        for width in (390, 800, 1400):
            browser.size(width, 2200)
            time.sleep(1.5)
            wide = browser.run("return document.documentElement.scrollWidth")
            check(f"no sideways scrolling at {width}, {name}", wide <= width, wide)
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                browser.shot(folder / f"dashboard-{name}-{width}.png")
        bad = browser.run(CONTRAST)
        check(f"contrast, {name}", not bad, bad)
    errors = [entry for entry in browser.log("browser") if entry["level"] == "SEVERE"]
    check("no console error", not errors, errors)
    foreign = browser.run("""return performance.getEntriesByType('resource').map(function (e) { return e.name; })
        .filter(function (name) { return name.indexOf(location.origin) !== 0 && name.indexOf('data:') !== 0; })""")
    check("only its own server is asked", not foreign, foreign)


if __name__ == "__main__":
    main()
