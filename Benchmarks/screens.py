"""A picture of each page in light and dark, at 1280 and 390 pixels.

    python3 Benchmarks/screens.py --fidelio .build/release/fidelio --storage STORAGE [--out docs/screens] [--colors 64]

Serves the storage, which should hold a finished study, opens each page in Chromium, and fails if a page reports an error or scrolls sideways. With
Pillow the pictures have few colors and are small.
"""

import argparse
import base64
import io
import os
import re
import shutil
import subprocess
import sys
import time

from notebook import Browser



def serve(program, storage):
    """A server on a free port, and its one-time link."""
    server = subprocess.Popen([program, "serve", "--no-browser", "--port", "0", "--storage", storage], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in server.stdout:
        found = re.search(r"http://\S+token=\S+", line)
        if found:
            return server, found.group(0)
    raise SystemExit("the server printed no link")


def pages(browser):
    """Names and paths of the pages; those of a study, a run and a notebook are the first of their lists."""
    first = lambda path, key: browser.evaluate(f"fetch('/api/v1/{path}').then(r => r.json()).then(a => (a.{key} ?? a)[0]?.id)")
    study, run, notebook = first("studies?limit=1", "studies"), first("runs?limit=1&order_by=best.objective", "runs"), first("notebooks", "notebooks")
    fixed = {"home": "/", "notebooks": "/notebooks", "studies": "/studies", "new-study": "/studies/new", "runs": "/runs", "data-sets": "/datasets",
             "run-groups": "/runs?group=model", "checkpoints": "/checkpoints", "storage": "/storage", "account": "/account", "links": "/shares", "members": "/members", "audit": "/audit"}
    if study:
        fixed |= {"grids": f"/grids?study={study}", "study": f"/studies/{study}", "compare": f"/compare?studies={study}", "compare-curves": f"/compare?studies={study}&figure=curves&lines=setting"}
    if run:
        fixed["run"] = f"/runs/{run}"
        fixed["proof"] = f"/runs/{run}/proof"
        fixed["generator"] = f"/runs/{run}?show=around&sample=1#generator-title"
    if notebook:
        fixed["notebook"] = f"/notebooks/{notebook}"
    return fixed


def smaller(png, colors):
    try:
        from PIL import Image
    except ImportError:
        return png
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(colors, Image.Quantize.MAXCOVERAGE, dither=0).save(out, "PNG", optimize=True)
    return min(png, out.getvalue(), key=len)


def settle(browser):
    """Waits until the page asks for nothing more and calls nothing loading, two seconds at least and twenty at most."""
    count, since, end = -1, time.monotonic(), time.monotonic() + 20
    time.sleep(1)
    while time.monotonic() < end:
        present = browser.evaluate("performance.getEntriesByType('resource').length + document.querySelectorAll('*').length")
        if present != count:
            count, since = present, time.monotonic()
        elif time.monotonic() > since + 1 and not browser.evaluate("/Loading[^.]*…/.test(document.body.innerText)"):
            return
        time.sleep(0.2)


def complaints(browser):
    found = [event for event in browser.events if event["method"] == "Runtime.exceptionThrown" or (event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] == "error")]
    browser.events.clear()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fidelio", required=True)
    parser.add_argument("--storage", required=True)
    parser.add_argument("--out", default="docs/screens")
    parser.add_argument("--colors", type=int, default=256)
    parser.add_argument("--sizes", default="1280x900,390x844", help="widths and heights of the pictures")
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("Chromium is needed")
    server, link = serve(options.fidelio, options.storage)
    browser, wrong = None, []
    try:
        browser = Browser(program)
        browser.call("Page.navigate", url=link)
        browser.wait("document.querySelector('h1')")
        base = link.split("/?")[0]
        os.makedirs(options.out, exist_ok=True)
        for name, path in pages(browser).items():
            for width, height in (map(int, size.split("x")) for size in options.sizes.split(",")):
                for theme in ("light", "dark"):
                    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
                    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
                    browser.events.clear()
                    browser.call("Page.navigate", url=base + path)
                    settle(browser)
                    if "#" in path:
                        browser.evaluate(f"document.getElementById('{path.split('#')[1]}')?.scrollIntoView()")
                    if browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                        wrong.append(f"{name} scrolls sideways at {width} px")
                    wrong += [f"{name}: {complaint}" for complaint in complaints(browser)]
                    png = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
                    with open(os.path.join(options.out, f"{name}-{width}-{theme}.png"), "wb") as file:
                        file.write(smaller(png, options.colors))
    finally:
        if browser:
            browser.close()
        server.terminate()
        server.wait(60)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
