"""Normalizing flows in binary64: docs/reproduction.md, sections 3 (initialization from data), 5 (layers of flows), 6 (`realnvp`, `glow`), 7, and 9 (`bits_per_dimension`)."""

import math

import numpy as np
import torch
import torch.nn.functional as nn

from networks import DOUBLE, constant
from streams import Stream, data_order

MODELS = ("realnvp", "glow")


def tensor(array):
    return torch.tensor(np.asarray(array), dtype=DOUBLE)


class Flow:
    """The flow of a specification over variables by name. Examples are [count, height, width, channels]."""

    def __init__(self, specification, shape, values):
        self.hyper, self.values = specification["hyperparameters"], values
        self.height, self.width, self.channels = shape
        self.points = shape[0] == 1 and shape[1] == 1
        # Whether actnorms take their values from what passes.
        self.fitting = False

    def __getitem__(self, name):
        return self.values[f"flow/{name}"]

    @property
    def size(self):
        return self.height * self.width * self.channels

    # The order of the layers: (kind, name).

    def layers(self):
        if self.points:
            for k in range(1, self.hyper["couplings"] + 1):
                yield from [("actnorm", f"step{k}/actnorm"), ("mix", f"step{k}/convolution"), ("last" if k % 2 == 0 else "first", f"step{k}/coupling")]
            yield "actnorm", "actnorm"
            return
        for level in range(1, self.hyper["levels"] + 1):
            yield "squeeze", ""
            for k in range(1, self.hyper["depth"] + 1):
                step = f"level{level}/step{k}"
                yield from [("actnorm", f"{step}/actnorm"), ("mix", f"{step}/convolution"), ("first", f"{step}/coupling")]
            if level < self.hyper["levels"]:
                yield "split", f"level{level}/split"

    # Parts of layers

    def actnorm(self, x, layer):
        if self.fitting:
            mean = x.mean(dim=(0, 1, 2))
            deviation = torch.sqrt(((x - mean) ** 2).mean(dim=(0, 1, 2)))
            self.values[f"flow/{layer}/bias"], self.values[f"flow/{layer}/log_scale"] = -mean, -torch.log(deviation + constant(1e-6))
        return self[layer + "/bias"], self[layer + "/log_scale"]

    def matrix(self, layer):
        """W and log |det W|."""
        if self.hyper["convolution"] == "plain":
            return self[layer + "/matrix"], torch.linalg.slogdet(self[layer + "/matrix"])[1]
        s = self[layer + "/log_scale"]
        lower = torch.tril(self[layer + "/lower"], -1) + torch.eye(len(s), dtype=DOUBLE)
        upper = torch.triu(self[layer + "/upper"], 1) + torch.diag(self[layer + "/sign"] * torch.exp(s))
        return self[layer + "/permutation"] @ lower @ upper, s.sum()

    def convolution(self, x, layer, bias=False):
        weight = self[layer + "/weight"]
        y = nn.conv2d(x.permute(0, 3, 1, 2), weight.permute(0, 3, 1, 2), padding=weight.shape[1] // 2).permute(0, 2, 3, 1)
        return y + self[layer + "/bias"] if bias else y

    def zero_convolution(self, x, layer):
        return self.convolution(x, layer, bias=True) * torch.exp(3 * self[layer + "/log_factor"])

    def network(self, x, layer):
        if self.points:
            for hidden in ("linear1", "linear2"):
                x = torch.relu(x @ self[f"{layer}/{hidden}/weight"] + self[f"{layer}/{hidden}/bias"])
            return x @ self[f"{layer}/linear3/weight"] + self[f"{layer}/linear3/bias"]
        for hidden in ("convolution1", "convolution2"):
            x = self.convolution(x, f"{layer}/{hidden}")
            b, s = self.actnorm(x, f"{layer}/{hidden}/actnorm")
            x = torch.relu((x + b) * torch.exp(s))
        return self.zero_convolution(x, layer + "/convolution3")

    def coupled(self, kept, count, layer):
        """t and log S for `count` channels."""
        y = self.network(kept, layer + "/network")
        if self.hyper.get("coupling") == "additive":
            return y, torch.zeros_like(y)
        t, u = y[..., :count], y[..., count:]
        if self.points:
            return t, self[layer + "/alpha"] * torch.tanh(u)
        floor = self.hyper.get("scale_floor", 0)
        return t, torch.log(torch.sigmoid(u + 2) + constant(floor)) if floor else -nn.softplus(-(u + 2), threshold=1e9)

    @staticmethod
    def halves(x, kind):
        """(what passes, the others)"""
        channels = x.shape[3]
        half = channels // 2
        return (x[..., channels - half :], x[..., : channels - half]) if kind == "last" else (x[..., :half], x[..., half:])

    # Both directions

    def forward(self, x):
        """Latents [count, all] and D [count]."""
        total, left = torch.zeros(len(x), dtype=DOUBLE), []
        for kind, layer in self.layers():
            count, h, w, c = x.shape
            if kind == "actnorm":
                b, s = self.actnorm(x, layer)
                x, total = (x + b) * torch.exp(s), total + h * w * s.sum()
            elif kind == "mix":
                matrix, determinant = self.matrix(layer)
                x, total = torch.einsum("nhwi,oi->nhwo", x, matrix), total + h * w * determinant
            elif kind == "squeeze":
                x = x.reshape(count, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 5, 2, 4).reshape(count, h // 2, w // 2, 4 * c)
            elif kind == "split":
                kept, rest = self.halves(x, kind)
                y = self.zero_convolution(kept, layer + "/convolution")
                m, s = y[..., : rest.shape[3]], y[..., rest.shape[3] :]
                left.append(((rest - m) * torch.exp(-s)).reshape(count, -1))
                x, total = kept, total - s.sum(dim=(1, 2, 3))
            else:
                kept, rest = self.halves(x, kind)
                t, s = self.coupled(kept, rest.shape[3], layer)
                rest = (rest + t) * torch.exp(s)
                x, total = torch.cat([rest, kept] if kind == "last" else [kept, rest], dim=3), total + s.sum(dim=(1, 2, 3))
        return torch.cat(left + [x.reshape(len(x), -1)], dim=1), total

    def latent_shapes(self):
        """Of each split, then of the end."""
        shapes, (h, w, c) = [], (self.height, self.width, self.channels)
        for kind, _ in self.layers():
            if kind == "squeeze":
                h, w, c = h // 2, w // 2, 4 * c
            elif kind == "split":
                shapes.append((h, w, c - c // 2))
                c = c // 2
        return shapes + [(h, w, c)]

    def inverse(self, z):
        shapes = self.latent_shapes()
        left = [part.reshape(len(z), *shape) for part, shape in zip(torch.split(z, [math.prod(s) for s in shapes], dim=1), shapes)]
        x = left.pop()
        for kind, layer in reversed(list(self.layers())):
            count, h, w, c = x.shape
            if kind == "actnorm":
                b, s = self.actnorm(x, layer)
                x = x * torch.exp(-s) - b
            elif kind == "mix":
                x = torch.einsum("nhwi,oi->nhwo", x, torch.linalg.inv(self.matrix(layer)[0]))
            elif kind == "squeeze":
                x = x.reshape(count, h, w, c // 4, 2, 2).permute(0, 1, 4, 2, 5, 3).reshape(count, 2 * h, 2 * w, c // 4)
            elif kind == "split":
                rest = left.pop()
                y = self.zero_convolution(x, layer + "/convolution")
                x = torch.cat([x, y[..., : rest.shape[3]] + rest * torch.exp(y[..., rest.shape[3] :])], dim=3)
            else:
                kept, rest = self.halves(x, kind)
                t, s = self.coupled(kept, rest.shape[3], layer)
                rest = rest * torch.exp(-s) - t
                x = torch.cat([rest, kept] if kind == "last" else [kept, rest], dim=3)
        return x

    def continuous(self, images, stream, step, start=0):
        """y of examples, with noise from an element of a stream on."""
        x = tensor(images)
        if self.points:
            return x
        noise = stream.uniform(0, 1, step, start, x.numel()).reshape(x.shape)
        return (torch.round(255 * x) + tensor(noise)) / 256 - 0.5

    def log_likelihood(self, y):
        """(the part of the latents, D), in nats, [count]."""
        z, determinant = self.forward(y)
        return -(z**2).sum(dim=1) / 2 - self.size * math.log(2 * math.pi) / 2, determinant


# Initial values

def rotation(seed, name, size):
    numbers = Stream(seed, f"initial/{name}").normal(0, 1, 0, 0, size * size).astype(np.float64).reshape(size, size)
    q, r = np.linalg.qr(numbers)
    return q * np.sign(np.diag(r))


def factor(q, part):
    a, rows, size = q.copy(), list(range(len(q))), len(q)
    for k in range(size):
        best = k + int(np.argmax(np.abs(a[k:, k])))
        a[[k, best]], rows[k], rows[best] = a[[best, k]], rows[best], rows[k]
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    if part == "permutation":
        p = np.zeros((size, size))
        p[rows, range(size)] = 1
        return p
    return {"lower": np.tril(a, -1), "upper": np.triu(a, 1), "sign": np.sign(np.diag(a)), "log_scale": np.log(np.abs(np.diag(a)))}[part]


def initial_value(specification, name, shape):
    """Before the initialization from data."""
    seed, count, (layer, part) = specification["seed"], int(np.prod(shape)), name.rsplit("/", 1)
    if name.startswith("adam/") or part in ("bias", "log_factor") or layer.endswith(("actnorm", "linear3", "convolution3", "split/convolution")):
        return np.zeros(shape, np.float32)
    if part == "alpha":
        return np.ones(shape, np.float32)
    if part != "weight":
        size = shape[0]
        q = rotation(seed, f"{layer}/matrix", size)
        return (q if part == "matrix" else factor(q, part)).astype(np.float32)
    deviation = np.sqrt(np.float32(2) / np.float32(shape[0])) if "linear" in layer else 0.05
    return Stream(seed, f"initial/{name}").normal(0, deviation, 0, 0, count).reshape(shape)


def fitted(specification, shapes, train):
    """All variables and state before the first step, by name, and the names that examples decide."""
    seed, count = specification["seed"], specification["hyperparameters"]["initialization_examples"]
    values = {name: tensor(initial_value(specification, name, shape)) for name, shape in shapes.items()}
    flow = Flow(specification, train.shape[1:], dict(values))
    flow.fitting = True
    examples = train[data_order(len(train), count, seed, 1)]
    with torch.no_grad():
        flow.forward(flow.continuous(examples, Stream(seed, "initialization/dequantization"), 0))
    return {name: value.numpy() for name, value in flow.values.items()}, {name for name in shapes if name.startswith("flow/") and name.rsplit("/", 2)[-2] == "actnorm"}


# Training

class FlowStep:
    """Step t from the values of all variables and state before it; the counterpart of models.Step."""

    updates_generator = False

    def __init__(self, specification, t, arrays, pixels, recorded=None):
        self.specification, self.t, self.recorded = specification, t, recorded
        self.model, self.hyper, self.sizes = specification["model"], specification["hyperparameters"], {}
        self.values = {name: tensor(array) for name, array in arrays.items() if array.dtype != np.int64}
        self.pixels = pixels

    def real_value(self, name):
        return constant(self.hyper[name])

    def run(self):
        names = [name for name in self.values if name.startswith("flow/") and name.rsplit("/", 1)[1] not in ("permutation", "sign")]
        for name in names:
            self.values[name] = self.values[name].requires_grad_()
        flow = Flow(self.specification, self.pixels.shape[1:], self.values)
        y = flow.continuous(self.pixels, Stream(self.specification["seed"], "dequantization"), self.t)
        prior, determinant = (part.mean() / (flow.size * math.log(2)) for part in flow.log_likelihood(y))
        leaves = [self.values[name] for name in names]
        gradients = torch.autograd.grad(-(prior + determinant), leaves, retain_graph=True)
        for part in (prior, determinant):
            found = torch.autograd.grad(part, leaves, retain_graph=True, allow_unused=True)
            self.sizes["flow"] = max([self.sizes.get("flow", 0.0)] + [float(g.abs().max()) for g in found if g is not None])
        clip = self.real_value("gradient_clip")
        norm = torch.sqrt(sum((g**2).sum() for g in gradients))
        factor = min(1.0, clip / float(norm)) if clip > 0 else 1.0
        for name, gradient in zip(names, gradients):
            self.adam(name, self.values[name].detach(), gradient * factor)
        counts = {"updates/model": self.t, "streams/latents": self.t + 1, "streams/data/order": self.t * self.specification["batch_size"]}
        return {name: value.detach().numpy() for name, value in self.values.items()}, counts

    def adam(self, name, value, gradient):
        beta1, beta2, warm = self.real_value("beta1"), constant(0.999), self.hyper["warmup_steps"]
        m = beta1 * self.values[f"adam/{name}/m"] + float(np.float32(1) - np.float32(beta1)) * gradient
        v = beta2 * self.values[f"adam/{name}/v"] + float(np.float32(1) - np.float32(0.999)) * gradient**2
        rate = self.hyper["learning_rate"] * (min(1.0, self.t / warm) if warm else 1.0)
        rate = constant(rate * math.sqrt(1 - beta2**self.t) / (1 - beta1**self.t))
        self.values[f"adam/{name}/m"], self.values[f"adam/{name}/v"] = m.detach(), v.detach()
        if self.recorded is not None:
            m, v = tensor(self.recorded[f"adam/{name}/m"]), tensor(self.recorded[f"adam/{name}/v"])
        self.values[name] = (value - rate * m / (torch.sqrt(v) + constant(1e-8))).detach()


# Samples and likelihood

def flow_of(archive, shape):
    return Flow(archive.manifest["specification"], shape, {name: tensor(array) for name, array in archive.arrays.items() if array.dtype != np.int64})


def samples(archive, shape, stream, start, count):
    """Latents and y [count, height, width, channels], before the conversion to pixels."""
    flow = flow_of(archive, shape)
    z = Stream(0, stream).normal(0, 1, 0, start * flow.size, count * flow.size).reshape(count, flow.size)
    with torch.no_grad():
        return z, flow.inverse(tensor(z) * constant(flow.hyper["temperature"])).numpy()


def pixels(y):
    return np.clip(np.floor(256 * (y + 0.5)), 0, 255) / 255


def bits_per_dimension(archive, examples, draws):
    """Mean and standard error over examples."""
    flow, stream = flow_of(archive, examples.shape[1:]), Stream(0, "evaluation/dequantization")
    found = []
    with torch.no_grad():
        for start in range(0, len(examples), 100):
            part = examples[start : start + 100]
            drawn = [sum(flow.log_likelihood(flow.continuous(part, stream, k, start * flow.size))) for k in range(1 if flow.points else draws)]
            found.append(sum(drawn) / len(drawn))
    values = torch.cat(found).numpy()
    unit = flow.size * math.log(2)
    return (0 if flow.points else 8) - values.mean() / unit, values.std(ddof=1) / math.sqrt(len(values)) / unit
