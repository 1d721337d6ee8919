"""Curves of best score against budget in numpy, compared with `fidelio bench --only budget`.

python3 budget.py [--fidelio PATH]

Requires numpy. 8 models with 100 runs each, budgets 1 ... 100, 5,000 resamples each, with the scores of the benchmark. Two implementations in numpy: the direct one
(5,000 new draws per budget), and one set of draws whose running minimum serves all budgets, as in Fidelio. Fails if Fidelio's exact
expectation differs from the formula, or its band from numpy's by more than resampling explains."""
import argparse
import json
import statistics
import subprocess
import sys
import time

import numpy

MODELS, RUNS, BUDGETS, RESAMPLES = 8, 100, 100, 5000
parser = argparse.ArgumentParser()
parser.add_argument("--fidelio", default="fidelio")
arguments = parser.parse_args()


def scores(model):
    fraction = (model * 7919 + numpy.arange(RUNS) * 104729 + 12345) % 10007 / 10007.0
    return 10 + model + 200 * fraction * fraction * fraction


def written_down(values, random):
    rows = []
    for budget in range(1, BUDGETS + 1):
        minima = random.choice(values, size=(RESAMPLES, budget)).min(axis=1)
        rows.append((minima.mean(), minima.std(), *numpy.quantile(minima, [0.025, 0.975])))
    return numpy.array(rows)


def running_minimum(values, random):
    minima = numpy.minimum.accumulate(values[random.integers(0, RUNS, (RESAMPLES, BUDGETS))], axis=1)
    return numpy.column_stack([minima.mean(axis=0), minima.std(axis=0), *numpy.quantile(minima, [0.025, 0.975], axis=0)])


def exact(values):
    ordered, behind = numpy.sort(values), numpy.arange(RUNS, -1, -1) / RUNS
    return numpy.array([(ordered * (behind[:-1] ** b - behind[1:] ** b)).sum() for b in range(1, BUDGETS + 1)])


def timed(way, rounds):
    times = []
    for round_ in range(rounds):
        random = numpy.random.default_rng(round_)
        start = time.perf_counter()
        curves = [way(scores(model), random) for model in range(MODELS)]
        times.append(time.perf_counter() - start)
    return curves, statistics.median(times)


def main():
    print(f"# python {sys.version.split()[0]}, numpy {numpy.__version__}")
    command = [arguments.fidelio, "bench", "--only", "budget", "--threads", "1", "--json"]
    row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["results"][0]
    curves, plain = timed(written_down, 3)
    _, running = timed(running_minimum, 5)
    ours = row["seconds"]["median"]
    print(f"numpy, direct                    {1e3 * plain:8.1f} ms")
    print(f"numpy, running minimum           {1e3 * running:8.1f} ms")
    print(f"fidelio, 1 thread                {1e3 * ours:8.1f} ms   {plain / ours:.1f} x and {running / ours:.1f} x")
    means, difference, worst = numpy.array(row["mean"]), 0.0, 0.0
    for model, curve in enumerate(curves):
        difference = max(difference, abs(means[model] / exact(scores(model)) - 1).max())
        # Resampling explains quantiles that differ by one or two order statistics: compare ranks among the scores.
        ordered = numpy.sort(scores(model))
        for name, column in [("lower", 2), ("upper", 3)]:
            ranks = [numpy.searchsorted(ordered, numpy.array(side), side="left") for side in (row[name][model], curve[:, column])]
            worst = max(worst, abs(ranks[0] - ranks[1]).max())
    print(f"relative difference of the expectation to its formula: {difference:.1e}; of the bands in ranks of 100: {worst}")
    return 0 if difference < 1e-12 and worst <= 5 else 1


sys.exit(main())
