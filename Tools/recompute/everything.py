#!/usr/bin/env python3
"""Trains every model for a few steps with a fidelio program, exports what docs/reproduction.md lists, and recomputes it with recompute.py.

    everything.py FIDELIO          the built program; exits with 1 if a tolerance is exceeded
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

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
    + [
        ("srflow", "pairs-4", {"depth": 1, "initialization_examples": 16}),
        ("srflow", "pairs-2", {
            "depth": 2, "initialization_examples": 8, "pretraining": 0, "unfreeze": 0, "noise": 0, "split_all": True, "gradient_clip": 0, "levels": 3, "transition_steps": 0,
            "stack_first": 1, "stack_spacing": 1}),
        ("srflow", "pairs-8", {"depth": 1, "initialization_examples": 16, "pretraining": 0.1, "encoder_rate": 0.2, "decay": 0.7, "noise": 1, "gradient_clip": 0.5}),
        ("rrdb", "pairs-4", {}), ("esrgan", "pairs-4", {}), ("esrgan", "pairs-2", {"pretraining": 0, "beta1": 0.5, "feature_weight": 0.3}), ("bicubic", "pairs-4", {}),
    ]
    + [("glow", "polygons", {"depth": 2, "initialization_examples": 64}), ("glow", "polygons", {"depth": 1, "coupling": "additive", "convolution": "plain", "warmup_steps": 0}),
       ("glow", "polygons", {"depth": 1, "levels": 1, "scale_floor": 0.1})]
)
# The intensive schedule of wgt-wgan first updates the generator at step 25; models that update it at every fifth step do so at step 26.
STEPS = 26
RESOLUTION = ("srflow", "rrdb", "esrgan", "bicubic")
PICTURES = ["diversity", "lr_psnr", "psnr", "psnr_y", "ssim", "ssim_uniform"]


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


def pairs(program, folder, name):
    """A data set of color pictures with low-resolution images; half of its training examples are mirrored."""
    numbers, arrays = np.random.default_rng(3), {}
    rows, columns = np.mgrid[0:16, 0:16]
    for split, count in (("train", 60), ("test", 256)):
        waves = numbers.uniform(0.2, 0.9, (count, 1, 1, 3))
        smooth = 127 + 70 * np.sin(waves[..., 0] * columns + waves[..., 1] * rows + 6 * waves[..., 2])
        grain = numbers.normal(0, 6, (count, 16, 16, 3))
        arrays[f"{split}_images"] = np.clip(np.rint(smooth[..., None] * numbers.uniform(0.6, 1, (count, 1, 1, 3)) + grain), 0, 255).astype(np.uint8)
    path = os.path.join(folder, f"{name}-pictures.npz")
    np.savez(path, **arrays)
    program.run("dataset", "add", name, "--from", path, "--low-resolution", name.removeprefix("pairs-"), "--flips")


def interesting(model, values):
    """The last steps of the stages of super-resolution, beside the first and the last steps of all models."""
    if model == "srflow":
        share, unfreeze = values.get("pretraining", 0.25), values.get("unfreeze", 0.5)
        return [int(part * STEPS + 0.5) for part in (share, share + unfreeze * (1 - share)) if part > 0]
    return [13] if model == "esrgan" and "pretraining" not in values else []


def specification(model, dataset, values):
    if model in RESOLUTION:
        metrics = PICTURES + (["bits_per_dimension", "restoration"] if model == "srflow" else [])
        return {
            "model": model, "dataset": dataset, "steps": STEPS, "batch_size": 8, "seed": 7, "architecture": {"width": 0.25}, "hyperparameters": values,
            "checkpoint_every": 1, "sample_every": STEPS,
            "evaluation": {"every": STEPS, "samples": 256, "metrics": metrics, "options": {"diversity": {"draws": 3, "samples": 20}} | ({"restoration": {"samples": 20}} if model == "srflow" else {})},
        }
    return {
        "model": model, "dataset": dataset, "steps": STEPS, "batch_size": 8, "seed": 7, "architecture": {"width": 0.0625}, "hyperparameters": values,
        "checkpoint_every": 1, "sample_every": STEPS, "evaluation": {"every": STEPS, "samples": 256},
    }


def check(program, folder, model, dataset, values, shared):
    if dataset.startswith("pairs-") and dataset not in shared:
        pairs(program, folder, dataset)
    run = json.loads(program.run("run", "-", "--json", text=json.dumps(specification(model, dataset, values))))["id"]
    further = [step for step in interesting(model, values) if 1 < step < 24]
    details = program.run("show", run, "--json")
    files = {name: os.path.join(folder, f"{run}-{name}") for name in ["run.json", "protocols.json"]}
    open(files["run.json"], "w").write(details)
    protocols = program.run("export", "protocols", run)
    open(files["protocols.json"], "w").write(protocols)
    steps = {step: program.export("checkpoint", run, "--step", str(step), output=os.path.join(folder, f"{run}-{step}.npz")) for step in sorted({0, 1, 24, 25, 26, *further, *(step - 1 for step in further), *(step + 1 for step in further)})}
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
    stages = [["--before", steps[step - 1 + i], "--after", steps[step + i]] for step in further for i in (0, 1)]
    for part in (["--initial", steps[0], "--before", steps[0], "--after", steps[1]], *stages, ["--before", steps[24], "--after", steps[25]], ["--before", steps[25], "--after", steps[26]] + last):
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
