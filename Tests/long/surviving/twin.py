"""What is trained, and what comes of it undisturbed."""
import math
import os
import random
import struct
import time
import zlib

# Seconds of training at most, with checkpoints, grids, and evaluations in between. Every model of the catalog is here, those for points and pictures as both.
POINTS = {"batch_size": 16, "steps": 400, "checkpoint_every": 40, "sample_every": 100, "architecture": {"width": 0.125}, "evaluation": {"every": 70, "samples": 256}}
PICTURES = {"batch_size": 16, "steps": 120, "checkpoint_every": 15, "sample_every": 40, "architecture": {"width": 0.0625}, "evaluation": {"every": 40, "samples": 256}}
PAIRS = {"batch_size": 4, "steps": 40, "checkpoint_every": 5, "sample_every": 20, "architecture": {"width": 0.25}, "evaluation": {"every": 10, "metrics": ["psnr", "ssim"]}}
FLOW = {"initialization_examples": 64}
SRFLOW = {"features": 4, "growth": 2, "blocks": 2, "stack_spacing": 1, "hidden": 4, "depth": 1, "transition_steps": 1, "initialization_examples": 8}
STUDY_MODELS = ["ns-gan", "mm-gan", "wgan", "wgan-gp", "dragan", "vae", "lsgan", "began"]
CASES = (
    [(model, "ring", POINTS, {}) for model in STUDY_MODELS]
    + [("realnvp", "ring", POINTS | {"steps": 200, "checkpoint_every": 20}, {"couplings": 4} | FLOW)]
    + [(model, "pictures", PICTURES, {}) for model in STUDY_MODELS + ["wgt-wgan", "wgt-gan"]]
    + [("glow", "pictures", PICTURES | {"steps": 40}, {"depth": 2} | FLOW)]
    + [("srflow", "pairs", PAIRS, SRFLOW), ("rrdb", "pairs", PAIRS, {}), ("esrgan", "pairs", PAIRS | {"steps": 20}, {}), ("bicubic", "pairs", PAIRS, {})]
    # With a feature extractor that is trained first.
    + [("ns-gan", "polygons", PICTURES | {"steps": 30}, {})]
)
SHORT = [("ns-gan", "ring"), ("realnvp", "ring"), ("vae", "pictures"), ("wgan-gp", "pictures"), ("srflow", "pairs"), ("bicubic", "pairs")]
# Never comes to its end: it is cancelled.
ENDLESS = {"model": "ns-gan", "dataset": "ring", "batch_size": 32, "steps": 1_000_000, "checkpoint_every": 200, "sample_every": 100_000, "architecture": {"width": 0.125}, "evaluation": {"every": 1_000_000, "samples": 256}}
ENDED = {"done", "failed", "cancelled", "diverged"}


def specifications(is_short, seeds):
    chosen = [(model, dataset, frame, values) for model, dataset, frame, values in CASES if not is_short or (model, dataset) in SHORT]
    return [frame | {"model": model, "dataset": dataset, "hyperparameters": values, "seed": seed} for seed in range(1, seeds + 1) for model, dataset, frame, values in chosen]


def plan():
    """A study: two models, two settings each."""
    frame = {name: POINTS[name] for name in ("batch_size", "sample_every", "checkpoint_every", "evaluation")} | {"steps": 150, "width": 0.125}
    return frame | {"name": "survival", "dataset": "ring", "models": ["lsgan", "wgan"], "protocol": {"kind": "wide", "settings": 2, "search_seed": 3}, "seeds": 1}


# Data


def png(size, channels, pixels):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + pixels[row * size * channels:(row + 1) * size * channels] for row in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(numbers, size, channels):
    """Smooth waves with grain."""
    x, y, phase, scale = numbers.uniform(0.2, 0.9), numbers.uniform(0.2, 0.9), numbers.uniform(0, 6), [numbers.uniform(0.6, 1) for _ in range(channels)]
    return bytes(
        max(0, min(255, round((127 + 80 * math.sin(x * column + y * row + phase) + numbers.uniform(-9, 9)) * scale[channel])))
        for row in range(size) for column in range(size) for channel in range(channels))


def write_pictures(folder, channels, counts):
    numbers = random.Random(channels)
    for split, count in counts.items():
        os.makedirs(os.path.join(folder, split))
        for index in range(count):
            with open(os.path.join(folder, split, f"{index:04}.png"), "wb") as file:
                file.write(png(16, channels, picture(numbers, 16, channels)))
    return folder


def add_data(machine, folder):
    for name, channels, counts, options in (
        ("pictures", 1, {"train": 300, "test": 300}, []), ("pairs", 3, {"train": 24, "test": 8}, ["--low-resolution", "4"]),
    ):
        code, _, words = machine.run("dataset", "add", name, "--from", write_pictures(os.path.join(folder, name), channels, counts), *options)
        if code:
            raise SystemExit(f"survival: the data set {name} cannot be added: {words.strip()}")


# Results


def get(machine, path):
    status, answer = machine.ask("GET", path, within=60)
    if status != 200:
        raise SystemExit(f"survival: GET {path}: {status} {answer}")
    return answer


def results(machine, run):
    """Everything that a run has measured and kept, apart from times. Doubled rows are listed as such."""
    path, doubled = f"/runs/{run['id']}", []

    def table(rows, key, value):
        found = {}
        for row in rows:
            if key(row) in found:
                doubled.append(f"{run['id']}: {key(row)}")
            found[key(row)] = value(row)
        return found

    metrics = get(machine, path + "/metrics?max_points=1000000")
    series = {}
    for name, column in metrics["series"].items():
        rows = [(step, value) for step, value in zip(metrics["step"], column) if value is not None]
        series |= table(rows, lambda row, name=name: f"{name} at step {row[0]}", lambda row: row[1])
    own = [row for row in get(machine, path + "/evaluations") if row["evaluation_job"] is None]
    return {
        "end": {"outcome": run["outcome"], "last checkpoint": run["final_digest"]},
        "metric": series,
        "grid": table(get(machine, path + "/samples"), lambda row: f"step {row['step']}", lambda row: row["digest"]),
        "evaluation": table(own, lambda row: f"{row['metric']} at step {row['step']} by {row['protocol'][:12]}", lambda row: [row["value"], row["problem"], row["primary"]]),
        "checkpoint": table(get(machine, path + "/checkpoints"), lambda row: f"step {row['step']}", lambda row: [row["digest"], row["final"]]),
    }, doubled


def values(job):
    return sorted([row["metric"], row["step"], row["protocol"], row["value"], row["problem"]] for row in job["values"])


def evaluation_of(run):
    """Another protocol than the one of training."""
    measured = {"metrics": ["lr_psnr"]} if run["dataset"] == "pairs" else {"samples": 300 if run["dataset"] == "ring" else 260}
    return {"run": run["id"], "step": "last", "evaluation": measured}


class Twin:
    """The undisturbed runs, in a storage of their own."""

    def __init__(self, machine, is_short, seeds):
        self.specifications, self.plan = specifications(is_short, seeds), plan()
        began = time.monotonic()
        machine.start()
        self.check_catalog(machine, is_short)
        for path, body in [("/runs", body) for body in self.specifications] + [("/studies", self.plan)]:
            self.post(machine, path, body)
        runs = self.await_all(machine, "/runs?limit=1000", "runs")
        if failed := [run for run in runs if run["state"] not in ("done", "diverged")]:
            raise SystemExit(f"survival: undisturbed, {failed[0]['model']} on {failed[0]['dataset']} is {failed[0]['state']}: {failed[0]['message']}")
        for run in runs:
            if run["final_digest"]:
                self.post(machine, "/evaluations", evaluation_of(run))
        jobs = self.await_all(machine, "/evaluations", "evaluations")
        names = {run["id"]: run["specification_digest"] for run in runs}
        self.results = {run["specification_digest"]: results(machine, run)[0] for run in runs}
        self.evaluations = {names[job["run"]]: values(get(machine, f"/evaluations/{job['id']}")) for job in jobs}
        machine.signal(15)
        machine.process.wait()
        self.seconds = time.monotonic() - began

    def check_catalog(self, machine, is_short):
        """A model without a case here would be left out in silence."""
        known = {model["name"] for model in get(machine, "/models")}
        if missing := known - {model for model, *_ in CASES}:
            raise SystemExit(f"survival: the catalog has models without a case in {__file__}: {', '.join(sorted(missing))}")

    def post(self, machine, path, body):
        status, answer = machine.ask("POST", path, body, within=60)
        if status not in (200, 201):
            raise SystemExit(f"survival: POST {path} {body}: {status} {answer}")

    def await_all(self, machine, path, member):
        while True:
            rows = get(machine, path)[member]
            if all(row["state"] in ENDED for row in rows):
                return rows
            time.sleep(0.1)
