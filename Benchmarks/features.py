#!/usr/bin/env python3
"""Compares features of Inception-v3 per second in Fidelio with pytorch-fid's module in PyTorch on this machine, alternating, medians, as a Markdown table: batches of 16 images of 64x64
with random weights, resize included.

    Benchmarks/features.py --fidelio .build/release/fidelio                 about two minutes; with a Python that has torch, torchvision, pytorch-fid
    Benchmarks/features.py --fidelio .build/release/fidelio --threads 1 --rounds 5
"""

import statistics

from compare import Fidelio, Peer, alternating_options, limited_environment, time_text


def main():
    options = alternating_options(__doc__, rounds=5, seconds=3)
    fidelio, rows = Fidelio(options.fidelio, options.kernels), []
    for threads in options.threads:
        peer, ours, theirs = Peer(threads, limited_environment(options.kernels, threads), "pytorch_features.py"), [], []
        for _ in range(options.rounds):
            ours.append(fidelio.measure("inception-features", threads, options.seconds)["results"][0])
            theirs.append(peer.ask(seconds=options.seconds))
        batch = peer.about["batch"]
        mine, others = [part["seconds"]["median"] for part in ours], [part["seconds"]["median"] for part in theirs]
        survey = ", ".join(f"{name} {time_text(value)}" for name, value in theirs[0]["survey"].items())
        rows.append((threads, batch / statistics.median(mine), batch / statistics.median(others), statistics.median(b / a for a, b in zip(mine, others)), ours[0]["gflops"],
                     f"{theirs[0]['way']} (first look: {survey})", ours[0]["scratch_bytes"]))
        peer.close()
    print(f"PyTorch {peer.about['torch']}, batches of {batch}, activations {rows[0][-1] / 2**20:.0f} MiB a thread in Fidelio\n")
    print("| threads | Fidelio, images/s | PyTorch, images/s | times as fast | GFLOP/s | PyTorch's configuration |\n| --- | --- | --- | --- | --- | --- |")
    for threads, mine, other, ratio, gflops, note, _ in rows:
        print(f"| {threads} | {mine:.1f} | {other:.1f} | {ratio:.2f} | {gflops:.0f} | {note} |")


if __name__ == "__main__":
    main()
