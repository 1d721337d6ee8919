"""Opening, scrolling, typing and saving in a notebook of 200 cells over a study of 1,000 runs.

    python3 Benchmarks/notebook.py --fidelio .build/release/fidelio [--runs 1000] [--cells 200] [--no-browser]

Fills a server's catalog with a study of copied runs, as stalls.py does, and makes a notebook of texts with bound numbers, figures, tables, and lists of runs, all
of them updated. Then reports the server's answers, and, with Chromium, from a signed-in page: the time from the click to the cells and to the last output, how many cells are laid
out, the longest frame of a scroll from top to bottom, the time a keystroke takes, and what saving it sends.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

from catalog import Server
from stalls import fill


def notebook(study, cells):
    """The text of a notebook: of each ten cells four texts, three figures, two tables, and a list of runs."""
    models = ["ns-gan", "wgan", "wgan-gp", "began"]
    figures = ["distribution", "budget", "ecdf", "improvement", "sensitivity", "profile"]
    parts = ["---\nfidelio: notebook\nversion: 1\ntitle: A large notebook\n---\n"]
    for number in range(cells):
        model = models[number % 4]
        kind = "tftftfttrf"[number % 10] if number % 10 not in (6, 7) else "xg"[number % 10 - 6]
        if kind in "tx":
            parts.append(
                f"<!-- cell c{number} -->\n## Part {number}\n\nThe best FID of {model} is {{{{ min(fid, study = \"{study}\", model = \"{model}\") }}}}, its median "
                f"{{{{ median(fid, study = \"{study}\", model = \"{model}\") }}}}, and $x_{{{number}}}^2$ is a formula.\n\n" + "Words of an argument that goes on for a while. " * 12 + "\n")
        elif kind == "f":
            parts.append(f"```yaml fidelio figure id=c{number}\nstudy: {study}\nfigure: {figures[number % 6]}\nmodel: {model}\n```\n")
        elif kind == "g":
            parts.append(f"```yaml fidelio table id=c{number}\nstudy: {study}\nmodels: [{model}, {models[(number + 1) % 4]}]\n```\n")
        else:
            parts.append(f"```yaml fidelio runs id=c{number}\nstudy: {study}\nfilter: model = '{model}'\norder: fid\nlimit: 20\n```\n")
    return "\n".join(parts)


class Rows:
    """Rows of a table, each printed as soon as it is known."""

    def add(self, row):
        print(f"| {row[0]} | {row[1]} |", flush=True)


def timed(work, count):
    """Median milliseconds of some repetitions, and the last answer."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), answer


class Browser:
    """Chromium, driven through a pipe."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        (own_in, its_out), (its_in, own_out) = os.pipe(), os.pipe()
        # The protocol is spoken on descriptors 3 and 4.
        script = f'exec "$0" --headless --no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage --remote-debugging-pipe --user-data-dir="$1" about:blank 3<&{its_in} 4>&{its_out} >/dev/null 2>&1'
        self.process = subprocess.Popen(["/bin/bash", "-c", script, program, self.profile], pass_fds=(its_in, its_out))
        os.close(its_in), os.close(its_out)
        self.input, self.output, self.rest, self.last, self.session, self.events = own_in, own_out, b"", 0, None, []
        page = next(target for target in self.call("Target.getTargets")["targetInfos"] if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)

    def call(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                self.rest += os.read(self.input, 1 << 20)
            line, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=f"(async () => JSON.stringify(await ({expression})))()", awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']}")
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def wait(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.evaluate(f"!!({expression})"):
                return
            time.sleep(0.02)
        raise SystemExit(f"waited in vain for {expression}")

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)


# Times from the click on the notebook's link, as the page sees them.
WATCH = """
(() => {
  const began = performance.now();
  window.measured = {};
  const look = () => {
    const cells = document.querySelectorAll(".nb-cell").length;
    if (cells >= COUNT) measured.cells ??= performance.now() - began;
    const first = document.querySelector(".nb-cell .nb-output p:not(.nb-blank)");
    if (first) measured.first ??= performance.now() - began;
    const shown = [...document.querySelectorAll(".nb-cell .nb-output")].filter(e => e.firstElementChild && !e.querySelector(".nb-blank")).length;
    if (shown >= COUNT) measured.outputs ??= performance.now() - began;
    measured.shown = shown;
    if (measured.outputs === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  document.querySelector(`a[href="/notebooks/ID"]`).click();
})()
"""

SCROLL = """
new Promise(done => {
  const frames = [];
  let before = performance.now(), y = 0;
  const step = now => {
    frames.push(now - before);
    before = now;
    scrollTo(0, y += 400);
    if (y < document.documentElement.scrollHeight) requestAnimationFrame(step);
    else done({frames: frames.length, longest: Math.max(...frames.slice(1)), over50: frames.filter(f => f > 50).length});
  };
  requestAnimationFrame(step);
})
"""


def page(server, program, id, cells, rows):
    """What a signed-in reader of the page waits for."""
    link = json.loads(server.ask("/links", "{}")[1])["path"]
    base = f"http://{server.host}"
    browser = Browser(program)
    try:
        browser.call("Page.navigate", url=base + link)
        browser.wait("location.pathname === '/' && document.querySelector('h1')")
        opened = []
        for _ in range(5):
            time.sleep(1.5)  # what the page before has asked for is answered
            browser.call("Page.navigate", url=base + "/notebooks")
            browser.wait(f"document.querySelector('a[href=\"/notebooks/{id}\"]')")
            browser.evaluate(WATCH.replace("COUNT", str(cells)).replace("ID", id))
            browser.wait("window.measured?.outputs !== undefined", 120)
            opened.append(browser.evaluate("measured"))
        for name, words in [("cells", "all cells on the page"), ("first", "the first text rendered"), ("outputs", "the last output shown")]:
            rows.add((f"from the click to {words}", f"{statistics.median(one[name] for one in opened):.0f} ms"))
        laid = browser.evaluate("[...document.querySelectorAll('.nb-cell')].filter(e => e.firstElementChild.checkVisibility({contentVisibilityAuto: true})).length")
        rows.add(("cells laid out at the top of the page", f"{laid} of {cells}"))
        scroll = browser.evaluate(SCROLL)
        rows.add(("longest frame of a scroll from top to bottom", f"{scroll['longest']:.0f} ms ({scroll['over50']} of {scroll['frames']} over 50 ms)"))
        browser.evaluate("scrollTo(0, 0)")
        browser.evaluate("(document.querySelector('[data-cell=c0]').focus(), [...document.querySelectorAll('[data-cell=c0] .nb-tools button')].find(b => b.textContent === 'Edit').click())")
        browser.wait("document.querySelector('[data-cell=c0] textarea')")
        # The server takes half a second to answer: no keystroke notices.
        browser.call("Network.emulateNetworkConditions", offline=False, latency=500, downloadThroughput=-1, uploadThroughput=-1)
        browser.events.clear()
        typed = browser.evaluate("""
          (async () => {
            const field = document.querySelector('[data-cell=c0] textarea'), times = [];
            field.focus();
            for (let number = 0; number < 40; number++) {
              const began = performance.now();
              document.execCommand('insertText', false, 'x');
              await new Promise(requestAnimationFrame);
              times.push(performance.now() - began);
            }
            times.sort((a, b) => a - b);
            return {median: times[20], longest: times[39]};
          })()""")
        rows.add(("a keystroke, until the next frame (network delayed by 500 ms)", f"median {typed['median']:.0f} ms, longest {typed['longest']:.0f} ms"))
        browser.wait("document.querySelector('[data-state=saved]')", 30)
        sent = [event["params"]["request"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
        saves = [request for request in sent if request["url"].endswith("/operations") and request["method"] == "POST"]
        sizes = [len(request.get("postData", "")) for request in saves]
        rows.add(("requests that saved 40 keystrokes", f"{len(saves)}, of {max(sizes, default=0):,} bytes at most"))
    finally:
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fidelio", default=".build/release/fidelio")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    plan = {"name": "large", "dataset": "polygons", "models": ["ns-gan"], "protocol": {"kind": "single"}, "seeds": 1, "steps": 20}
    chromium = next((path for path in map(shutil.which, ["chromium", "chromium-browser", "google-chrome"]) if path), None)
    rows = Rows()
    print(f"{options.cells} cells over {options.runs} runs, {os.cpu_count()} cores\n\n| | |\n| --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        with Server(options.fidelio, folder) as server:
            study = json.loads(server.ask("/studies", json.dumps(plan))[1])["id"]
            server.ask(f"/studies/{study}/cancel", "")
            while json.loads(server.ask(f"/studies/{study}")[1])["state"] in ("queued", "running"):
                time.sleep(0.1)
        fill(os.path.join(folder, "fidelio.sqlite"), options.runs)
        with Server(options.fidelio, folder) as server:
            id = json.loads(server.ask("/notebooks", json.dumps({"text": notebook(study, options.cells)}))[1])["id"]
            began, states = time.monotonic(), []
            for start in range(0, options.cells, 10):
                body = {"cells": [f"c{number}" for number in range(start, min(start + 10, options.cells))]}
                status, answer = server.ask(f"/notebooks/{id}/outputs", json.dumps(body))
                assert status == 200, answer[:400]
                states += [output["state"] for output in json.loads(answer)["outputs"].values()]
            rows.add(("updating all cells", f"{time.monotonic() - began:.1f} s ({states.count('fresh')} of {len(states)} fresh)"))
        with Server(options.fidelio, folder) as server:
            cold = [timed(lambda: server.ask(f"/notebooks/{id}{path}"), 1)[0] for path in ("", "/outputs?states=none", "/outputs?states=only")]
            rows.add(("after a start: document, stored outputs, their states", ", ".join(f"{time:.0f} ms" for time in cold)))
            for name, path in [("document", ""), ("stored outputs", "/outputs?states=none"), ("their states", "/outputs?states=only"), ("both in one answer", "/outputs")]:
                median, (status, answer) = timed(lambda: server.ask(f"/notebooks/{id}{path}"), 5)
                assert status == 200, answer[:400]
                document = answer if path == "" else document
                rows.add((name, f"{median:.0f} ms, {len(answer):,} bytes"))
            counter = iter(range(1, 1000))
            source = json.loads(document)["cells"][0]["source"]

            def save():
                number = next(counter)
                body = {"client": "bench", "counter": number, "operations": [{"operation": "edit", "cell": "c0", "source": f"{source}{number}\n", "base": number - 1}]}
                return server.ask(f"/notebooks/{id}/operations", json.dumps(body))

            median, (status, answer) = timed(save, 20)
            assert status == 200, answer
            rows.add(("saving an edit of a text", f"{median:.0f} ms, {len(answer):,} bytes answered"))
            for ending in ("html", "ipynb", "zip"):
                median, (status, answer) = timed(lambda: server.ask(f"/notebooks/{id}/notebook.{ending}"), 1)
                assert status == 200, answer[:400]
                rows.add((f"export as {ending}", f"{median / 1000:.1f} s, {len(answer):,} bytes"))
            if chromium and not options.no_browser:
                page(server, chromium, id, options.cells, rows)


if __name__ == "__main__":
    main()
