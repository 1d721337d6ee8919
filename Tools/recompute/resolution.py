"""Super-resolution in binary64: docs/reproduction.md, sections 3 (low resolution, flips), 5, 6 (`srflow`, `rrdb`, `esrgan`, `bicubic`; phases and schedules), 7, and 9."""

import math

import numpy as np
import torch
import torch.nn.functional as nn

import flows
from flows import tensor
from networks import Parameters, constant, flat, leaky
from streams import Stream

MODELS = ("srflow", "rrdb", "esrgan", "bicubic")


# Low resolution

def cubic(x):
    x = np.abs(x)
    return np.where(x <= 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x <= 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0.0))


def weights(size, to):
    """The weights of an axis as a matrix [to, size]: stretched where the axis is reduced, not where it is enlarged."""
    matrix, f = np.zeros((to, size)), size / to
    stretch = max(f, 1.0)
    for i in range(to):
        center = f * (i + 0.5) - 0.5
        places = np.arange(math.floor(center - 2 * stretch), math.ceil(center + 2 * stretch) + 1)
        places = places[np.abs(center - places) < 2 * stretch]
        w = cubic((center - places) / stretch) / stretch
        for place, part in zip(places, w / w.sum()):
            place = place % (2 * size)
            matrix[i, place if place < size else 2 * size - 1 - place] += part
    return matrix


def resampled(levels, height, width):
    """Bytes [count, h, w, c] to another size: rows, then columns, rounded to bytes after each."""
    for axis, size in ((1, height), (2, width)):
        moved = np.tensordot(weights(levels.shape[axis], size), levels.astype(np.float64), axes=(1, axis))
        levels = np.clip(np.rint(np.moveaxis(moved, 0, axis)), 0, 255)
    return levels.astype(np.uint8)


def levels_of(images):
    """The levels of images in [0, 1], ties away from 0."""
    clipped = np.clip(np.asarray(images, np.float32), 0, 1)
    return np.floor(clipped * np.float32(255) + np.float32(0.5)).astype(np.uint8)


# Networks

def convolution(x, values, layer, bias=True):
    """3x3 or 1x1, stride 1, of [count, height, width, channels]."""
    weight = values[layer + "/weight"]
    y = nn.conv2d(x.permute(0, 3, 1, 2), weight.permute(0, 3, 1, 2), padding=weight.shape[1] // 2).permute(0, 2, 3, 1)
    return y + values[layer + "/bias"] if bias else y


def doubled(x):
    return x.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)


class RRDB:
    """The network `rrdb` over variables by name."""

    def __init__(self, specification, values, prefix, scale):
        self.hyper, self.values, self.prefix, self.doublings = specification["hyperparameters"], values, prefix, scale.bit_length() - 1

    def layer(self, x, name):
        return convolution(x, self.values, f"{self.prefix}/{name}")

    def trunk(self, x):
        """The output of the trunk and those of the blocks."""
        first = y = self.layer(x, "first")
        outputs = []
        for b in range(self.hyper["blocks"]):
            z = y
            for d in (1, 2, 3):
                known = [z]
                for i in (1, 2, 3, 4):
                    known.append(leaky(self.layer(torch.cat(known, dim=3), f"block{b}/dense{d}/convolution{i}")))
                z = z + constant(0.2) * self.layer(torch.cat(known, dim=3), f"block{b}/dense{d}/convolution5")
            y = y + constant(0.2) * z
            outputs.append(y)
        return first + self.layer(y, "trunk"), outputs

    def upsampled(self, trunk, count):
        found = []
        for i in range(1, count + 1):
            found.append(self.layer(doubled(leaky(found[-1]) if found else trunk), f"upsampling{i}"))
        return found

    def image(self, x):
        trunk, _ = self.trunk(x)
        u = self.upsampled(trunk, self.doublings)[-1]
        return self.layer(leaky(self.layer(leaky(u), "high")), "last")

    def conditions(self, x, levels):
        trunk, blocks = self.trunk(x)
        large = self.upsampled(trunk, max(0, self.doublings - 1))
        taken = [self.hyper["stack_first"] + j * self.hyper["stack_spacing"] for j in range(self.hyper["stack_count"])]
        stacked, found = torch.cat([blocks[b] for b in taken], dim=3), []
        for level in range(1, levels + 1):
            i, own = self.doublings - level, trunk
            if i > 0:
                own = large[i - 1]
            for _ in range(-i):
                n, h, w, c = own.shape
                own = own.reshape(n, h // 2, 2, w // 2, 2, c).mean(dim=(2, 4))
            rows, columns = (torch.tensor([p * size // out for p in range(out)]) for size, out in zip(stacked.shape[1:3], own.shape[1:3]))
            found.append(torch.cat([own, stacked[:, rows][:, :, columns]], dim=3))
        return found


class ConditionalFlow(flows.Flow):
    """The flow of `srflow`, given the conditions of its levels."""

    def __init__(self, specification, shape, values, scale, conditions):
        super().__init__(specification, shape, values)
        self.count, self.conditions = self.hyper["levels"] or scale.bit_length(), conditions

    @staticmethod
    def levels_of(specification, scale):
        return specification["hyperparameters"]["levels"] or scale.bit_length()

    def layers(self):
        for level in range(1, self.count + 1):
            yield "squeeze", ""
            for t in range(1, self.hyper["transition_steps"] + 1):
                yield from [("actnorm", f"level{level}/transition{t}/actnorm"), ("mix", f"level{level}/transition{t}/convolution")]
            for k in range(1, self.hyper["depth"] + 1):
                step = f"level{level}/step{k}"
                yield from [("actnorm", f"{step}/actnorm"), ("mix", f"{step}/convolution"), ("injector", f"{step}/injector"), ("first", f"{step}/coupling")]
            if level <= self.count - (1 if self.hyper["split_all"] else 2):
                yield "split", f"level{level}/split"

    def matrix(self, layer):
        return self[layer + "/matrix"], torch.linalg.slogdet(self[layer + "/matrix"])[1]

    @staticmethod
    def halves(x, kind):
        return (x[..., :0], x) if kind == "injector" else flows.Flow.halves(x, kind)

    def coupled(self, kept, count, layer):
        condition = self.conditions[int(layer.split("/")[0].removeprefix("level")) - 1]
        y = self.network(torch.cat([kept, condition], dim=3), layer + "/network")
        return y[..., :count], torch.log(torch.sigmoid(y[..., count:] + 2) + constant(self.hyper.get("scale_floor", 1e-4)))

    def noisy(self, images, stream, step):
        """y with the noise of training."""
        width, x = self.hyper["noise"], tensor(images)
        u = tensor(stream.uniform(0, 1, step, 0, x.numel()).reshape(x.shape)) if width > 0 else 0.5
        return (torch.round(255 * x) + 0.5 + constant(width) * (u - 0.5)) / 256 - 0.5


def flow_given(specification, values, shape, low, scale):
    encoder = RRDB(specification, values, "encoder", scale)
    return ConditionalFlow(specification, shape, values, scale, encoder.conditions(tensor(low), ConditionalFlow.levels_of(specification, scale)))


# Initial values

def initial_value(specification, name, shape):
    if name.startswith("adam/"):
        return np.zeros(shape, np.float32)
    prefix, part = name.split("/")[0], name.rsplit("/", 1)[1]
    if prefix == "flow":
        return flows.initial_value(specification, name, shape)
    if part == "bias":
        return np.zeros(shape, np.float32)
    inputs = np.float32(shape[-1])
    if prefix == "discriminator":
        deviation = np.float32(0.02) if "linear" in name else np.sqrt(np.float32(2) / (np.float32(16) * inputs))
    elif prefix == "extractor":
        deviation = np.sqrt(np.float32(2) / (np.float32(9) * inputs))
    elif "/dense" in name:
        deviation = np.float32(0.1) * np.sqrt(np.float32(2) / (np.float32(9) * inputs))
    else:
        deviation = np.sqrt(np.float32(1) / (np.float32(27) * inputs))
    return Stream(specification["seed"], f"initial/{name}").normal(0, deviation, 0, 0, int(np.prod(shape))).reshape(shape)


def decided(names):
    """The variables whose first values come from examples."""
    return {name for name in names if name.startswith("flow/") and name.rsplit("/", 2)[-2] == "actnorm"}


def fitted(specification, values, data, step):
    """The variables with those that the initialization from data after a step decides."""
    seed, count = specification["seed"], specification["hyperparameters"]["initialization_examples"]
    images, low = data.examples("train", specification, step * specification["batch_size"], count)
    with torch.no_grad():
        flow = flow_given(specification, {name: tensor(value) for name, value in values.items() if value.dtype != np.int64}, images.shape[1:], low, data.scale)
        flow.fitting = True
        flow.forward(flow.noisy(images, Stream(seed, "initialization/dequantization"), step))
    return {**values, **{name: flow.values[name].numpy() for name in decided(values)}}


# Phases and schedules

def ended(share, steps):
    """After how many steps a share of them ends."""
    return math.floor(share * steps + 0.5)


def cosine(t, steps, end=0.0005, periods=4):
    i = (t * periods - 1) // steps
    begin = i * steps // periods
    x = (t - 1 - begin) / ((i + 1) * steps // periods - begin)
    return end + (1 - end) * (1 + math.cos(math.pi * x)) / 2


def decayed(t, steps, factor):
    return factor ** sum(t > ended(share, steps) for share in (0.5, 0.75, 0.9, 0.95))


class Phases:
    """Which phase step t of a run is, and its rates."""

    def __init__(self, specification):
        self.hyper, self.model, steps = specification["hyperparameters"], specification["model"], specification["steps"]
        share = self.hyper.get("pretraining", 0)
        self.steps, self.alone = steps, ended(share, steps)
        self.joint = ended(share + self.hyper["unfreeze"] * (1 - share), steps) if self.model == "srflow" else self.alone

    def phase(self, t):
        if self.model in ("rrdb", "bicubic"):
            return self.model
        if t <= self.alone:
            return "pretraining"
        return "frozen" if t <= self.joint else "joint"

    def counts(self, t):
        """Updates of each group through step t."""
        if self.model == "bicubic":
            return {}
        if self.model == "rrdb":
            return {"generator": t}
        later, found = max(0, t - self.alone), {}
        if self.hyper["pretraining"] > 0:
            found["pretraining"] = min(t, self.alone)
        if self.model == "esrgan":
            return {**found, "generator": later, "discriminator": later}
        return {**found, "flow": later, "encoder": max(0, t - self.joint)}

    def rate(self, group, t):
        """Before Adam's correction, in binary64."""
        if group == "pretraining":
            return self.hyper["pretraining_rate"] * cosine(t, self.alone)
        if self.model == "rrdb":
            return self.hyper["learning_rate"] * cosine(t, self.steps)
        rate = self.hyper["learning_rate"] * decayed(t - self.alone, self.steps - self.alone, self.hyper.get("decay", 0.5))
        return rate * self.hyper["encoder_rate"] if group == "encoder" else rate


# Training

class ResolutionStep:
    """Step t from the values of all variables and state before it; the counterpart of models.Step."""

    updates_generator = False

    def __init__(self, specification, t, arrays, data, recorded=None):
        self.specification, self.t, self.recorded, self.data = specification, t, recorded, data
        self.model, self.hyper, self.sizes, self.phases = specification["model"], specification["hyperparameters"], {}, Phases(specification)
        self.values = {name: tensor(array) for name, array in arrays.items() if array.dtype != np.int64}
        batch = specification["batch_size"]
        self.images, self.low = data.examples("train", specification, (t - 1) * batch, batch)
        # After the last step of the pretraining, actnorms take their values from examples.
        self.fits = self.model == "srflow" and t == self.phases.alone

    def real_value(self, name):
        return constant(self.hyper[name])

    def run(self):
        phase = self.phases.phase(self.t)
        if phase == "pretraining":
            self.follow_image("generator" if self.model == "esrgan" else "encoder", "pretraining")
        elif phase == "rrdb":
            self.follow_image("generator", "generator")
        elif phase in ("frozen", "joint") and self.model == "srflow":
            self.follow_likelihood(phase == "joint")
        elif self.model == "esrgan":
            self.follow_adversary()
        values = {name: value.detach().numpy() for name, value in self.values.items()}
        if self.fits:
            values = fitted(self.specification, values, self.data, self.t)
        counts = {f"updates/{name}": count for name, count in self.phases.counts(self.t).items()}
        return values, {**counts, "streams/latents": self.t + 1, "streams/data/order": self.t * self.specification["batch_size"]}

    def leaves(self, names):
        for name in names:
            self.values[name] = self.values[name].detach().requires_grad_()
        return [self.values[name] for name in names]

    def named(self, prefix):
        return [name for name in self.values if name.startswith(prefix + "/")]

    def absolute_error(self, prefix):
        made = RRDB(self.specification, self.values, prefix, self.data.scale).image(tensor(self.low))
        return made, (made - tensor(self.images)).abs().mean()

    def follow_image(self, prefix, group):
        names = self.named(prefix)
        leaves = self.leaves(names)
        gradients = torch.autograd.grad(self.absolute_error(prefix)[1], leaves)
        state = "pretraining/" if group == "pretraining" else ""
        self.sizes["pretraining" if state else prefix] = max(float(g.abs().max()) for g in gradients)
        for name, gradient in zip(names, gradients):
            self.adam(name, gradient, group, state)

    def follow_likelihood(self, trains_encoder):
        # Of the encoder, what no condition depends on has no moments of the training with the flow.
        names = [name for name in self.named("flow") + (self.named("encoder") if trains_encoder else []) if f"adam/{name}/m" in self.values]
        leaves = self.leaves(names)
        flow = flow_given(self.specification, self.values, self.images.shape[1:], self.low, self.data.scale)
        y = flow.noisy(self.images, Stream(self.specification["seed"], "dequantization"), self.t)
        prior, determinant = (part.mean() / (flow.size * math.log(2)) for part in flow.log_likelihood(y))
        gradients = torch.autograd.grad(-(prior + determinant), leaves, retain_graph=True)
        for part in (prior, determinant):
            for name, gradient in zip(names, torch.autograd.grad(part, leaves, retain_graph=True, allow_unused=True)):
                if gradient is not None:
                    prefix = name.split("/")[0]
                    self.sizes[prefix] = max(self.sizes.get(prefix, 0.0), float(gradient.abs().max()))
        clip = self.real_value("gradient_clip")
        norm = torch.sqrt(sum((g**2).sum() for g in gradients))
        factor = min(1.0, clip / float(norm)) if clip > 0 else 1.0
        for name, gradient in zip(names, gradients):
            self.adam(name, gradient * factor, name.split("/")[0])

    def score(self, images):
        p = Parameters(self.values, "discriminator")
        x = images.permute(0, 3, 1, 2)
        for layer in (1, 2, 3, 4):
            x = leaky(p.convolution(x, f"convolution{layer}"))
        return p.dense(flat(x), "linear5").reshape(-1)

    def features(self, images):
        p = Parameters(self.values, "extractor")
        x = torch.relu(p.convolution(images.permute(0, 3, 1, 2), "convolution1", stride=1, bias=False))
        return p.convolution(nn.max_pool2d(x, 2, 2, ceil_mode=True), "convolution2", stride=1, bias=False)

    @staticmethod
    def relative(t, r):
        return nn.softplus(r.mean() - t, threshold=1e9).mean() + nn.softplus(r - t.mean(), threshold=1e9).mean()

    def follow_adversary(self):
        generator, discriminator, truth = self.named("generator"), self.named("discriminator"), tensor(self.images)
        leaves = self.leaves(generator)
        made, pixels = self.absolute_error("generator")
        own = self.leaves(discriminator)
        real, false = self.score(truth), self.score(made.detach())
        self.measure("discriminator", [self.relative(real, false.detach()), self.relative(real.detach(), false)], own)
        for name, gradient in zip(discriminator, torch.autograd.grad(self.relative(real, false), own)):
            self.adam(name, gradient, "discriminator")
        real, false = self.score(truth), self.score(made)
        features = (self.features(made) - self.features(truth)).abs().mean()
        parts = [self.real_value(f"{kind}_weight") * part for kind, part in (("pixel", pixels), ("feature", features), ("adversarial", self.relative(false, real)))]
        self.measure("generator", parts, leaves)
        for name, gradient in zip(generator, torch.autograd.grad(sum(parts), leaves)):
            self.adam(name, gradient, "generator")

    def measure(self, prefix, parts, leaves):
        for part in parts:
            for gradient in torch.autograd.grad(part, leaves, retain_graph=True, allow_unused=True):
                if gradient is not None:
                    self.sizes[prefix] = max(self.sizes.get(prefix, 0.0), float(gradient.abs().max()))

    def adam(self, name, gradient, group, state=""):
        value = self.values[name].detach()
        second = np.float32(self.hyper.get("beta2", 0.999))
        beta1, beta2, name_of = self.real_value("beta1"), float(second), f"adam/{state}{name}"
        m = beta1 * self.values[f"{name_of}/m"] + float(np.float32(1) - np.float32(beta1)) * gradient
        v = beta2 * self.values[f"{name_of}/v"] + float(np.float32(1) - second) * gradient**2
        update = self.phases.counts(self.t)[group]
        rate = constant(self.phases.rate(group, self.t) * math.sqrt(1 - beta2**update) / (1 - beta1**update))
        self.values[f"{name_of}/m"], self.values[f"{name_of}/v"] = m.detach(), v.detach()
        if self.recorded is not None:
            m, v = tensor(self.recorded[f"{name_of}/m"]), tensor(self.recorded[f"{name_of}/v"])
        self.values[name] = (value - rate * m / (torch.sqrt(v) + constant(1e-8))).detach()


# Samples and likelihood

def samples(archive, data, split, stream, start, count, draw=0, temperature=None):
    """Latents (none for models without), conditions, and images before their rounding to bytes; at the model's own temperature unless another is given."""
    specification = archive.manifest["specification"]
    values = {name: tensor(array) for name, array in archive.arrays.items() if array.dtype != np.int64}
    total = len(data.splits[split])
    low = data.low(split, [i % total for i in range(start, start + count)])
    shape = data.splits[split].shape[1:]
    with torch.no_grad():
        if specification["model"] == "bicubic":
            rows, columns = (tensor(weights(size, size * data.scale).astype(np.float32)) for size in low.shape[1:3])
            y = torch.einsum("Hh,nhwc->nHwc", rows, tensor(low))
            return None, low, torch.einsum("Ww,nHwc->nHWc", columns, y).clamp(0, 1).numpy()
        if specification["model"] != "srflow":
            return None, low, RRDB(specification, values, "generator", data.scale).image(tensor(low)).clamp(0, 1).numpy()
        size = int(np.prod(shape))
        z, parts = stream.normal(0, 1, draw, start * size, count * size).reshape(count, size), []
        for first in range(0, count, 64):
            flow = flow_given(specification, values, shape, low[first : first + 64], data.scale)
            parts.append(flow.inverse(tensor(z[first : first + 64]) * constant(flow.hyper["temperature"] if temperature is None else temperature)).numpy())
        return z, low, np.concatenate(parts)


NORMALIZED = {"none": None, "global": (1, 2, 3), "local": (3,), "spatial": (1, 2)}


def normalized(z, wanted, shapes, axes):
    """Latents [count, all] with the moments of others, over some axes of each part."""
    if axes is None:
        return z
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        own, other = (a[:, start : start + size].reshape(-1, *shape).astype(np.float64) for a in (z, wanted))
        n, m, mean = np.prod([own.shape[axis] for axis in axes]), own.mean(axis=axes, keepdims=True), other.mean(axis=axes, keepdims=True)
        s, deviation = (np.sqrt(((a - a.mean(axis=axes, keepdims=True)) ** 2).sum(axis=axes, keepdims=True) / max(1, n - 1)) for a in (own, other))
        parts.append((np.where(s > 0, deviation / np.where(s > 0, s, 1) * (own - m), 0) + mean).reshape(len(z), -1))
        start += size
    return np.concatenate(parts, axis=1).astype(np.float32)


def restored(archive, data, split, stream, options, count):
    """Images with noise, and by normalization the restored images and the deviations of their latents; images are bytes."""
    specification, truth = archive.manifest["specification"], levels_of(data.splits[split][:count])
    values = {name: tensor(array) for name, array in archive.arrays.items() if array.dtype != np.int64}
    shape, byte = truth.shape[1:], np.float32(255)
    size, noise = int(np.prod(shape)), Stream(0, options["stream"])
    drawn = np.stack([noise.normal(0, np.float32(options["noise"]) / byte, i, 0, size).reshape(shape) for i in range(count)])
    noisy = levels_of(truth.astype(np.float32) / byte + drawn)
    low = resampled(noisy, shape[0] // data.scale, shape[1] // data.scale).astype(np.float32) / byte
    with torch.no_grad():
        flow = flow_given(specification, values, shape, low, data.scale)
        z = flow.forward((tensor(noisy) + 0.5) / 256 - 0.5)[0].numpy().astype(np.float32)
        temperature = np.float32(options.get("temperature", flow.hyper["temperature"]))
        wanted = stream.normal(0, 1, 0, 0, count * size).reshape(count, size) * temperature
        found = {}
        for name, axes in NORMALIZED.items():
            latents = normalized(z, wanted, flow.latent_shapes(), axes)
            found[name] = levels_of(np.nan_to_num(flows.pixels(flow.inverse(tensor(latents)).numpy()))), latents.astype(np.float64).std(axis=1, ddof=1)
    return truth, noisy, found


def finished(model, y):
    """Images of the data set's range."""
    return flows.pixels(y) if model == "srflow" else y


def bits_per_dimension(archive, data, split, count, draws):
    """Mean and standard error over examples."""
    specification, stream = archive.manifest["specification"], Stream(0, "evaluation/dequantization")
    values = {name: tensor(array) for name, array in archive.arrays.items() if array.dtype != np.int64}
    found = []
    with torch.no_grad():
        for start in range(0, count, 64):
            part = data.splits[split][start : min(start + 64, count)]
            flow = flow_given(specification, values, part.shape[1:], data.low(split, range(start, start + len(part))), data.scale)
            drawn = [sum(flow.log_likelihood(flow.continuous(part, stream, k, start * flow.size))) for k in range(draws)]
            found.append(sum(drawn) / len(drawn))
    numbers = torch.cat(found).numpy()
    unit = flow.size * math.log(2)
    return 8 - numbers.mean() / unit, numbers.std(ddof=1) / math.sqrt(len(numbers)) / unit


# Metrics of pictures

def decibels(a, b, border=0):
    """PSNR of each image of bytes, or of luma."""
    inner = slice(border, -border or None)
    apart = ((a.astype(np.float64) - b.astype(np.float64)) ** 2)[:, inner, inner].reshape(len(a), -1)
    error = apart.mean(axis=1)
    return np.where(error > 0, 10 * np.log10(255.0**2 / np.where(error > 0, error, 1)), 10 * np.log10(255.0**2 * apart.shape[1]))


def luma(levels):
    return (16 + levels.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255)[..., None] if levels.shape[3] == 3 else levels.astype(np.float64)


def similarity(a, b, window, factor, border=0):
    """SSIM of each image; window [k, k] sums to 1, factor corrects variances."""
    inner = slice(border, -border or None)
    a, b = (tensor(x[:, inner, inner].astype(np.float64)).permute(0, 3, 1, 2).reshape(-1, 1, x[:, inner, inner].shape[1], x[:, inner, inner].shape[2]) for x in (a, b))
    kernel = tensor(window)[None, None]

    def mean(x):
        return nn.conv2d(x, kernel)

    ma, mb = mean(a), mean(b)
    va, vb, both = factor * (mean(a * a) - ma**2), factor * (mean(b * b) - mb**2), factor * (mean(a * b) - ma * mb)
    c1, c2 = 6.5025, 58.5225
    found = (2 * ma * mb + c1) * (2 * both + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    return found.mean(dim=(1, 2, 3)).numpy()


def gaussian(size=11, deviation=1.5):
    one = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * deviation**2))
    return np.outer(one, one) / one.sum() ** 2


def measure(metric, options, levels, truth, low):
    """The scores of pictures (bytes), one a picture."""
    border = options.get("border", 0)
    if metric == "psnr":
        return decibels(levels, truth, border)
    if metric == "psnr_y":
        return decibels(luma(levels), luma(truth), border)
    if metric == "lr_psnr":
        return decibels(resampled(levels, low.shape[1], low.shape[2]), low)
    channels = levels.shape[3]
    window, factor = (gaussian(), 1.0) if metric == "ssim" else (np.full((7, 7), 1 / 49), 49 / 48)
    return similarity(levels, truth, window, factor, border).reshape(-1, channels).mean(axis=1)
