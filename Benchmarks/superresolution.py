#!/usr/bin/env python3
"""Compares SRFlow in Fidelio with SRFlow in PyTorch on this machine, alternating, medians, as a Markdown table: a training step at the default configuration (8x8 to 32x32,
batch 16, encoder and flow together), and sixteen samples of one image (16x16 to 64x64), for which both evaluate encoder and injectors once; then the peak memory of processes that
only train, also where activations are computed again.

    Benchmarks/superresolution.py --fidelio .build/release/fidelio                 about two minutes
    Benchmarks/superresolution.py --fidelio .build/release/fidelio --threads 1 --rounds 5
"""

import json
import os
import statistics
import subprocess
import sys

from compare import HERE, Fidelio, Peer, alternating_options, limited_environment, time_text

WORKS = {"srflow-step-32": ("step", "training step"), "srflow-sampling-64": ("sampling", "16 samples of one image")}

MEMORY = {"srflow-step-32": "a training step", "srflow-recomputed-step-32": "a training step, activations computed again"}


def peak_of_program(path, kernels, work, threads):
    """Peak resident bytes of a process that measures one work for half a second."""
    command = [path, "bench", "measure", "--only", work, "--threads", str(threads), "--seconds", "0.5", *kernels, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def memory(options, fidelio):
    print("\n| peak memory of | threads | Fidelio | PyTorch | share | of PyTorch's after the import |\n| --- | --- | --- | --- | --- | --- |")
    for threads in options.threads:
        command = [sys.executable, str(HERE / "pytorch_srflow.py"), str(threads), "--memory"]
        peer = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=limited_environment(options.kernels, threads)).stdout)
        for work, title in MEMORY.items():
            ours = peak_of_program(options.fidelio, fidelio.kernels, work, threads)
            print(f"| {title} | {threads} | {ours / 1e6:.0f} MB | {peer['peak'] / 1e6:.0f} MB | {ours / peer['peak']:.2f} | {peer['imported'] / 1e6:.0f} MB |")


def main():
    options = alternating_options(__doc__, rounds=3, seconds=2)
    fidelio, rows, further = Fidelio(options.fidelio, options.kernels), [], []
    for threads in options.threads:
        peer = Peer(threads, limited_environment(options.kernels, threads), "pytorch_srflow.py")
        for work, (kind, title) in WORKS.items():
            ours, theirs = [], []
            for _ in range(options.rounds):
                report = fidelio.measure(work, threads, options.seconds)["results"] if kind == "step" else fidelio.ask(
                    "measure", "--only", work, "--threads", str(threads), "--seconds", str(options.seconds / 3))["results"]
                ours.append(report)
                theirs.append(peer.ask(work=kind, seconds=options.seconds))
            mine, others = [[part[0]["seconds"]["median"] for part in ours], [part["seconds"]["median"] for part in theirs]]
            survey = ", ".join(f"{name} {time_text(value)}" for name, value in theirs[0]["survey"].items())
            rows.append((title, threads, statistics.median(mine), statistics.median(others), statistics.median(b / a for a, b in zip(mine, others)), ours[0][0]["gflops"],
                         f"{theirs[0]['way']} (first look: {survey})"))
            further += [(part["title"], threads, statistics.median(round[index]["seconds"]["median"] for round in ours)) for index, part in enumerate(ours[0]) if index > 0]
        peer.close()
    print(f"PyTorch {peer.about['torch']}, {peer.about['parameters']:,} parameters\n")
    print("| work | threads | Fidelio | PyTorch | times as fast | GFLOP/s | PyTorch's configuration |\n| --- | --- | --- | --- | --- | --- | --- |")
    for title, threads, mine, other, ratio, gflops, note in rows:
        print(f"| {title} | {threads} | {time_text(mine)} | {time_text(other)} | {ratio:.2f} | {gflops:.0f} | {note} |")
    print("\n| Fidelio alone | threads | time |\n| --- | --- | --- |")
    for title, threads, mine in further:
        print(f"| {title} | {threads} | {time_text(mine)} |")
    memory(options, fidelio)


if __name__ == "__main__":
    main()
