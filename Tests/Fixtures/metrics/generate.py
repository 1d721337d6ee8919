"""Features and metrics for MetricsTests, by independent implementations. Run in this folder: python3 generate.py

Needs numpy, scipy, scikit-learn, prdc and torch-fidelity (with torch); it prints their versions and writes expected.json."""
import importlib.metadata
import json
import sys
import unittest.mock

import numpy
import scipy.spatial
import scipy.special
import scipy.stats
import sklearn.cluster
import sklearn.metrics

# torch-fidelity asks for torchvision only for networks that are not used here.
for name in ["torchvision", "torchvision.transforms", "torchvision.transforms.functional", "torchvision.models", "torchvision.datasets"]:
    sys.modules.setdefault(name, unittest.mock.MagicMock())
import prdc  # noqa: E402
from torch_fidelity.metric_isc import isc_features_to_metric  # noqa: E402
from torch_fidelity.metric_kid import kernel_poly, mmd2  # noqa: E402
import torch  # noqa: E402


def features(generator, dimension):
    """Rectified mixtures, as features of a network are."""
    mixing = generator.normal(size=(dimension, dimension)) * numpy.logspace(0, -1, dimension)
    return lambda g, n, s, t: numpy.maximum(s * g.normal(size=(n, dimension)) @ mixing + t, 0).astype("<f4")


def block_mmd(x, y):
    """torch-fidelity's estimate for blocks of one size, the same sums from scikit-learn's kernel for others."""
    if len(x) == len(y):
        kernel = lambda a, b: kernel_poly(a, b, kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1)
        return float(mmd2(kernel(x, x), kernel(x, y), kernel(y, y)))
    kernel = lambda a, b: sklearn.metrics.pairwise.polynomial_kernel(a, b, degree=3, gamma=None, coef0=1)
    off = lambda k: (k.sum() - numpy.trace(k)) / (len(k) * (len(k) - 1))
    return float(off(kernel(x, x)) + off(kernel(y, y)) - 2 * kernel(x, y).mean())


def kid(real, fake, maximum):
    """Mean and deviation over blocks cut as in TF-GAN."""
    blocks = -(-max(len(real), len(fake)) // maximum)

    def parts(x):
        size, more = divmod(len(x), blocks)
        return numpy.split(x, numpy.cumsum([size] * (blocks - more) + [size + 1] * more)[:-1])

    values = [block_mmd(a, b) for a, b in zip(parts(real), parts(fake))]
    return [float(numpy.mean(values)), float(numpy.std(values, ddof=1)) if blocks > 1 else None]


def prd_of(labels, count, clusters=20, angles=1001, epsilon=1e-10):
    """Sajjadi et al. 2018, algorithm 1, written anew."""
    ref = numpy.bincount(labels[:count], minlength=clusters) / count
    gen = numpy.bincount(labels[count:], minlength=clusters) / (len(labels) - count)
    slopes = numpy.tan(numpy.linspace(epsilon, numpy.pi / 2 - epsilon, angles))
    precision = numpy.minimum(slopes[:, None] * ref[None], gen[None]).sum(axis=1)
    return numpy.clip(precision, 0, 1), numpy.clip(precision / slopes, 0, 1)


def f_beta(precision, recall, beta):
    with numpy.errstate(invalid="ignore"):
        return float(numpy.nanmax((1 + beta**2) * precision * recall / (beta**2 * precision + recall)))


def parzen(generated, validation, held_out, grid):
    def score(points, s):
        squares = scipy.spatial.distance.cdist(points, generated, "sqeuclidean")
        logs = scipy.special.logsumexp(-squares / (2 * s * s), axis=1) - numpy.log(len(generated))
        return logs - generated.shape[1] * numpy.log(s * numpy.sqrt(2 * numpy.pi))

    best = max(grid, key=lambda s: score(validation, s).mean())
    values = score(held_out, best)
    return {"log_likelihood": float(values.mean()), "standard_error": float(values.std() / len(values) ** 0.5), "bandwidth": float(best)}


def memorisation(train, held_out, generated):
    nearest = lambda x: scipy.spatial.distance.cdist(x.astype("f8"), train.astype("f8")).min(axis=1)
    a, b = nearest(generated), nearest(held_out)
    test = scipy.stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic", alternative="greater")
    return {"share": float(test.statistic / (len(a) * len(b))), "z": float(scipy.stats.norm.isf(test.pvalue))}


def main():
    versions = {name: importlib.metadata.version(name) for name in ["numpy", "scipy", "scikit-learn", "prdc", "torch-fidelity", "torch"]}
    print(f"# python {sys.version.split()[0]}", versions)
    generator = numpy.random.default_rng(20261124)
    draw = features(generator, 16)
    real, fake, other = draw(generator, 1200, 1.0, 0.5), draw(generator, 1200, 0.9, 0.7), draw(generator, 400, 1.0, 0.5)
    logits = (3 * generator.normal(size=(1000, 10)) + numpy.linspace(0, 2, 10)).astype("<f4")
    for name, array in [("real", real), ("fake", fake), ("other", other), ("logits", logits)]:
        array.tofile(f"{name}.f32")
    wide_real, wide_fake = real.astype("f8"), fake.astype("f8")
    expected = {}
    for splits in [1, 10]:
        score = isc_features_to_metric(torch.tensor(logits, dtype=torch.float64), splits=splits, shuffle=False)
        expected[f"inception_score_{splits}"] = [float(v) for v in score.values()]
    expected["kid_512"], expected["kid_1024"], expected["kid_2048"] = (kid(wide_real, wide_fake, m) for m in [512, 1024, 2048])
    expected["kid_unequal"] = kid(wide_real, wide_fake[:700], 512)
    for k in [3, 5]:
        expected[f"prdc_{k}"] = {key: float(value) for key, value in prdc.compute_prdc(wide_real, wide_fake, nearest_k=k).items()}
    union = numpy.vstack([wide_real, wide_fake])
    clustering = sklearn.cluster.KMeans(20, init=union[:20], n_init=1, algorithm="lloyd", tol=0, max_iter=100).fit(union)
    expected["labels"] = clustering.labels_.tolist()
    precision, recall = prd_of(clustering.labels_, 1200)
    expected["prd_of_labels"] = {"f8": f_beta(precision, recall, 8), "f1_8": f_beta(precision, recall, 1 / 8),
                                 "precision": precision[::100].tolist(), "recall": recall[::100].tolist()}
    f8, f1_8 = [], []
    for state in range(5):
        curves = [prd_of(sklearn.cluster.KMeans(20, n_init=1, random_state=10 * state + run).fit(union).labels_, 1200) for run in range(10)]
        precision, recall = numpy.mean([c[0] for c in curves], axis=0), numpy.mean([c[1] for c in curves], axis=0)
        f8.append(f_beta(precision, recall, 8)), f1_8.append(f_beta(precision, recall, 1 / 8))
    expected["prd"] = {"f8": f8, "f1_8": f1_8}
    expected["parzen"] = parzen(wide_fake, wide_real[:300], other.astype("f8"), numpy.logspace(-1, 0, 10))
    expected["memorisation"] = memorisation(real, other, fake)
    expected["memorisation_ties"] = memorisation(real, other, numpy.vstack([real[:150], fake[:250]]))
    with open("expected.json", "w") as file:
        json.dump(expected, file, indent=1, sort_keys=True)
        file.write("\n")


main()
