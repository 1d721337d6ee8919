"""Golden values of the statistics and the released sampler, from numpy, scipy and Python's own generator.

python3 generate.py > values.json      (numpy, scipy; see README.md for versions)
"""
import itertools
import json
import random

import numpy as np
from scipy import stats

rng = np.random.default_rng(7)


def sampler():
    generator = random.Random(123)
    uniform = lambda low, high: low + (high - low) * generator.random()
    choice = lambda values: values[int(generator.random() * len(values))]
    out = {}
    for name in ["ns-gan", "mm-gan", "wgan", "wgan-gp", "dragan", "vae", "lsgan", "began"]:
        draws = []
        for _ in range(99):
            draw = {"beta1": uniform(0, 1), "disc_iters": choice([1, 5]), "discriminator_batchnorm": choice([True, False])}
            if name == "began":
                draw["gamma"] = uniform(0, 1)
                draw["lambda"] = 10 ** uniform(-4, -2)
            if name in ("wgan-gp", "dragan"):
                draw["lambda"] = 10 ** uniform(-1, 2)
            draw["learning_rate"] = 10 ** uniform(-5, -2)
            if name == "wgan":
                draw["weight_clipping"] = 10 ** uniform(-3, 0)
            draws.append(draw)
        out[name] = draws
    return out


def permutation_p(differences):
    """The two-sided signed-rank probability by every assignment of signs."""
    d = np.array([x for x in differences if x != 0])
    ranks = stats.rankdata(np.abs(d))
    observed = ranks[d > 0].sum()
    sums = np.array([sum(r for r, s in zip(ranks, signs) if s) for signs in itertools.product([0, 1], repeat=len(d))])
    return float(min(1, 2 * min((sums <= observed + 1e-9).mean(), (sums >= observed - 1e-9).mean())))


def pairs():
    cases = []
    for n in (4, 5, 9, 12, 30):
        first, second = rng.normal(10, 2, n), rng.normal(11, 2, n)
        if n == 12:  # ties and a zero
            first, second = np.round(first), np.round(second)
            second[3] = first[3]
        d = first - second
        nonzero = d[d != 0]
        p = permutation_p(d) if n <= 12 else float(stats.wilcoxon(d, method="exact").pvalue)
        ranks = stats.rankdata(np.abs(nonzero))
        cases.append({
            "first": first.tolist(), "second": second.tolist(), "signed_rank_p": p,
            "sign_p": float(stats.binomtest(int((nonzero > 0).sum()), len(nonzero)).pvalue),
            "mean": float(d.mean()), "effect": float(d.mean() / d.std(ddof=1)),
            "rank_correlation": float((ranks[nonzero < 0].sum() - ranks[nonzero > 0].sum()) / ranks.sum()),
        })
    return cases


def aggregates():
    cases = []
    for sizes in ((10,), (7, 12), (100, 100, 100)):
        x = [rng.gamma(3, 10, n) for n in sizes]
        y = [rng.gamma(3, 12, n) for n in sizes]
        y[0][0] = x[0][0]
        pooled = np.concatenate(x)
        improvement = []
        for a, b in zip(x, y):
            u = stats.mannwhitneyu(b, a, alternative="two-sided").statistic  # pairs with b > a, ties half
            improvement.append(u / (len(a) * len(b)))
        taus = [5.0, 20.0, 30.0, 60.0]
        # An independent bootstrap of the same kind: its interval differs only by sampling error.
        def boot(groups, statistic, reps=20000):
            return [statistic([g[rng.integers(0, len(g), len(g))] for g in groups]) for _ in range(reps)]
        values = boot(x, lambda g: stats.trim_mean(np.concatenate(g), 0.25))
        cases.append({
            "x": [v.tolist() for v in x], "y": [v.tolist() for v in y], "iqm": float(stats.trim_mean(pooled, 0.25)),
            "iqm_interval": np.percentile(values, [2.5, 97.5]).tolist(), "improvement": float(np.mean(improvement)), "taus": taus,
            "profile": [float(np.mean([(a <= t).mean() for a in x])) for t in taus],
        })
    return cases


def budget():
    scores = np.sort(rng.gamma(2, 20, 100))
    minima = np.minimum.accumulate(scores[rng.integers(0, 100, (200000, 100))], axis=1)
    return {"scores": scores.tolist(), "budgets": [1, 5, 15, 50, 100],
            "mean": [float(minima[:, b - 1].mean()) for b in (1, 5, 15, 50, 100)],
            "error": [float(minima[:, b - 1].std() / np.sqrt(200000)) for b in (1, 5, 15, 50, 100)]}


def components():
    """Balanced nested data; the estimates by the textbook's mean squares."""
    a, b, n = 6, 4, 3
    y = 20 + rng.normal(0, 3, (a, 1, 1)) + rng.normal(0, 2, (a, b, 1)) + rng.normal(0, 1, (a, b, n))
    run, setting = y.mean(2, keepdims=True), y.mean((1, 2), keepdims=True)
    ms_e = ((y - run) ** 2).sum() / (a * b * (n - 1))
    ms_b = (n * (run - setting) ** 2).sum() / (a * (b - 1))
    ms_a = (n * b * (setting - y.mean()) ** 2).sum() / (a - 1)
    return {"scores": y.tolist(), "evaluation": ms_e, "seed": (ms_b - ms_e) / n, "search": (ms_a - ms_b) / (n * b)}


def seeds():
    cases = []
    for deviation, width in ((1, 1), (3, 1), (10, 1), (5, 0.5), (0.2, 1)):
        n = 2
        while stats.t.ppf(0.975, n - 1) * deviation / np.sqrt(n) > width:
            n += 1
        cases.append({"deviation": deviation, "half_width": width, "total": n})
    return cases


print(json.dumps({"sampler": sampler(), "pairs": pairs(), "aggregates": aggregates(), "budget": budget(),
                  "components": components(), "seeds": seeds()}))
