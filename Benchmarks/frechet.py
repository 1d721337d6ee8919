"""The Frechet distance at d = 2048 in numpy and scipy, compared with `fidelio bench --only frechet`.

python3 frechet.py [--threads N] [--fidelio PATH]

Requires numpy and scipy. Generates bit-identical features to the benchmark's, so the distances must agree; the two sides alternate with the same number of
threads. Prints a line per method and the relative difference of the distances."""
import argparse
import json
import os
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--fidelio", default="fidelio")
arguments = parser.parse_args()
for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[name] = str(arguments.threads)

import numpy  # noqa: E402
import scipy  # noqa: E402
from scipy import linalg  # noqa: E402

DIMENSION, COUNT = 2048, 10_000


def features(side):
    with numpy.errstate(over="ignore"):
        x = (numpy.arange(COUNT * DIMENSION, dtype=numpy.uint64) + numpy.uint64(side << 40)) * numpy.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        x ^= x >> numpy.uint64(31)
    base = ((x >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2**-24)).reshape(COUNT, DIMENSION)
    column = numpy.arange(DIMENSION)
    half, quarter = numpy.float32(0.5), numpy.float32(0.25)
    value = base + half * base[:, (column * 7 + 1) % DIMENSION] + quarter * base[:, (column * 31 + 5) % DIMENSION]
    return numpy.maximum(value - numpy.float32(0.75 if side == 0 else 0.625), numpy.float32(0))


def fit(x):
    wide = x.astype(numpy.float64)
    return wide.mean(axis=0), numpy.cov(wide, rowvar=False)


def by_sqrtm(a, b):
    """The method of pytorch-fid."""
    root = linalg.sqrtm(a @ b)
    return float(numpy.trace(root).real)


def by_cholesky(a, b):
    factor = linalg.cholesky(a)
    return float(numpy.sqrt(numpy.maximum(linalg.eigvalsh(factor @ b @ factor.T), 0)).sum())


def by_eigh(a, b):
    values, vectors = linalg.eigh(a)
    root = (vectors * numpy.sqrt(numpy.maximum(values, 0))) @ vectors.T
    return float(numpy.sqrt(numpy.maximum(linalg.eigvalsh(root @ b @ root), 0)).sum())


def timed(work, *inputs):
    start = time.perf_counter()
    result = work(*inputs)
    return result, time.perf_counter() - start


def fidelio():
    command = [arguments.fidelio, "bench", "--only", "frechet", "--threads", str(arguments.threads), "--json"]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["results"]
    return {row["name"]: row for row in rows}


def main():
    print(f"# python {sys.version.split()[0]}, numpy {numpy.__version__}, scipy {scipy.__version__}, {arguments.threads} thread(s)")
    first = fidelio()
    inputs = [features(side) for side in (0, 1)]
    (mean_a, a), fit_time = timed(fit, inputs[0])
    mean_b, b = fit(inputs[1])
    outer = float(((mean_a - mean_b) ** 2).sum() + numpy.trace(a) + numpy.trace(b))
    print(f"fit, numpy                       {fit_time:7.2f} s")
    results = {}
    for name, work in [("scipy sqrtm", by_sqrtm), ("eigh", by_eigh), ("Cholesky and eigenvalues", by_cholesky)]:
        trace, seconds = timed(work, a, b)
        results[name] = outer - 2 * trace
        print(f"distance, {name:24}{seconds:7.2f} s   {results[name]!r}")
    second = fidelio()
    for name, row in first.items():
        times = [row["seconds"]["minimum"], second[name]["seconds"]["minimum"]]
        print(f"{name + ', fidelio':34}{min(times):7.2f} s   {row.get('distance', '')}")
    distance = first["frechet-distance"]["distance"]
    differences = {name: abs(distance / other - 1) for name, other in results.items()}
    for name, difference in differences.items():
        print(f"relative difference to {name}: {difference:.1e}")
    return 0 if max(differences.values()) < 1e-6 else 1


sys.exit(main())
