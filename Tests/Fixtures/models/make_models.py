#!/usr/bin/env python3
"""Losses, updated parameters and generated images of every model after a few steps, by PyTorch in double precision: an implementation that shares
no code with Fidelio. Writes one JSON file for each case beside this script.

    python3 make_models.py [CASE...]          (PyTorch 2.15.0, numpy 2.4.6; 2026-11-24)

Both sides make initial values and images by `numbers` below, and latents and noise by Philox from (seed, stream, step, index).
"""

import hashlib
import json
import math
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
HERE = Path(__file__).resolve().parent
SEED, STEPS, BATCH = 11, 3, 6


# --- numbers that both sides make

def numbers(name, count):
    """On [0, 1) in steps of 2^-24, by a hash of the name's CRC-32 and the index."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(2654435761) ^ np.uint32(zlib.crc32(name.encode()))
        for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
            x ^= x >> np.uint32(shift)
            x *= np.uint32(factor)
        x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**24


def initial(name, shape):
    u = numbers(name, math.prod(shape)).reshape(shape) - 0.5
    values = np.eye(shape[0]) + 0.5 * u if name.endswith("/matrix") else 1 + 0.5 * u if name.endswith("/scale") else 0.5 * u if name.endswith("/weight") else 0.25 * u
    return torch.tensor(values.astype(np.float32).astype(np.float64), requires_grad=True)


def words(stream, step, count):
    """Philox 4x32-10."""
    digest = hashlib.sha256(b"fidelio.stream/1\0" + SEED.to_bytes(8, "little") + stream.encode()).digest()
    key = int.from_bytes(digest[:8], "little")
    out = []
    for block in range((count + 3) // 4):
        c = [block & 0xFFFFFFFF, block >> 32, step & 0xFFFFFFFF, step >> 32]
        k0, k1 = key & 0xFFFFFFFF, key >> 32
        for _ in range(10):
            p0, p1 = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [(p1 >> 32) ^ c[1] ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k1, p0 & 0xFFFFFFFF]
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        out += c
    return np.array(out[:count], dtype=np.uint64)


def uniform(stream, step, shape, low=0.0, high=1.0):
    u = (words(stream, step, math.prod(shape)) >> np.uint64(8)).astype(np.float64) / 2**24
    return torch.tensor(low + (high - low) * u).reshape(shape)


def symmetric(stream, step, shape):
    return uniform(stream, step, shape, -1, 1)


def normal(stream, step, shape):
    """Box and Muller on pairs of words."""
    count = math.prod(shape)
    w = words(stream, step, count + count % 2).astype(np.float64)
    radius, angle = np.sqrt(-2 * np.log((w[0::2] + 0.5) / 2**32)), 2 * np.pi * (w[1::2] + 0.5) / 2**32
    return torch.tensor(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()[:count]).reshape(shape)


# --- layers, on images [batch, channels, h, w]

class Network:
    """Parameters by name, made on first use, in Fidelio's layouts."""

    def __init__(self, prefix):
        self.prefix, self.values, self.moving = prefix, {}, {}

    def __call__(self, name, shape):
        full = f"{self.prefix}/{name}"
        if full not in self.values:
            self.values[full] = initial(full, shape)
        return self.values[full]

    def dense(self, x, name, units, bias=True):
        y = x @ self(f"{name}/weight", (x.shape[1], units))
        return y + self(f"{name}/bias", (units,)) if bias else y

    def conv(self, x, name, channels, kernel, bias=True):
        weight = self(f"{name}/weight", (channels, kernel, kernel, x.shape[1])).permute(0, 3, 1, 2)
        pads = []
        for size in (x.shape[3], x.shape[2]):
            total = max((-(-size // 2) - 1) * 2 + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), weight, self(f"{name}/bias", (channels,)) if bias else None, stride=2)

    def deconv(self, x, name, channels, kernel, size, bias=True):
        weight = self(f"{name}/weight", (x.shape[1], kernel, kernel, channels)).permute(0, 3, 1, 2)
        y = F.conv_transpose2d(x, weight, stride=2)
        top, left = (max((n - 1) * 2 + kernel - s, 0) // 2 for n, s in zip(x.shape[2:], size))
        y = F.pad(y, (0, kernel, 0, kernel))[:, :, top:top + size[0], left:left + size[1]]
        return y + self(f"{name}/bias", (channels,)).reshape(1, -1, 1, 1) if bias else y

    def norm(self, x, name, on=True, track=False, inference=False, decay=0.999, epsilon=0.001):
        if not on:
            return x
        axes = [0] + list(range(2, x.ndim))
        shape = [1, -1] + [1] * (x.ndim - 2)
        scale, offset = self(f"{name}/scale", (x.shape[1],)), self(f"{name}/offset", (x.shape[1],))
        if inference:
            mean, variance, weight = self.moving[name]
            mean, variance = mean / weight, variance / weight
        else:
            mean, variance = x.mean(axes), x.var(axes, unbiased=False)
            if track:
                old = self.moving.get(name, (0.0, 0.0, 0.0))
                self.moving[name] = tuple(decay * a + (1 - decay) * b for a, b in zip(old, (mean.detach(), variance.detach(), 1.0)))
        y = (x - mean.reshape(shape)) / torch.sqrt(variance.reshape(shape) + epsilon)
        return y * scale.reshape(shape) + offset.reshape(shape)


def lrelu(x):
    return F.leaky_relu(x, 0.2)


def flat(x):
    """[batch, c, h, w] to [batch, h * w * c]."""
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def raised(x, h, w):
    return x.reshape(x.shape[0], h, w, -1).permute(0, 3, 1, 2)


class InfoGAN:
    latents, sample = 64, staticmethod(symmetric)

    def __init__(self, h, w, c, width):
        self.h, self.w, self.c, self.s = h, w, c, lambda n: max(1, round(n * width))
        self.h4, self.w4, self.h2, self.w2 = -(-h // 4), -(-w // 4), -(-h // 2), -(-w // 2)

    def generator(self, z, g, activation=lrelu, **mode):
        x = activation(g.norm(g.dense(z, "linear1", self.s(1024)), "normalization1", **mode))
        x = activation(g.norm(g.dense(x, "linear2", self.s(128) * self.h4 * self.w4), "normalization2", **mode))
        x = g.deconv(raised(x, self.h4, self.w4), "deconvolution3", self.s(64), 4, (self.h2, self.w2))
        x = activation(g.norm(x, "normalization3", **mode))
        return torch.sigmoid(g.deconv(x, "deconvolution4", self.c, 4, (self.h, self.w)))

    def trunk(self, x, d, bn):
        x = lrelu(d.conv(x, "convolution1", self.s(64), 4))
        x = lrelu(d.norm(d.conv(x, "convolution2", self.s(128), 4), "normalization2", bn))
        return lrelu(d.norm(d.dense(flat(x), "linear3", self.s(1024)), "normalization3", bn))

    def autoencoder(self, x, d, bn):
        x = lrelu(d.conv(x, "convolution1", self.s(64), 4))
        x = flat(d.conv(x, "convolution2", self.s(128), 4))
        x = lrelu(d.norm(d.dense(x, "linear3", self.s(64)), "normalization3", bn))
        x = lrelu(d.norm(d.dense(x, "linear4", self.s(128) * self.h4 * self.w4), "normalization4", bn))
        x = d.deconv(raised(x, self.h4, self.w4), "deconvolution5", self.s(64), 4, (self.h2, self.w2))
        x = lrelu(d.norm(x, "normalization5", bn))
        return torch.sigmoid(d.deconv(x, "deconvolution6", self.c, 4, (self.h, self.w)))


class Points:
    latents, sample = 2, staticmethod(normal)

    def __init__(self, h, w, c, width):
        self.c, self.units = c, max(1, round(512 * width))

    def hidden(self, x, p, first, bn=False):
        for layer in range(first, first + 3):
            x = torch.relu(p.norm(p.dense(x, f"linear{layer}", self.units), f"normalization{layer}", bn and layer > 1))
        return x

    def generator(self, z, g, activation=None, **mode):
        return raised(g.dense(self.hidden(z, g, 1), "linear4", self.c), 1, 1)

    def trunk(self, x, d, bn):
        return self.hidden(flat(x), d, 1, bn)

    def autoencoder(self, x, d, bn):
        code = d.dense(self.trunk(x, d, bn), "linear4", 1)
        return raised(d.dense(self.hidden(code, d, 5), "linear8", self.c), 1, 1)


class DCGAN:
    latents, sample = 100, staticmethod(symmetric)
    settings = {"decay": 0.9, "epsilon": 1e-5}

    def __init__(self, h, w, c, width, kernel, bias):
        self.c, self.s, self.kernel, self.bias = c, lambda n: max(1, round(n * width)), kernel, bias
        self.sizes = [(h, w)]
        for _ in range(4):
            self.sizes.append(tuple(-(-n // 2) for n in self.sizes[-1]))

    def generator(self, z, g, **mode):
        h, w = self.sizes[4]
        x = raised(g.dense(z, "linear1", self.s(1024) * h * w, self.bias), h, w)
        x = torch.relu(g.norm(x, "normalization1", **mode, **self.settings))
        for layer, channels in ((2, 512), (3, 256), (4, 128)):
            x = g.deconv(x, f"deconvolution{layer}", self.s(channels), self.kernel, self.sizes[5 - layer], self.bias)
            x = torch.relu(g.norm(x, f"normalization{layer}", **mode, **self.settings))
        return torch.tanh(g.deconv(x, "deconvolution5", self.c, self.kernel, self.sizes[0], self.bias))

    def features(self, x, d):
        for layer, channels in ((1, 64), (2, 128), (3, 256), (4, 512)):
            x = d.conv(x, f"convolution{layer}", self.s(channels), self.kernel, self.bias)
            x = lrelu(d.norm(x, f"normalization{layer}", layer > 1, **self.settings))
        return x

    def scores(self, x, d):
        x = self.features(x, d)
        if self.bias:
            return d.dense(flat(x), "linear5", 1)[:, 0]
        return d.conv(x, "convolution5", 1, self.kernel, False).mean((1, 2, 3))


# --- optimisers

class Adam:
    def __init__(self, rate, beta1, beta2=0.999, epsilon=1e-8):
        self.rate, self.beta1, self.beta2, self.epsilon, self.state = rate, beta1, beta2, epsilon, {}

    def step(self, values, gradients, t):
        rate = self.rate * math.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        for (name, p), g in zip(values.items(), gradients):
            m, v = self.state.get(name, (0.0, 0.0))
            m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g * g
            self.state[name] = (m, v)
            p.data -= rate * m / (torch.sqrt(v) + self.epsilon)


class RMSProp:
    """TensorFlow's: mean squares begin with 1, epsilon inside the root."""

    def __init__(self, rate, decay):
        self.rate, self.decay, self.state = rate, decay, {}

    def step(self, values, gradients, t):
        for (name, p), g in zip(values.items(), gradients):
            v = self.decay * self.state.get(name, 1.0) + (1 - self.decay) * g * g
            self.state[name] = v
            p.data -= self.rate * g / torch.sqrt(v + 1e-10)


# --- training

class Training:
    def __init__(self, case):
        self.case, self.h = case, case["hyperparameters"]
        height, width, channels = case["shape"]
        self.network = case["network"](height, width, channels, case["width"])
        self.optimizer = case.get("optimizer", lambda h: Adam(h["learning_rate"], h["beta1"]))(self.h)
        self.weak, self.k, self.counts = {}, 0.0, {"generator": 0, "discriminator": 0, "encoder": 0}
        self.g, self.d, self.e = Network("generator"), Network("discriminator"), Network("encoder")

    def images(self, t):
        h, w, c = self.case["shape"]
        x = torch.tensor(numbers(f"images/{t}", BATCH * h * w * c)).reshape(BATCH, h, w, c).permute(0, 3, 1, 2)
        return 2 * x - 1 if self.case.get("symmetric") else x

    def update(self, loss, *networks, clip=None, only="all"):
        values = {name: p for network in networks for name, p in network.values.items()}
        gradients = torch.autograd.grad(loss, list(values.values()), allow_unused=True)
        gradients = [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, values.values())]
        largest = max(g.abs().max().item() for g in gradients)
        for name, g in zip(values, gradients):  # where rounding decides the direction of a normalised step
            top = g.abs().max().item()
            weak = (g.abs() < 1e-3 * top + 1e-7 * largest) & ((g != 0) | (top < 1e-9 * largest))
            self.weak[name] = self.weak.get(name, torch.zeros_like(weak)) | weak
        kind = networks[0].prefix
        self.counts[kind] += 1
        self.optimizer.step(values, gradients, self.counts[kind])
        if clip:
            for name, p in values.items():
                if only == "all" or name.endswith("/weight"):
                    p.data.clamp_(-clip, clip)
        return gradients

    def penalty(self, points, judge):
        points = points.detach().requires_grad_()
        gradient = torch.autograd.grad(judge(points).sum(), points, create_graph=True)[0]
        return ((torch.sqrt(1e-4 + gradient.square().sum((1, 2, 3))) - 1) ** 2).mean()

    def gradient_penalty(self, t, x, fake):
        model, logit = self.case["model"], lambda y: self.score(y)
        alpha = uniform("penalty/mixing", t, (BATCH, 1, 1, 1))
        if model == "wgan-gp":
            return self.penalty(x + alpha * (fake - x), logit)
        noise = uniform("penalty/perturbation", t, (BATCH, x.shape[2], x.shape[3], x.shape[1])).permute(0, 3, 1, 2)
        deviation = x.std(unbiased=False)
        if self.h["penalty"] == "logit":
            return self.penalty((x + deviation * (noise - 0.5)).clamp(0, 1), logit)
        return self.penalty(x + alpha * (x + 0.5 * deviation * noise - x), lambda y: torch.sigmoid(logit(y)))

    def score(self, x):
        if self.case["model"].startswith("wgt"):
            return self.network.scores(x, self.d)
        bn = self.h["discriminator_batchnorm"]
        if self.case["model"] == "began":
            return (self.network.autoencoder(x, self.d, bn) - x).abs().mean((1, 2, 3))
        return self.d.dense(self.network.trunk(x, self.d, bn), "linear4", 1)[:, 0]

    def losses(self, real, fake):
        """(discriminator's, generator's)"""
        model = self.case["model"]
        if model in ("mm-gan", "ns-gan", "dragan", "wgt-gan"):
            ones, zeros = torch.ones(BATCH), torch.zeros(BATCH)
            bce = F.binary_cross_entropy_with_logits
            fakes = bce(fake, zeros)
            return bce(real, ones) + fakes if real is not None else None, -fakes if model == "mm-gan" else bce(fake, ones)
        if model in ("wgan", "wgan-gp"):
            return fake.mean() - real.mean() if real is not None else None, -fake.mean()
        if model == "wgt-wgan":
            return real.mean() - fake.mean() if real is not None else None, fake.mean()
        if model == "lsgan":
            out = (lambda a: a) if self.h["output"] == "linear" else torch.sigmoid
            g = 0.5 * ((out(fake) - 1) ** 2).mean()
            return 0.5 * (((out(real) - 1) ** 2).mean() + (out(fake) ** 2).mean()) if real is not None else None, g
        return real.mean() - self.k * fake.mean() if real is not None else None, fake.mean()

    def step(self, t, full):
        if self.case["model"] == "vae":
            return self.variational(t)
        model, x, out = self.case["model"], self.images(t), {}
        z = self.network.sample("latents", t, (BATCH, self.network.latents))
        fake = self.network.generator(z, self.g, track=True)
        self.score(x)  # so that all parameters exist
        loss = self.losses(self.score(x), self.score(fake.detach()))[0]
        if model in ("wgan-gp", "dragan"):
            penalty = self.gradient_penalty(t, x, fake.detach())
            out["gradient_penalty"] = penalty.item()
            loss = loss + self.h["lambda"] * penalty
        out["discriminator_loss"] = loss.item()
        gradients = self.update(loss, self.d, clip=self.h.get("weight_clipping"), only=self.h.get("clipped", "all"))
        if model.startswith("wgt"):
            out["discriminator_gradient_norm"] = math.sqrt(sum(g.square().sum().item() for g in gradients))
        if full:
            if model in ("wgan-gp", "wgt-wgan"):
                z = self.network.sample("latents/generator", t, (BATCH, self.network.latents))
            fake = self.network.generator(z, self.g)
            loss = self.losses(None, self.score(fake))[1]
            if model == "wgt-gan":
                difference = self.network.features(x, self.d) - self.network.features(fake, self.d)
                matching = self.h["feature_matching"] * difference.square().sum() / 2 / 108**2
                out["feature_matching"] = matching.item()
                loss = loss + matching
            out["generator_loss"] = loss.item()
            self.update(loss, self.g)
        if model == "began":
            with torch.no_grad():
                real, fake = self.score(x).mean(), self.score(self.network.generator(z, self.g)).mean()
            imbalance = self.h["gamma"] * real - fake
            self.k = (self.k + self.h["lambda"] * imbalance).item()
            if self.h["clip_k"]:
                self.k = min(max(self.k, 0.0), 1.0)
            out["k"], out["convergence_measure"] = self.k, (real + imbalance.abs()).item()
        return out

    def variational(self, t):
        x, n = self.images(t), self.network.latents
        both = self.e.dense(self.network.trunk(x, self.e, self.h["discriminator_batchnorm"]), "linear4", 2 * n)
        mean, deviation = both[:, :n], 1e-6 + F.softplus(both[:, n:])
        z = mean + deviation * normal("latents", t, (BATCH, n))
        y = self.network.generator(z, self.g, activation=torch.relu, track=True)
        if self.case["network"] is Points:
            nll = (x - y).square() / (2 * 0.1**2)
        else:
            nll = F.binary_cross_entropy(y.clamp(1e-8, 1 - 2**-24), x, reduction="none")
        nll = nll.sum((1, 2, 3)).mean() if self.h["channels"] == "sum" else nll.sum((2, 3)).mean()
        kl = 0.5 * (mean**2 + deviation**2 - torch.log(1e-8 + deviation**2) - 1).sum(1).mean()
        self.update(nll + kl, self.e, self.g)
        return {"loss": (nll + kl).item(), "negative_log_likelihood": nll.item(), "kl_divergence": kl.item()}

    def sampled(self):
        z = torch.tensor(2 * numbers("latents", BATCH * self.network.latents) - 1).reshape(BATCH, -1)
        activation = {"activation": torch.relu} if self.case["model"] == "vae" else {}
        with torch.no_grad():
            x = self.network.generator(z, self.g, inference=True, **activation)
        return (x + 1) / 2 if self.case.get("symmetric") else x

    def run(self):
        kinds = self.case.get("kinds") or [(t - 1) % self.h["disc_iters"] == 0 for t in range(1, STEPS + 1)]
        metrics = [self.step(t, kinds[t - 1]) for t in range(1, STEPS + 1)]
        values = {**self.g.values, **self.d.values, **self.e.values}
        return {
            "model": self.case["model"], "hyperparameters": self.h, "shape": self.case["shape"], "width": self.case["width"],
            "architecture": "mlp" if self.case["network"] is Points else "infogan" if self.case["network"] is InfoGAN else "dcgan",
            "batch_size": BATCH, "seed": SEED, "full": [bool(k) for k in kinds], "metrics": metrics,
            "parameters": {name: short(p.detach().reshape(-1)) for name, p in sorted(values.items())},
            "weak": {name: torch.nonzero(w.reshape(-1)).reshape(-1).tolist() for name, w in sorted(self.weak.items()) if w.any()},
            "images": short(self.sampled().permute(0, 2, 3, 1).reshape(-1)),
        }


# --- flows, on [batch, h, w, channels]

class Flow:
    """A flow from data to latents and back, and its parameters. Layers are tuples of a kind and a name."""

    def __init__(self, case):
        self.h, (self.height, self.width, self.channels) = case["hyperparameters"], case["shape"]
        self.p, self.fixed, self.initializing = Network("flow"), {}, False
        self.units = max(1, round((128 if self.height == 1 else 512) * case["width"]))

    def steps(self, prefix, count, reversing):
        for k in range(1, count + 1):
            name = f"{prefix}step{k}"
            yield "actnorm", f"{name}/actnorm"
            yield "convolution", f"{name}/convolution"
            yield "reversed" if reversing and k % 2 == 0 else "coupling", f"{name}/coupling"

    def layers(self):
        if self.height == 1:
            return [*self.steps("", self.h["couplings"], True), ("actnorm", "actnorm")]
        found = []
        for level in range(1, self.h["levels"] + 1):
            found += [("squeeze", ""), *self.steps(f"level{level}/", self.h["depth"], False)]
            if level < self.h["levels"]:
                found.append(("split", f"level{level}/split"))
        return found

    # Parts

    def actnorm(self, x, name):
        c = x.shape[-1]
        b, s = self.p(f"{name}/bias", (c,)), self.p(f"{name}/log_scale", (c,))
        if self.initializing:
            rows = x.detach().reshape(-1, c)
            b.data = -rows.mean(0)
            s.data = -torch.log(rows.std(0, unbiased=False) + 1e-6)
        return b, s

    def matrix(self, c, name):
        if self.h["convolution"] == "plain":
            return self.p(f"{name}/matrix", (c, c))
        if name not in self.fixed:
            q, r = np.linalg.qr(normal(f"initial/flow/{name}/matrix", 0, (c, c)).numpy())
            q, rows = q * np.sign(np.diag(r)), list(range(c))
            for k in range(c):  # elimination with partial pivoting
                best = k + int(np.abs(q[k:, k]).argmax())
                q[[k, best]], rows[k], rows[best] = q[[best, k]], rows[best], rows[k]
                q[k + 1:, k] /= q[k, k]
                q[k + 1:, k + 1:] -= np.outer(q[k + 1:, k], q[k, k + 1:])
            permutation = torch.zeros(c, c)
            permutation[rows, range(c)] = 1
            self.fixed[name] = permutation, torch.tensor(np.sign(np.diag(q)))
        permutation, sign = self.fixed[name]
        lower = torch.tril(self.p(f"{name}/lower", (c, c)), -1) + torch.eye(c)
        upper = torch.triu(self.p(f"{name}/upper", (c, c)), 1) + torch.diag(sign * torch.exp(self.p(f"{name}/log_scale", (c,))))
        return permutation @ lower @ upper

    def convolved(self, x, name, channels, kernel, bias):
        weight = self.p(f"{name}/weight", (channels, kernel, kernel, x.shape[3])).permute(0, 3, 1, 2)
        y = F.conv2d(x.permute(0, 3, 1, 2), weight, padding=kernel // 2).permute(0, 2, 3, 1)
        return y + self.p(f"{name}/bias", (channels,)) if bias else y

    def zeroed(self, x, name, channels):
        return self.convolved(x, name, channels, 3, True) * torch.exp(3 * self.p(f"{name}/log_factor", (channels,)))

    def network(self, x, count, name):
        if self.height == 1:
            y = torch.relu(self.p.dense(x.reshape(len(x), -1), f"{name}/linear1", self.units))
            y = torch.relu(self.p.dense(y, f"{name}/linear2", self.units))
            return self.p.dense(y, f"{name}/linear3", count).reshape(len(x), 1, 1, count)
        for layer, kernel in ((1, 3), (2, 1)):
            x = self.convolved(x, f"{name}/convolution{layer}", self.units, kernel, False)
            b, s = self.actnorm(x, f"{name}/convolution{layer}/actnorm")
            x = torch.relu((x + b) * torch.exp(s))
        return self.zeroed(x, f"{name}/convolution3", count)

    def affine(self, kept, count, name):
        """(shift, log scale)"""
        if self.h.get("coupling") == "additive":
            return self.network(kept, count, f"{name}/network"), torch.zeros(())
        both = self.network(kept, 2 * count, f"{name}/network")
        shift, s = both[..., :count], both[..., count:]
        if self.height == 1:
            return shift, self.p(f"{name}/alpha", (count,)) * torch.tanh(s)
        floor = float(np.float32(self.h.get("scale_floor", 0)))
        return shift, torch.log(torch.sigmoid(s + 2) + floor) if floor else F.logsigmoid(s + 2)

    # Both directions

    def forward(self, x):
        """Latents [batch, all] and log-determinants [batch]."""
        total, latents = torch.zeros(len(x)), []
        for kind, name in self.layers():
            n, h, w, c = x.shape
            if kind == "actnorm":
                b, s = self.actnorm(x, name)
                x, total = (x + b) * torch.exp(s), total + h * w * s.sum()
            elif kind == "convolution":
                m = self.matrix(c, name)
                x, total = x @ m.T, total + h * w * torch.linalg.slogdet(m)[1]
            elif kind == "squeeze":
                x = torch.stack([x[:, dy::2, dx::2] for dy in (0, 1) for dx in (0, 1)], -1).reshape(n, h // 2, w // 2, 4 * c)
            elif kind == "injector":
                shift, s = self.injection(c, name)
                x, total = (x + shift) * torch.exp(s), total + s.sum((1, 2, 3))
            else:
                last = c - c // 2
                kept, rest = (x[..., last:], x[..., :last]) if kind == "reversed" else (x[..., :c // 2], x[..., c // 2:])
                if kind == "split":
                    both = self.zeroed(kept, f"{name}/convolution", 2 * last)
                    mean, s = both[..., :last], both[..., last:]
                    latents.append(((rest - mean) * torch.exp(-s)).reshape(n, -1))
                    x, total = kept, total - s.sum((1, 2, 3))
                    continue
                shift, s = self.affine(kept, last, name)
                rest = (rest + shift) * torch.exp(s)
                x = torch.cat([rest, kept] if kind == "reversed" else [kept, rest], -1)
                total = total + s.expand(rest.shape).sum((1, 2, 3))
        return torch.cat([*latents, x.reshape(len(x), -1)], 1), total

    def inverse(self, z):
        sizes, shape = [], [self.height, self.width, self.channels]
        for kind, _ in self.layers():
            if kind == "squeeze":
                shape = [shape[0] // 2, shape[1] // 2, 4 * shape[2]]
            if kind == "split":
                sizes.append([shape[0], shape[1], shape[2] - shape[2] // 2])
                shape[2] //= 2
        parts = torch.split(z, [math.prod(s) for s in [*sizes, shape]], 1)
        latents = [part.reshape(-1, *size) for part, size in zip(parts, [*sizes, shape])]
        x = latents.pop()
        for kind, name in reversed(self.layers()):
            n, h, w, c = x.shape
            if kind == "actnorm":
                b, s = self.actnorm(x, name)
                x = x * torch.exp(-s) - b
            elif kind == "convolution":
                x = torch.linalg.solve(self.matrix(c, name), x.reshape(-1, c).T).T.reshape(x.shape)
            elif kind == "squeeze":
                y = torch.zeros(n, 2 * h, 2 * w, c // 4)
                for part, (dy, dx) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
                    y[:, dy::2, dx::2] = x[..., part::4]
                x = y
            elif kind == "split":
                rest = latents.pop()
                both = self.zeroed(x, f"{name}/convolution", 2 * rest.shape[3])
                x = torch.cat([x, both[..., :rest.shape[3]] + rest * torch.exp(both[..., rest.shape[3]:])], -1)
            elif kind == "injector":
                shift, s = self.injection(c, name)
                x = x * torch.exp(-s) - shift
            else:
                last = c - c // 2
                kept, rest = (x[..., last:], x[..., :last]) if kind == "reversed" else (x[..., :c // 2], x[..., c // 2:])
                shift, s = self.affine(kept, last, name)
                rest = rest * torch.exp(-s) - shift
                x = torch.cat([rest, kept] if kind == "reversed" else [kept, rest], -1)
        return x


class FlowTraining:
    def __init__(self, case):
        self.case, self.h, self.flow, self.weak = case, case["hyperparameters"], Flow(case), {}
        self.adam = Adam(self.h["learning_rate"], self.h["beta1"])

    def data(self, t, count, stream):
        shape = (count, *self.case["shape"])
        x = torch.tensor(numbers(f"images/{t}", math.prod(shape)).astype(np.float32).astype(np.float64)).reshape(shape)
        if self.flow.height == 1:
            return x
        return (torch.round(x * 255) + uniform(stream, t, shape)) / 256 - 0.5

    def run(self):
        flow, size = self.flow, math.prod(self.case["shape"])
        flow.initializing = True
        flow.forward(self.data(0, self.h["initialization_examples"], "initialization/dequantization"))
        flow.initializing, metrics = False, []
        for t in range(1, STEPS + 1):
            z, determinant = flow.forward(self.data(t, BATCH, "dequantization"))
            bits = 1 / (size * math.log(2))
            prior = (-0.5 * z.square().sum(1) - size * 0.5 * math.log(2 * math.pi)).mean() * bits
            determinant = determinant.mean() * bits
            loss = (0 if flow.height == 1 else 8) - prior - determinant
            values = flow.p.values
            gradients = torch.autograd.grad(loss, list(values.values()))
            norm = math.sqrt(sum(g.square().sum().item() for g in gradients))
            largest = max(g.abs().max().item() for g in gradients)
            for name, g in zip(values, gradients):
                top = g.abs().max().item()
                weak = (g.abs() < 1e-3 * top + 1e-7 * largest) & ((g != 0) | (top < 1e-9 * largest))
                self.weak[name] = self.weak.get(name, torch.zeros_like(weak)) | weak
            clip = self.h["gradient_clip"]
            gradients = [g * min(1, clip / norm) for g in gradients] if clip > 0 else gradients
            warm = self.h["warmup_steps"]
            self.adam.rate = self.h["learning_rate"] * (min(1, t / warm) if warm else 1)
            self.adam.step(values, gradients, t)
            metrics.append({"loss": loss.item(), "latent_bits_per_dimension": -prior.item(), "log_determinant_bits_per_dimension": determinant.item(),
                            "gradient_norm": norm})
        with torch.no_grad():
            z = torch.tensor(2 * numbers("latents", BATCH * size) - 1).reshape(BATCH, -1)
            y = flow.inverse(z * self.h["temperature"])
            held = self.data(4, BATCH, "likelihood")
            z, determinant = flow.forward(held)
            likelihoods = determinant - 0.5 * z.square().sum(1) - size * 0.5 * math.log(2 * math.pi)
        if flow.height > 1:
            y = torch.clamp(torch.floor((y + 0.5) * 256), 0, 255) / 255
        return {
            "model": self.case["model"], "hyperparameters": self.h, "shape": self.case["shape"], "width": self.case["width"],
            "architecture": "mlp" if flow.height == 1 else "glow", "batch_size": BATCH, "seed": SEED, "full": [True] * STEPS, "metrics": metrics,
            "parameters": {name: short(p.detach().reshape(-1)) for name, p in sorted(flow.p.values.items())},
            "weak": {name: torch.nonzero(w.reshape(-1)).reshape(-1).tolist() for name, w in sorted(self.weak.items()) if w.any()},
            "images": short(y.reshape(-1)), "log_likelihoods": short(likelihoods),
        }


def flow_case(model, shape, width, **h):
    base = {"learning_rate": 1e-3, "beta1": 0.9, "warmup_steps": 2, "gradient_clip": 100.0, "initialization_examples": 8, "temperature": 1.0, "convolution": "lu"}
    return {"model": model, "shape": shape, "width": width, "hyperparameters": {**base, **h}, "training": FlowTraining}


# --- super-resolution, on [batch, h, w, channels] outside of convolutions

class RRDB:
    """Residual-in-residual dense blocks; images of low resolution [batch, channels, h, w]."""

    def __init__(self, h, p):
        self.h, self.p = h, p

    def conv(self, x, name, channels):
        weight = self.p(f"{name}/weight", (channels, 3, 3, x.shape[1])).permute(0, 3, 1, 2)
        return F.conv2d(x, weight, self.p(f"{name}/bias", (channels,)), padding=1)

    def trunk(self, x):
        first = y = self.conv(x, "first", self.h["features"])
        outputs = []
        for block in range(self.h["blocks"]):
            z = y
            for dense in (1, 2, 3):
                parts = [z]
                for layer in (1, 2, 3, 4):
                    parts.append(lrelu(self.conv(torch.cat(parts, 1), f"block{block}/dense{dense}/convolution{layer}", self.h["growth"])))
                z = z + 0.2 * self.conv(torch.cat(parts, 1), f"block{block}/dense{dense}/convolution5", self.h["features"])
            y = y + 0.2 * z
            outputs.append(y)
        return first + self.conv(y, "trunk", self.h["features"]), outputs

    def larger(self, x, index):
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"), f"upsampling{index}", self.h["features"])

    def image(self, x, scale):
        y, channels = self.trunk(x)[0], x.shape[1]
        for index in range(1, int(math.log2(scale)) + 1):
            y = lrelu(self.larger(y, index))
        return self.conv(lrelu(self.conv(y, "high", self.h["features"])), "last", channels)

    def conditions(self, x, scale, levels):
        """Of levels 1, 2, ..., as [batch, h, w, channels]."""
        own, outputs = self.trunk(x)
        up, large = [own], own
        for index in range(1, int(math.log2(scale))):
            large = self.larger(lrelu(large) if index > 1 else large, index)
            up.append(large)
        chosen = [outputs[self.h["stack_first"] + k * self.h["stack_spacing"]] for k in range(self.h["stack_count"])]
        found = []
        for level in range(1, levels + 1):
            size = (x.shape[2] * scale >> level, x.shape[3] * scale >> level)
            index = int(math.log2(scale)) - level
            y = up[index] if index >= 0 else F.interpolate(own, size=size, mode="bilinear", align_corners=False)
            found.append(torch.cat([y] + [F.interpolate(part, size=size, mode="nearest") for part in chosen], 1).permute(0, 2, 3, 1))
        return found


class SRFlow(Flow):
    def __init__(self, case):
        super().__init__({**case, "hyperparameters": {**case["hyperparameters"], "convolution": "plain"}})
        self.units, self.conditions = case["hyperparameters"]["hidden"], []

    def layers(self):
        found, last = [], self.count - 1 if self.h["split_all"] else self.count - 2
        for level in range(1, self.count + 1):
            found.append(("squeeze", ""))
            for step in range(1, self.h["transition_steps"] + 1):
                name = f"level{level}/transition{step}"
                found += [("actnorm", f"{name}/actnorm"), ("convolution", f"{name}/convolution")]
            for step in range(1, self.h["depth"] + 1):
                name = f"level{level}/step{step}"
                found += [("actnorm", f"{name}/actnorm"), ("convolution", f"{name}/convolution"), ("injector", f"{name}/injector"), ("coupling", f"{name}/coupling")]
            if level <= last:
                found.append(("split", f"level{level}/split"))
        return found

    @property
    def count(self):
        return self.h["levels"] or int(math.log2(self.h["scale"])) + 1

    def scaled(self, u, count, name):
        both = self.network(u, 2 * count, f"{name}/network")
        return both[..., :count], torch.log(torch.sigmoid(both[..., count:] + 2) + 1e-4)

    def condition(self, name):
        return self.conditions[int(name.split("/")[0].removeprefix("level")) - 1]

    def affine(self, kept, count, name):
        return self.scaled(torch.cat([kept, self.condition(name)], -1), count, name)

    def injection(self, count, name):
        return self.scaled(self.condition(name), count, name)


class PairTraining:
    """The fields of a batch, and the share of the steps that a phase has."""

    def __init__(self, case):
        self.case, self.h, self.weak, self.scale = case, case["hyperparameters"], {}, case["scale"]
        self.height, self.width, self.channels = case["shape"]

    def numbers(self, name, shape):
        return torch.tensor(numbers(name, math.prod(shape)).astype(np.float32).astype(np.float64)).reshape(shape)

    def high(self, t, count=BATCH):
        return self.numbers(f"images/{t}", (count, self.height, self.width, self.channels))

    def low(self, t, count=BATCH):
        return self.numbers(f"low_resolution/{t}", (count, self.height // self.scale, self.width // self.scale, self.channels)).permute(0, 3, 1, 2)

    def image(self, rrdb, t):
        return rrdb.image(self.low(t), self.scale).permute(0, 2, 3, 1)

    def note(self, values, gradients, terms=()):
        """Terms: the gradients of the parts of a loss, which may cancel."""
        largest = max(g.abs().max().item() for g in gradients)
        for place, (name, g) in enumerate(zip(values, gradients)):
            top = g.abs().max().item()
            weak = (g.abs() < 1e-3 * top + 1e-7 * largest) & ((g != 0) | (top < 1e-9 * largest))
            if terms:
                weak |= g.abs() < 1e-2 * sum(term[place].abs() for term in terms)
            self.weak[name] = self.weak.get(name, torch.zeros_like(weak)) | weak

    def result(self, values, metrics, images, **others):
        return {
            "model": self.case["model"], "hyperparameters": {k: v for k, v in self.h.items() if k != "scale"}, "shape": self.case["shape"], "scale": self.scale,
            "width": 1, "steps": STEPS, "architecture": "rrdb", "batch_size": BATCH, "seed": SEED, "full": [True] * STEPS, "metrics": metrics,
            "parameters": {name: short(p.detach().reshape(-1)) for name, p in sorted(values.items())},
            "weak": {name: torch.nonzero(w.reshape(-1)).reshape(-1).tolist() for name, w in sorted(self.weak.items()) if w.any()},
            "images": short(images.reshape(-1)), **others,
        }

    @staticmethod
    def passed(share, steps):
        return math.floor(share * steps + 0.5)

    def cosine(self, t, steps):
        """From 1 to 0.0005 in each of four periods."""
        period = min((t * 4 - 1) // steps, 3)
        begin, end = period * steps // 4, (period + 1) * steps // 4
        return 0.0005 + 0.9995 * (1 + math.cos(math.pi * (t - 1 - begin) / (end - begin))) / 2

    def halvings(self, t, steps, factor):
        return factor ** sum(t > self.passed(share, steps) for share in (0.5, 0.75, 0.9, 0.95))

    def error(self, rrdb, adam, t, update, rate, steps):
        """One update of the mean absolute error."""
        loss = (self.image(rrdb, t) - self.high(t)).abs().mean()
        values = rrdb.p.values
        gradients = torch.autograd.grad(loss, list(values.values()))
        self.note(values, gradients)
        adam.rate = rate * self.cosine(t, steps)
        adam.step(values, gradients, update)
        return loss.item()


class SRFlowTraining(PairTraining):
    def noisy(self, t, count, stream, step):
        x = self.high(t, count)
        noise = (uniform(stream, step, x.shape) - 0.5) * self.h["noise"]
        return (torch.round(x * 255) + 0.5 + noise) / 256 - 0.5

    def run(self):
        flow, size = SRFlow(self.case), math.prod(self.case["shape"])
        rrdb = RRDB(self.h, Network("encoder"))
        first = self.passed(self.h["pretraining"], STEPS)
        last = self.passed(min(1, self.h["pretraining"] + self.h["unfreeze"] * (1 - self.h["pretraining"])), STEPS)
        betas = self.h["beta1"], self.h["beta2"]
        alone, mine, theirs = Adam(0, *betas), Adam(0, *betas), Adam(0, *betas)
        metrics = []

        def density(y, x):
            flow.conditions = rrdb.conditions(x, self.scale, flow.count)
            z, determinant = flow.forward(y)
            return -0.5 * z.square().sum(1) - size * 0.5 * math.log(2 * math.pi), determinant

        def initialize():
            count = self.h["initialization_examples"]
            flow.initializing = True
            density(self.noisy(0, count, "initialization/dequantization", first), self.low(0, count))
            flow.initializing = False

        for t in range(1, STEPS + 1):
            if t - 1 == first:
                initialize()
            if t <= first:
                metrics.append({"absolute_error": self.error(rrdb, alone, t, t, self.h["pretraining_rate"], first)})
                continue
            prior, determinant = (part.mean() / (size * math.log(2)) for part in density(self.noisy(t, BATCH, "dequantization", t), self.low(t)))
            loss = 8 - prior - determinant
            reached = {} if t <= last else {name: p for name, p in rrdb.p.values.items() if name.split("/")[1] in self.trained}
            values = {**flow.p.values, **reached}
            gradients = torch.autograd.grad(loss, list(values.values()))
            norm = math.sqrt(sum(g.square().sum().item() for g in gradients))
            self.note(values, gradients)
            clip = self.h["gradient_clip"]
            gradients = [g * min(1, clip / norm) for g in gradients] if clip > 0 else gradients
            decay = self.halvings(t - first, STEPS - first, self.h["decay"])
            mine.rate, theirs.rate = self.h["learning_rate"] * decay, self.h["learning_rate"] * self.h["encoder_rate"] * decay
            mine.step(flow.p.values, gradients, t - first)
            if reached:
                theirs.step(reached, gradients[len(flow.p.values):], t - max(first, last))
            metrics.append({"loss": loss.item(), "latent_bits_per_dimension": -prior.item(), "log_determinant_bits_per_dimension": determinant.item(),
                            "gradient_norm": norm})
        with torch.no_grad():
            z = torch.tensor(2 * numbers("latents", BATCH * size) - 1).reshape(BATCH, -1)
            flow.conditions = rrdb.conditions(self.low("sampling"), self.scale, flow.count)
            y = torch.clamp(torch.floor((flow.inverse(z * self.h["temperature"]) + 0.5) * 256), 0, 255) / 255
            held = (torch.round(self.high(4) * 255) + uniform("likelihood", 4, (BATCH, *self.case["shape"]))) / 256 - 0.5
            likelihoods = sum(density(held, self.low(4)))
        return self.result({**rrdb.p.values, **flow.p.values}, metrics, y, log_likelihoods=short(likelihoods))

    @property
    def trained(self):
        """The layers of the encoder that the conditions depend on."""
        count = int(math.log2(self.scale)) - 1
        return {"first", "trunk", *(f"block{i}" for i in range(self.h["blocks"])), *(f"upsampling{i}" for i in range(1, count + 1))}


class RRDBTraining(PairTraining):
    def run(self):
        rrdb, adam = RRDB(self.h, Network("generator")), Adam(0, self.h["beta1"], self.h["beta2"])
        metrics = [{"absolute_error": self.error(rrdb, adam, t, t, self.h["learning_rate"], STEPS)} for t in range(1, STEPS + 1)]
        with torch.no_grad():
            images = self.image(rrdb, "sampling").clamp(0, 1)
        return self.result(rrdb.p.values, metrics, images)


class ESRGANTraining(PairTraining):
    def scores(self, d, x):
        x = x.permute(0, 3, 1, 2)
        for layer in range(4):
            x = lrelu(d.conv(x, f"convolution{layer + 1}", self.h["discriminator_features"] << layer, 4))
        return d.dense(flat(x), "linear5", 1)[:, 0]

    def features(self, x):
        x = x.permute(0, 3, 1, 2)
        for layer, channels in ((1, 16), (2, 32)):
            shape, inputs = (channels, 3, 3, x.shape[1]), 9 * x.shape[1]
            weight = normal(f"initial/extractor/convolution{layer}/weight", 0, shape) * math.sqrt(2 / inputs)
            x = F.conv2d(x, weight.permute(0, 3, 1, 2), padding=1)
            x = F.max_pool2d(torch.relu(x), 2) if layer == 1 else x
        return x

    @staticmethod
    def relative(truer, falser):
        return F.softplus(falser.mean() - truer).mean() + F.softplus(falser - truer.mean()).mean()

    def run(self):
        g, d = RRDB(self.h, Network("generator")), Network("discriminator")
        first, metrics = self.passed(self.h["pretraining"], STEPS), []
        alone, mine, theirs = (Adam(0, self.h["beta1"]) for _ in range(3))
        for t in range(1, STEPS + 1):
            if t <= first:
                metrics.append({"absolute_error": self.error(g, alone, t, t, self.h["pretraining_rate"], first)})
                continue
            truth, made = self.high(t), self.image(g, t)
            mine.rate = theirs.rate = self.h["learning_rate"] * self.halvings(t - first, STEPS - first, 0.5)
            loss = self.relative(self.scores(d, truth), self.scores(d, made.detach()))
            out = {"discriminator_loss": loss.item()}
            variables = list(d.values.values())
            # A shift of all scores cancels between the real and the made images.
            sides = [self.relative(self.scores(d, truth), self.scores(d, made.detach()).detach()), self.relative(self.scores(d, truth).detach(), self.scores(d, made.detach()))]
            terms = [torch.autograd.grad(side, variables) for side in sides]
            gradients = torch.autograd.grad(loss, variables)
            self.note(d.values, gradients, terms)
            theirs.step(d.values, gradients, t - first)
            adversarial = self.relative(self.scores(d, made), self.scores(d, truth))
            pixels, features = (made - truth).abs().mean(), (self.features(made) - self.features(truth)).abs().mean()
            loss = self.h["pixel_weight"] * pixels + self.h["feature_weight"] * features + self.h["adversarial_weight"] * adversarial
            variables = list(g.p.values.values())
            parts = [self.h[f"{name}_weight"] * part for name, part in (("pixel", pixels), ("feature", features), ("adversarial", adversarial))]
            terms = [torch.autograd.grad(part, variables, retain_graph=True) for part in parts]
            gradients = torch.autograd.grad(loss, variables)
            self.note(g.p.values, gradients, terms)
            mine.step(g.p.values, gradients, t - first)
            metrics.append({**out, "absolute_error": pixels.item(), "feature_error": features.item(), "adversarial_loss": adversarial.item(), "generator_loss": loss.item()})
        with torch.no_grad():
            images = self.image(g, "sampling").clamp(0, 1)
        return self.result({**g.p.values, **d.values}, metrics, images)


def bicubic_matrix(inputs, outputs):
    """Matlab's imresize for an enlargement: Keys' cubic with a = -1/2, mirrored borders."""
    def cubic(x):
        x = abs(x)
        return 1.5 * x**3 - 2.5 * x**2 + 1 if x <= 1 else -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x <= 2 else 0.0
    matrix = torch.zeros(outputs, inputs)
    for i in range(outputs):
        center = (i + 1) * inputs / outputs + 0.5 * (1 - inputs / outputs) - 1
        taps = [(math.floor(center) + k, cubic(center - math.floor(center) - k)) for k in range(-2, 4)]
        for tap, weight in taps:
            tap %= 2 * inputs
            matrix[i, min(tap, 2 * inputs - 1 - tap)] += weight / sum(w for _, w in taps)
    return matrix


class BicubicTraining(PairTraining):
    def made(self, t):
        rows, columns = (bicubic_matrix(n // self.scale, n) for n in (self.height, self.width))
        return torch.einsum("ij,lk,bcjk->bilc", rows, columns, self.low(t)).clamp(0, 1)

    def run(self):
        metrics = [{"absolute_error": (self.made(t) - self.high(t)).abs().mean().item()} for t in range(1, STEPS + 1)]
        return {**self.result({}, metrics, self.made("sampling")), "hyperparameters": {}}


def pair_case(model, training, shape, scale, **h):
    base = {"learning_rate": 1e-3, "features": 3, "growth": 2, "blocks": 2, "beta1": 0.9}
    return {"model": model, "shape": shape, "scale": scale, "width": 1, "hyperparameters": {**base, **h, "scale": scale}, "training": training}


def srflow_case(shape, scale, **h):
    base = {"beta2": 0.99, "levels": 0, "depth": 1, "transition_steps": 1, "hidden": 3, "split_all": False, "temperature": 0.8, "decay": 0.5, "gradient_clip": 10.0,
            "noise": 8.0, "initialization_examples": 8, "pretraining": 1 / 3, "pretraining_rate": 1e-3, "unfreeze": 0.5, "encoder_rate": 0.5, "stack_first": 0,
            "stack_spacing": 1, "stack_count": 2}
    return pair_case("srflow", SRFlowTraining, shape, scale, **{**base, **h})


def short(values):
    return [float(f"{v:.8g}") for v in values.tolist()]


def case(model, network=InfoGAN, shape=(8, 8, 1), width=1 / 32, **h):
    base = {"learning_rate": 1e-3, "beta1": 0.5, "disc_iters": 1, "discriminator_batchnorm": True}
    return {"model": model, "network": network, "shape": shape, "width": width, "hyperparameters": {**base, **h}}


def wgt(model, kernel, bias, optimizer, kinds, **h):
    return {"model": model, "network": lambda a, b, c, w: DCGAN(a, b, c, w, kernel, bias), "shape": (16, 16, 3), "width": 1 / 64, "symmetric": True,
            "optimizer": optimizer, "kinds": kinds, "hyperparameters": h}


CASES = {
    "mm-gan": case("mm-gan", beta1=0.0),
    "ns-gan": case("ns-gan", shape=(7, 6, 3)),
    "ns-gan-plain": case("ns-gan", discriminator_batchnorm=False),
    "lsgan": case("lsgan", output="sigmoid"),
    "lsgan-linear": case("lsgan", output="linear"),
    "wgan": case("wgan", disc_iters=2, weight_clipping=0.1, clipped="all"),
    "wgan-rmsprop": {**case("wgan", weight_clipping=0.1, clipped="weights", optimizer="rmsprop"), "optimizer": lambda h: RMSProp(h["learning_rate"], 0.9)},
    "wgan-gp": case("wgan-gp", disc_iters=2, discriminator_batchnorm=False, **{"lambda": 10.0}),
    "wgan-gp-normalized": case("wgan-gp", **{"lambda": 2.0}),
    "dragan": case("dragan", penalty="sigmoid", **{"lambda": 10.0}),
    "dragan-logit": case("dragan", penalty="logit", discriminator_batchnorm=False, **{"lambda": 1.0}),
    "began": case("began", disc_iters=2, discriminator_batchnorm=False, clip_k=False, gamma=0.75, **{"lambda": 0.5}),
    "began-clipped": case("began", clip_k=True, gamma=0.3, **{"lambda": 0.5}),
    "vae": case("vae", shape=(8, 8, 3), channels="mean"),
    "vae-sum": case("vae", shape=(6, 5, 3), channels="sum", discriminator_batchnorm=False),
    "wgan-gp-points": case("wgan-gp", Points, (1, 1, 2), discriminator_batchnorm=False, **{"lambda": 0.1}),
    "began-points": case("began", Points, (1, 1, 2), clip_k=False, gamma=0.5, **{"lambda": 0.5}),
    "vae-points": case("vae", Points, (1, 1, 2), discriminator_batchnorm=False, channels="mean"),
    "wgt-wgan": wgt("wgt-wgan", 4, False, lambda h: RMSProp(h["learning_rate"], h["decay"]), [False, True, True],
                    learning_rate=1e-3, decay=0.9, weight_clipping=0.1),
    "wgt-gan": wgt("wgt-gan", 5, True, lambda h: Adam(h["learning_rate"], h["beta1"]), [True] * 3, learning_rate=1e-3, beta1=0.5, feature_matching=0.1),
    "realnvp": flow_case("realnvp", (1, 1, 2), 1 / 16, couplings=3),
    "realnvp-plain": flow_case("realnvp", (1, 1, 2), 1 / 16, couplings=2, convolution="plain", gradient_clip=0.05, temperature=0.5),
    "glow": flow_case("glow", (4, 4, 1), 1 / 128, levels=2, depth=2, coupling="affine"),
    "glow-plain": flow_case("glow", (4, 8, 3), 1 / 128, levels=2, depth=1, coupling="affine", convolution="plain", warmup_steps=0),
    "glow-additive": flow_case("glow", (2, 4, 1), 1 / 128, levels=1, depth=2, coupling="additive", temperature=0.7),
    "glow-floor": flow_case("glow", (4, 4, 1), 1 / 128, levels=1, depth=2, coupling="affine", scale_floor=0.1),
    "srflow": srflow_case((8, 16, 1), 4),
    "srflow-unfrozen": srflow_case((4, 8, 3), 2, split_all=True, noise=0.0, pretraining=0.0, unfreeze=0.0, depth=2, transition_steps=0, gradient_clip=0.05, encoder_rate=1.0),
    "srflow-8": srflow_case((16, 16, 1), 8, levels=3, pretraining=0.0, unfreeze=1.0, noise=1.0, stack_first=1, blocks=3),
    "rrdb": pair_case("rrdb", RRDBTraining, (8, 12, 3), 2, beta2=0.99),
    "bicubic": pair_case("bicubic", BicubicTraining, (16, 8, 3), 4),
    "esrgan": pair_case("esrgan", ESRGANTraining, (16, 12, 3), 4, pretraining=1 / 3, pretraining_rate=1e-3, pixel_weight=0.5, feature_weight=0.7, adversarial_weight=0.02,
                        discriminator_features=2),
}

if __name__ == "__main__":
    for name, one in CASES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        result = one.get("training", Training)(one).run()
        if one["model"].startswith("wgt"):
            result["architecture"] = "dcgan"
        text = json.dumps(result, separators=(",", ":"))
        (HERE / f"{name}.json").write_text(text + "\n")
        weak = sum(len(w) for w in result["weak"].values())
        count = sum(len(p) for p in result["parameters"].values())
        print(f"{name}: {len(text)} bytes, {count} parameters, {weak} weak, {result['metrics'][-1]}")
