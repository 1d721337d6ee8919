#!/usr/bin/env python3
"""Compares Fidelio with PyTorch on this machine: the same workloads, alternating, medians, as a Markdown table.

    Benchmarks/compare.py                                   everything, within six minutes
    Benchmarks/compare.py --only step-28 adam --threads 2   a selection
    Benchmarks/compare.py --kernels avx2                    both sides without AVX-512
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Name -> fraction of the time. "memory", "first-step" and "pair" are measured in separate processes.
WORKS = {"step-28": 4, "step-32": 4, "step-64": 14, "wgan-step-28": 4, "wgan-gp-step-28": 4, "products-28": 4, "products-32": 4, "products-64": 8,
         "adam": 3, "memory-stream": 1, "sampling": 9, "memory-28": 2, "first-step": 3}
STEPS = {"step-28": ("ns", 28), "step-32": ("ns", 32), "step-64": ("ns", 64), "wgan-step-28": ("wgan", 28), "wgan-gp-step-28": ("wgan-gp", 28)}
PAIR = "pair"


class Fidelio:
    def __init__(self, path, kernels):
        self.path, self.kernels = path, ["--kernels", kernels] if kernels else []

    def ask(self, *arguments):
        command = [self.path, "bench", *arguments, *self.kernels, "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
        return json.loads(done.stdout)

    def measure(self, work, threads, seconds):
        # One run of 10,000 images is long enough.
        short = ["--quick"] if work in ("sampling", "first-step") else []
        return self.ask("measure", "--only", work, "--threads", str(threads), "--seconds", str(seconds), *short)

    def names(self):
        listing = subprocess.run([self.path, "bench", "measure", "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
        return [line.split()[0] for line in listing.splitlines()]


class Peer:
    """A PyTorch process with a number of threads."""

    def __init__(self, threads, environment, script="peer.py"):
        self.process = subprocess.Popen([sys.executable, "-u", str(HERE / script), str(threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)
        self.about = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the PyTorch process ended; is torch installed? (see Benchmarks/README.md)")
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def alternating_options(description, rounds, seconds):
    """The options of programs that measure Fidelio and PyTorch in turns."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--fidelio", default=str(HERE.parent / ".build/release/fidelio"), help="the program (default: %(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=float, default=seconds, help="of each measurement")
    parser.add_argument("--kernels", help="avx2: both sides without AVX-512")
    return parser.parse_args()


def limited_environment(kernels, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    if kernels == "avx2":
        environment.update(ATEN_CPU_CAPABILITY="avx2", ONEDNN_MAX_CPU_ISA="AVX2", MKL_ENABLE_INSTRUCTIONS="AVX2")
    return environment


def fresh_peer(threads, environment):
    """Runs a PyTorch process that only trains; returns (peak bytes, bytes after importing torch, seconds to the end of the first step)."""
    start = time.monotonic()
    command = [sys.executable, str(HERE / "pytorch_step.py"), "--threads", str(threads), "--seconds", "0.5"]
    answer = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment).stdout)
    return answer["peak_resident_bytes"], answer["resident_bytes_after_import"], answer["first_step_at"] - start


class Comparison:
    def __init__(self, options):
        self.options = options
        self.fidelio = Fidelio(options.fidelio, options.kernels)
        self.rows = []  # {threads, work, fidelio, peer, unit, note, gflops, peer_gflops}
        self.rooflines = {}  # threads -> peak rates of the machine, once per Fidelio process
        self.began = time.monotonic()
        self.spent_shares = 0

    def run(self):
        works = [work for work in self.options.only or [*WORKS, PAIR] if work in WORKS and work in self.fidelio.names()]
        total = sum(WORKS[work] for work in works) * len(self.options.threads)
        for threads in self.options.threads:
            environment = limited_environment(self.options.kernels, threads)
            peer = Peer(threads, environment)
            self.about = peer.about
            for work in works:
                self.spent_shares += WORKS[work]
                until = self.began + self.options.minutes * 60 * 0.85 * self.spent_shares / total
                self.compare(work, threads, peer, environment, until)
            peer.close()

    def compare(self, work, threads, peer, environment, until):
        """Alternating rounds of both sides, until there are enough or the workload's time is spent."""
        rounds = []
        while len(rounds) < self.options.rounds and (not rounds or time.monotonic() < until):
            print(f"{threads} thread(s), {work}, round {len(rounds) + 1}", file=sys.stderr)
            report = self.fidelio.measure(work, threads, self.options.seconds)
            ours = report["results"]
            self.rooflines.setdefault(threads, []).append(report["roofline"])
            rounds.append((ours, self.ask_peer(work, threads, peer, environment, ours)))
        for index, first in enumerate(rounds[0][0]):
            theirs = [round[1][index] for round in rounds]
            is_memory = "bytes" in first
            ours = [r[0][index]["bytes"] if is_memory else r[0][index]["seconds"]["median"] for r in rounds]
            self.rows.append({
                "threads": threads, "work": first["name"], "unit": "bytes" if is_memory else "seconds",
                "fidelio": statistics.median(ours), "peer": statistics.median(t["value"] for t in theirs),
                "ratio": statistics.median(t["value"] / o for t, o in zip(theirs, ours)), "rounds": len(rounds),
                "gflop": first["gflops"] * first["seconds"]["median"] if "gflops" in first else None,
                "gigabytes": first["gigabytes_per_second"] * first["seconds"]["median"] if "gigabytes_per_second" in first else None,
                "share": share_of_roofline([r[0][index] for r in rounds]), "note": theirs[0]["note"], "in_step": first.get("in_step")})

    def ask_peer(self, work, threads, peer, environment, ours):
        """One {value, note} per row of Fidelio's report."""
        seconds = self.options.seconds
        if work in STEPS:
            model, size = STEPS[work]
            answer = peer.ask(work="step", model=model, size=size, seconds=seconds)
            survey = ", ".join(f"{name} {time_text(value)}" for name, value in answer["survey"].items())
            return [{"value": answer["seconds"]["median"], "note": f"{answer['way']} (first look: {survey})"}]
        if work.startswith("products"):
            answer = peer.ask(work="products", products=[row["product"] for row in ours], seconds=seconds)
            return [{"value": one["seconds"]["median"], "note": one["way"]} for one in answer["products"]]
        if work in ("memory-28", "first-step"):
            peak, imported, first = fresh_peer(threads, environment)
            note = f"of it {imported / 1e6:.0f} MB after importing torch" if work == "memory-28" else "importing torch included"
            return [{"value": peak if work == "memory-28" else first, "note": note}]
        answer = peer.ask(work=work, seconds=seconds)
        return [{"value": answer["seconds"]["median"], "note": answer["way"]}]

    def pair(self):
        return self.fidelio.ask("pair", "--seconds", str(2 * self.options.seconds), "--rounds", str(self.options.rounds + 2))


def share_of_roofline(results):
    """Median over rounds of a row's fraction of the machine's peak: (share, "peak" or "bandwidth"), or None."""
    for key in ("share_of_peak", "share_of_bandwidth"):
        if key in results[0]:
            return statistics.median(result[key] for result in results), key.removeprefix("share_of_")
    return None


def share_text(row):
    return "" if not row["share"] else f"{row['share'][0] * 100:.0f} % of {row['share'][1]}"


def time_text(seconds):
    return f"{seconds * 1e6:.0f} us" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms" if seconds < 2 else f"{seconds:.2f} s"


def value_text(row, side):
    value = row[side]
    if row["unit"] == "bytes":
        return f"{value / 1e6:.0f} MB"
    rate = ""
    # In a whole step PyTorch performs other operations than Fidelio, so rates are not comparable.
    if row["gflop"] and (side == "fidelio" or row["in_step"]):
        rate = f" ({row['gflop'] / value:.0f} GFLOP/s)"
    elif row["gigabytes"]:
        rate = f" ({row['gigabytes'] / value:.1f} GB/s)"
    return time_text(value) + rate


def products_total(rows, threads, work):
    """The total of all products of a step, each weighted by its count."""
    products = [row for row in rows if row["threads"] == threads and row["in_step"] and row["work"].startswith(work + "/")]
    if not products:
        return []
    def total(key):
        return sum(row[key] * row["in_step"] for row in products)
    gflop = total("gflop")
    # The time at peak rate as a fraction of the measured time.
    ideal = sum(row["fidelio"] * row["share"][0] * row["in_step"] for row in products)
    return [dict(products[0], work=f"{work}, all of a step", fidelio=total("fidelio"), peer=total("peer"),
                 ratio=total("peer") / total("fidelio"), gflop=gflop, share=(ideal / total("fidelio"), "peak"), note="")]


def best_roofline(found):
    return {key: max(one[key] for one in found) for key in found[0]}


def markdown(rows, threads_list):
    lines = ["| threads | work | Fidelio | share | PyTorch | ratio | PyTorch's way |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for threads in threads_list:
        totals = [total for work in WORKS for total in products_total(rows, threads, work)]
        for row in [row for row in rows if row["threads"] == threads] + totals:
            lines.append(f"| {threads} | {row['work']} | {value_text(row, 'fidelio')} | {share_text(row)} | {value_text(row, 'peer')} "
                         f"| {ratio_text(row)} | {row['note']} |")
    return "\n".join(lines)


def is_slower(row):
    """Whether PyTorch is faster, at the table's two decimals."""
    return round(row["ratio"], 2) < 1


def ratio_text(row):
    return f"**{row['ratio']:.2f}, slower**" if is_slower(row) else f"{row['ratio']:.2f}"


def verdict(rows, threads_list):
    """One sentence about the rows in which PyTorch is faster, counting single products separately."""
    totals = [total for threads in threads_list for work in WORKS for total in products_total(rows, threads, work)]
    works = [row for row in rows if not row["in_step"]] + totals
    slow = [f"{row['work']} ({row['threads']} thread{'s' * (row['threads'] > 1)}, {row['ratio']:.2f})" for row in works if is_slower(row)]
    products = [row for row in rows if row["in_step"]]
    sentence = f"Slower than PyTorch: {', '.join(slow) if slow else 'none'}, of {len(works)} rows"
    if products:
        sentence += f"; and {sum(is_slower(row) for row in products)} of {len(products)} single products"
    return sentence + "."


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fidelio", default=str(HERE.parent / ".build/release/fidelio"), help="the program (default: %(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.8, help="measuring time of a workload per side and round")
    parser.add_argument("--minutes", type=float, default=5.5, help="time limit; further rounds are skipped, each workload is measured at least once")
    parser.add_argument("--only", nargs="+", choices=[*WORKS, PAIR], metavar="WORK", help=f"workloads: {', '.join([*WORKS, PAIR])}")
    parser.add_argument("--kernels", choices=("avx2", "avx512"), help="avx2 disables AVX-512 on both sides")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--json", metavar="FILE", help="also write the rows to a file")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 0.1
    if not os.access(options.fidelio, os.X_OK):
        sys.exit(f"{options.fidelio} does not exist: build with `swift build -c release --product fidelio`, or give --fidelio")
    return options


def main():
    options = parse()
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): results are unreliable", file=sys.stderr)
    comparison = Comparison(options)
    comparison.run()
    report = {"rows": comparison.rows, "kernels": options.kernels, "load_at_start": load}
    if comparison.rows:
        report["peer"] = comparison.about
        print(f"PyTorch {comparison.about['torch']} ({comparison.about['capability']}), load at the start {load:.2f}. "
              "Medians of rounds in turns; a ratio above 1 means that Fidelio is better.\n")
        print(markdown(comparison.rows, options.threads))
        print("\n" + verdict(comparison.rows, options.threads))
        report["rooflines"] = {threads: best_roofline(found) for threads, found in comparison.rooflines.items()}
        for threads, best in report["rooflines"].items():
            print(f"\nShares are relative to the peak rates of {threads} thread(s): {best['peak_gflops']:.0f} GFLOP/s of fma in registers, "
                  f"{best['peak_gigabytes_per_second']:.1f} GB/s in a pass over memory (each process measures its own).")
    if not options.only or PAIR in options.only:
        report["pair"] = pair = comparison.pair()
        print(f"\nTwo single-threaded runs in parallel: {pair['two_of_one_thread']:.2f} steps/s; one run with two threads: "
              f"{pair['one_of_two_threads']:.2f}; ratio {pair['ratio']:.3f}.")
    print(f"\nMeasured in {time.monotonic() - comparison.began:.0f} s.", file=sys.stderr)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
