"""Latency of the owner's small requests while a guest or viewer sends expensive ones.

    python3 Benchmarks/stalls.py --fidelio .build/release/fidelio [--runs 20000] [--seconds 8]

Fills a server's catalog with a study of copied runs, all done and measured. One reader (a share link, or a signed-in viewer)
then repeatedly requests one kind of expensive response over many connections, while the owner requests /status and one run 20
times per second. Reports the owner's median and maximum latency, and the reader's responses by status.
"""

import argparse
import collections
import http.client
import json
import os
import random
import sqlite3
import tempfile
import threading
import time
import urllib.parse

from catalog import Server, protocols, protocols


def fill(path, count):
    """Copies the single run of the catalog as done runs of its study."""
    random.seed(1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in db.execute("PRAGMA table_info(runs)")]
    first = dict(zip(columns, db.execute("SELECT * FROM runs ORDER BY number LIMIT 1").fetchone()))
    db.execute("UPDATE runs SET state = 'done', cancelling = 0")
    specification = json.loads(first["specification"])
    protocols(db)
    last = db.execute("SELECT MAX(number) FROM runs").fetchone()[0]
    protocols(db)
    for number in range(last + 1, last + 1 + count):
        digest = f"{random.getrandbits(256):064x}"
        specification["seed"] = number
        row = first | {
            "number": number, "id": digest[:12] + "-1", "specification": json.dumps(specification, separators=(",", ":"), sort_keys=True),
            "specification_digest": digest, "seed": number, "state": "done", "model": random.choice(["ns-gan", "wgan", "wgan-gp", "began"]),
            "created": first["created"] + number, "started": first["created"] + number, "finished": first["created"] + number + 60,
            "step": 20, "final_digest": f"{random.getrandbits(256):064x}", "message": "", "cancelling": 0, "setting": number % 100,
            "position": number,
        }
        db.execute(f"INSERT INTO runs ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", [row[name] for name in columns])
        for metric in ["fid", "kid"]:
            value = random.random() * 100
            db.execute(
                "INSERT INTO evaluations (run, step, metric, value, protocol, encoder, encoder_digest, samples, reference_split) "
                "VALUES (?, 20, ?, ?, 'p', 'lenet', ?, 10000, 'test')", (number, metric, value, "e" * 64))
            db.execute(
                "INSERT INTO scores (run, metric, protocol, is_primary, best, best_step, final, final_step) VALUES (?, ?, 'p', 1, ?, 20, ?, 20)", (number, metric, value, value))
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


class Reader:
    """Repeats a request over a number of connections."""

    def __init__(self, host, cookie, method, path, body, connections):
        self.host, self.cookie, self.method, self.path, self.body = host, cookie, method, path, body
        self.answers = collections.Counter()
        self.longest = 0.0
        self.goes_on = True
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(connections)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        fields = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        if self.body:
            fields["Content-Type"] = "application/json"
        while self.goes_on:
            began = time.monotonic()
            try:
                connection = http.client.HTTPConnection(self.host, timeout=120)
                connection.request(self.method, self.path, self.body, fields)
                answer = connection.getresponse()
                answer.read()
                connection.close()
                self.answers[answer.status] += 1
                if answer.status == 503:
                    time.sleep(0.2)
            except OSError as error:
                self.answers[type(error).__name__] += 1
            self.longest = max(self.longest, time.monotonic() - began)

    def end(self):
        self.goes_on = False
        for thread in self.threads:
            thread.join(150)


def owner(server, run, seconds):
    """Latencies of the owner's small requests, in milliseconds."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in ("/status", f"/runs/{run}"):
            began = time.monotonic()
            try:
                status, _ = server.ask(path)
                assert status == 200, (path, status)
            except TimeoutError:
                pass
            times.append((time.monotonic() - began) * 1000)
        time.sleep(0.05)
    times.sort()
    return times[len(times) // 2], times[-1], len(times)


def cookie(server, path):
    connection = http.client.HTTPConnection(server.host, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("Set-Cookie").split(";")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fidelio", default=".build/release/fidelio")
    parser.add_argument("--runs", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    plan = {"name": "large", "dataset": "polygons", "models": ["ns-gan"], "protocol": {"kind": "single"}, "seeds": 1, "steps": 20}
    with tempfile.TemporaryDirectory() as folder:
        with Server(options.fidelio, folder) as server:
            study = json.loads(server.ask("/studies", json.dumps(plan))[1])["id"]
            server.ask(f"/studies/{study}/cancel", "")
            while json.loads(server.ask(f"/studies/{study}")[1])["state"] in ("queued", "running"):
                time.sleep(0.1)
        fill(os.path.join(folder, "fidelio.sqlite"), options.runs)
        with Server(options.fidelio, folder) as server:
            run = json.loads(server.ask("/runs?limit=1")[1])["runs"][0]["id"]
            guest = cookie(server, json.loads(server.ask("/shares", json.dumps({"kind": "study", "id": study, "live": True}))[1])["path"])
            server.ask("/members", json.dumps({"name": "vera", "role": "viewer"}))
            viewer = cookie(server, json.loads(server.ask("/links", json.dumps({"member": "vera"}))[1])["path"])
            large = json.dumps({
                "name": "huge", "dataset": "polygons", "models": ["ns-gan", "wgan"], "protocol": {"kind": "wide", "settings": 1000}, "seeds": 50, "steps": 20})
            slow = " or ".join(f"best.{['fid', 'kid', 'is', 'f1', 'density', 'coverage'][number % 6]} > {number}" for number in range(90))
            heavy = [
                ("nobody", None, "GET", "", None, 0),
                ("guest: figures/fid.svg", guest, "GET", f"/api/v1/studies/{study}/figures/fid.svg", None, 24),
                ("guest: results", guest, "GET", f"/api/v1/studies/{study}/results", None, 24),
                ("guest: shared", guest, "GET", "/api/v1/shared", None, 24),
                ("viewer: figures/fid.svg", viewer, "GET", f"/api/v1/studies/{study}/figures/fid.svg", None, 24),
                ("viewer: compare/budget.svg", viewer, "GET", f"/api/v1/compare/budget.svg?studies={study}", None, 24),
                ("viewer: preview of 100,000 runs", viewer, "POST", "/api/v1/studies/preview", large, 4),
                ("viewer: filters", viewer, "GET", "/api/v1/runs?" + urllib.parse.urlencode({"filter": slow, "limit": 1000}), None, 8),
                ("viewer: 1,000 runs by a metric", viewer, "GET", "/api/v1/runs?limit=1000&order_by=best.fid", None, 24),
                ("viewer: openapi.json", viewer, "GET", "/api/v1/openapi.json", None, 24),
            ]
            print(f"{options.runs} runs of one study, {os.cpu_count()} cores")
            print("| meanwhile | owner's median ms | slowest ms | answers | reader's answers | longest s |\n| --- | --- | --- | --- | --- | --- |")
            for name, secret, method, path, body, connections in heavy:
                reader = Reader(server.host, secret, method, path, body, connections)
                time.sleep(1 if connections else 0)
                median, slowest, count = owner(server, run, options.seconds)
                reader.end()
                while server.ask("/status")[0] != 200:
                    time.sleep(0.1)
                print(f"| {name}, {connections} at once | {median:.1f} | {slowest:.0f} | {count} | {dict(reader.answers)} | {reader.longest:.1f} |", flush=True)


if __name__ == "__main__":
    main()
