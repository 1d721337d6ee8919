#!/usr/bin/env python3
"""Compares SRFlow in Fidelio with SRFlow in PyTorch on this machine, alternating, medians, as a Markdown table: a training step at the default configuration (8x8 to 32x32,
batch 16, encoder and flow together), and sixteen samples of one image (16x16 to 64x64), for which both evaluate encoder and injectors once.

    Benchmarks/superresolution.py --fidelio .build/release/fidelio                 about two minutes
    Benchmarks/superresolution.py --fidelio .build/release/fidelio --threads 1 --rounds 5
"""

import argparse
import statistics

from compare import Fidelio, Peer, limited_environment, time_text

WORKS = {"srflow-step-32": ("step", "training step"), "srflow-sampling-64": ("sampling", "16 samples of one image")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fidelio", default=".build/release/fidelio")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--kernels", help="avx2: both sides without AVX-512")
    options = parser.parse_args()
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


if __name__ == "__main__":
    main()
