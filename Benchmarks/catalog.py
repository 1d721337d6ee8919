"""Response times of the server with a large catalog: lists of runs, filtered and sorted, over HTTP.

    python3 Benchmarks/catalog.py --fidelio .build/release/fidelio [--runs 5000] [--json result.json]

Starts a server on an empty folder and submits one run, which is cancelled. While the server is down, the run's row is copied: 5,000 runs,
each with 11 hyperparameters and 10 metrics at 20 steps (a million evaluations), as for the other tools in docs/operations.md.
Then sends each query sequentially and from four concurrent clients, and reports median and 95th
percentile from the request to the last byte of the response. No response is cached between queries; `If-None-Match` is
not sent.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

HYPERPARAMETERS = [
    "beta1", "clip_k", "decay", "disc_iters", "discriminator_batchnorm", "feature_matching", "gamma", "lambda", "learning_rate", "optimizer",
    "weight_clipping"]
METRICS = ["fid", "kid"] + [f"metric_{number}" for number in range(8)]
STEPS = range(1000, 21000, 1000)


class Server:
    """A server on a storage folder, stopped at the end of the block."""

    def __init__(self, program, folder):
        self.arguments = [program, "serve", "--storage", folder, "--port", "0", "--workers", "1", "--no-browser", "--json"]
        self.file = os.path.join(folder, "server.json")

    def __enter__(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - began > 120:
                raise SystemExit("the server does not start")
            time.sleep(0.002)
        self.start = time.monotonic() - began
        return self

    def answers(self):
        try:
            with open(self.file) as file:
                said = json.load(file)
            self.host, self.token = said["url"].removeprefix("http://"), said["token"]
            return said["pid"] == self.process.pid and self.ask("/status")[0] == 200
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return False

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def ask(self, path, body=None, connection=None):
        own = connection or http.client.HTTPConnection(self.host, timeout=60)
        fields = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            fields["Content-Type"] = "application/json"
        own.request("GET" if body is None else "POST", "/api/v1" + path, body, fields)
        answer = own.getresponse()
        content = answer.read()
        if connection is None:
            own.close()
        return answer.status, content

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def protocols(db):
    """The protocol and the extractor of the copied values."""
    db.execute("INSERT OR IGNORE INTO evaluation_protocols (digest, content, provenance) VALUES ('p', NULL, '{}')")
    db.execute("INSERT OR IGNORE INTO feature_extractors (digest, name, provenance) VALUES (?, 'lenet', NULL)", ("e" * 64,))


def fill(path, count):
    """Copies the single run of the catalog; each copy has its own hyperparameters and metric values."""
    random.seed(1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in db.execute("PRAGMA table_info(runs)")]
    first = dict(zip(columns, db.execute("SELECT * FROM runs").fetchone()))
    specification = json.loads(first["specification"])
    protocols(db)
    for number in range(2, count + 1):
        digest = f"{random.getrandbits(256):064x}"
        specification["hyperparameters"] = {name: round(random.random(), 6) for name in HYPERPARAMETERS}
        specification["seed"] = number
        row = first | {
            "number": number, "id": digest[:12] + "-1", "specification": json.dumps(specification, separators=(",", ":"), sort_keys=True),
            "specification_digest": digest, "seed": number, "state": "done", "model": random.choice(["ns-gan", "wgan", "wgan-gp", "began"]),
            "created": first["created"] + number, "started": first["created"] + number, "finished": first["created"] + number + 60,
            "step": 20000, "final_digest": f"{random.getrandbits(256):064x}", "message": "", "cancelling": 0,
        }
        db.execute(f"INSERT INTO runs ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", [row[name] for name in columns])
        for metric in METRICS:
            values = [random.random() * 100 for _ in STEPS]
            db.executemany(
                "INSERT INTO evaluations (run, step, metric, value, protocol, encoder, encoder_digest, samples, reference_split) "
                "VALUES (?, ?, ?, ?, 'p', 'lenet', ?, 10000, 'test')",
                [(number, step, metric, value, "e" * 64) for step, value in zip(STEPS, values)])
            best = min(range(len(values)), key=values.__getitem__)
            db.execute(
                "INSERT INTO scores (run, metric, protocol, is_primary, best, best_step, final, final_step) VALUES (?, ?, 'p', 1, ?, ?, ?, ?)",
                (number, metric, values[best], STEPS[best], values[-1], STEPS[-1]))
    db.commit()
    some = [row[0] for row in db.execute("SELECT id FROM runs WHERE number > 1 ORDER BY number LIMIT 50")]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return some


def measure(server, paths, clients):
    """Durations of the requests in milliseconds, divided among a number of clients."""

    def client(own):
        connection = http.client.HTTPConnection(server.host, timeout=60)
        times = []
        for path in own:
            began = time.perf_counter()
            status, content = server.ask(path, connection=connection)
            times.append((time.perf_counter() - began) * 1000)
            if status != 200:
                raise SystemExit(f"{path}: {status} {content[:300]}")
        connection.close()
        return times, len(content)

    client(paths[:3])
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        results = list(pool.map(client, [paths[place::clients] for place in range(clients)]))
    times = sorted(time for part, _ in results for time in part)
    return times[len(times) // 2], times[int(len(times) * 0.95)], results[0][1]


def query(**parameters):
    return "/runs?" + urllib.parse.urlencode(parameters)


def questions(some, repeats):
    spread = [0.2 + 0.6 * place / repeats for place in range(repeats)]
    return {
        "100 runs, newest": [query(limit=100)] * repeats,
        "100 runs, one hyperparameter filtered": [query(limit=100, filter=f"hyperparameters.beta1 < {value}") for value in spread],
        "100 runs, one metric filtered, sorted by it": [
            query(limit=100, filter=f"best.fid < {value * 10}", order_by="best.fid") for value in spread],
        "100 runs, hyperparameter and model filtered, sorted by a metric": [
            query(limit=100, filter=f"model = 'wgan' and hyperparameters.learning_rate > {value}", order_by="final.kid desc") for value in spread],
        "evaluations of one run": [f"/runs/{some[place % len(some)]}/evaluations" for place in range(repeats)],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fidelio", default=".build/release/fidelio")
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Server(options.fidelio, folder) as server:
            small = server.memory()
            body = json.dumps({"model": "ns-gan", "dataset": "polygons", "steps": 20000})
            run = json.loads(server.ask("/runs", body)[1])["id"]
            server.ask(f"/runs/{run}/cancel", "")
            while json.loads(server.ask(f"/runs/{run}")[1])["state"] in ("queued", "running"):
                time.sleep(0.1)
        catalog = os.path.join(folder, "fidelio.sqlite")
        some = fill(catalog, options.runs)
        result = {"runs": options.runs, "catalog_bytes": os.path.getsize(catalog), "memory_empty": small, "questions": []}
        with Server(options.fidelio, folder) as server:
            result["start_seconds"] = server.start
            for name, paths in questions(some, options.repeats).items():
                for clients in (1, 4):
                    p50, p95, size = measure(server, paths, clients)
                    result["questions"].append({"question": name, "clients": clients, "p50_ms": p50, "p95_ms": p95, "bytes": size})
            result["memory_after"] = server.memory()
    print(f"{options.runs} runs, catalog {result['catalog_bytes'] / 1e6:.0f} MB; start to first answer {result['start_seconds']:.2f} s; "
          f"memory empty {small / 1e6:.0f} MB, after all {result['memory_after'] / 1e6:.0f} MB")
    print("| question | clients | p50 ms | p95 ms | kB |\n| --- | --- | --- | --- | --- |")
    for row in result["questions"]:
        print(f"| {row['question']} | {row['clients']} | {row['p50_ms']:.1f} | {row['p95_ms']:.1f} | {row['bytes'] / 1000:.0f} |")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
