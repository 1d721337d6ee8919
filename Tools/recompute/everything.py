#!/usr/bin/env python3
"""Trains every model for a few steps with a fidelio program, exports what docs/reproduction.md lists, and recomputes it with recompute.py.

    everything.py FIDELIO          the built program; exits with 1 if a tolerance is exceeded
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STUDY = ["ns-gan", "mm-gan", "wgan", "wgan-gp", "dragan", "vae", "lsgan", "began"]
VARIANTS = [
    ("lsgan", {"output": "linear"}), ("wgan", {"optimizer": "rmsprop", "clipped": "weights"}), ("dragan", {"penalty": "logit", "disc_iters": 5}),
    ("began", {"clip_k": True, "discriminator_batchnorm": True}), ("vae", {"discriminator_batchnorm": False}),
    ("wgan-gp", {"discriminator_batchnorm": True}), ("ns-gan", {"discriminator_batchnorm": False, "beta1": 0.5}),
]
CASES = (
    [(model, "polygons", {}) for model in STUDY + ["wgt-wgan", "wgt-gan"]] + [(model, "ring", {}) for model in STUDY]
    + [(model, "polygons", values) for model, values in VARIANTS]
    + [("realnvp", "ring", {"couplings": 4, "initialization_examples": 64}), ("realnvp", "swiss-roll", {"couplings": 3, "convolution": "plain", "gradient_clip": 0.5})]
    + [("glow", "polygons", {"depth": 2, "initialization_examples": 64}), ("glow", "polygons", {"depth": 1, "coupling": "additive", "convolution": "plain", "warmup_steps": 0})]
)
# The intensive schedule of wgt-wgan first updates the generator at step 25; models that update it at every fifth step do so at step 26.
STEPS = 26


class Program:
    def __init__(self, path, storage):
        self.path, self.storage = path, storage

    def run(self, *arguments, text=None):
        done = subprocess.run([self.path, *arguments, "--storage", self.storage], input=text, capture_output=True, text=True)
        if done.returncode not in (0, 43):
            sys.exit(f"fidelio {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def export(self, *arguments, output):
        self.run("export", *arguments, "--output", output)
        return output


def specification(model, dataset, values):
    return {
        "model": model, "dataset": dataset, "steps": STEPS, "batch_size": 8, "seed": 7, "architecture": {"width": 0.0625}, "hyperparameters": values,
        "checkpoint_every": 1, "sample_every": STEPS, "evaluation": {"every": STEPS, "samples": 256},
    }


def check(program, folder, model, dataset, values, shared):
    run = json.loads(program.run("run", "-", "--json", text=json.dumps(specification(model, dataset, values))))["id"]
    details = program.run("show", run, "--json")
    files = {name: os.path.join(folder, f"{run}-{name}") for name in ["run.json", "protocols.json"]}
    open(files["run.json"], "w").write(details)
    protocols = program.run("export", "protocols", run)
    open(files["protocols.json"], "w").write(protocols)
    steps = {step: program.export("checkpoint", run, "--step", str(step), output=os.path.join(folder, f"{run}-{step}.npz")) for step in (0, 1, 24, 25, 26)}
    samples = program.export("samples", run, "--count", "100", output=os.path.join(folder, f"{run}-samples.npz"))
    encoder = json.loads(protocols)[0]
    features = []
    if encoder["encoder"] != "none":
        features = ["--features", program.export("features", run, "--count", "100", output=os.path.join(folder, f"{run}-features.npz"))]
    if dataset not in shared:
        shared[dataset] = program.export("dataset", dataset, output=os.path.join(folder, f"{dataset}.npz"))
    arguments = ["--data", shared[dataset], "--run", files["run.json"]]
    last = ["--checkpoint", steps[26], "--samples", samples, *features, "--protocols", files["protocols.json"]]
    if encoder["encoder"] not in ("coordinates", "none"):
        digest = encoder["encoder_digest"]
        if digest not in shared:
            shared[digest] = program.export("encoder", digest, output=os.path.join(folder, f"{digest}.npz"))
        last += ["--encoder", shared[digest]]
    told = f"{model} on {dataset}" + (f" {values}" if values else "")
    bad = 0
    for part in (["--initial", steps[0], "--before", steps[0], "--after", steps[1]], ["--before", steps[24], "--after", steps[25]], ["--before", steps[25], "--after", steps[26]] + last):
        done = subprocess.run([sys.executable, os.path.join(HERE, "recompute.py"), *arguments, *part], capture_output=True, text=True)
        print(f"\n{told}\n{done.stdout}{done.stderr}", end="", flush=True)
        bad += done.returncode != 0
    return bad


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        program, shared, bad = Program(os.path.abspath(sys.argv[1]), os.path.join(folder, "storage")), {}, 0
        for model, dataset, values in CASES:
            if not wanted or model in wanted:
                bad += check(program, folder, model, dataset, values, shared)
    print(f"\nrecompute: {'everything agrees' if not bad else f'{bad} tables exceed a tolerance'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
