"""Layers and networks in binary64: docs/reproduction.md, sections 5, 6 (networks and names), and 8."""

import math

import numpy as np
import torch
import torch.nn.functional as nn

DOUBLE = torch.float64


def half(extent):
    return (extent + 1) // 2


def constant(x):
    """A binary32 constant as a binary64 number."""
    return float(np.float32(x))


def zeros_before(extent, kernel, stride):
    return max((math.ceil(extent / stride) - 1) * stride + kernel - extent, 0)


class Parameters:
    """The variables of a network by name; updated moving averages are collected in `moved`."""

    def __init__(self, values, prefix):
        self.values, self.prefix, self.moved = values, prefix, {}

    def __getitem__(self, name):
        return self.values[f"{self.prefix}/{name}"]

    def dense(self, x, layer, bias=True):
        y = x @ self[layer + "/weight"]
        return y + self[layer + "/bias"] if bias else y

    def convolution(self, x, layer, stride=2, bias=True):
        """x [batch, channels, height, width]; variables as the document specifies."""
        weight = self[layer + "/weight"]
        kernel = weight.shape[1]
        high, wide = zeros_before(x.shape[2], kernel, stride), zeros_before(x.shape[3], kernel, stride)
        x = nn.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2))
        return nn.conv2d(x, weight.permute(0, 3, 1, 2), self[layer + "/bias"] if bias else None, stride=stride)

    def transposed(self, x, layer, height, width, bias=True):
        weight = self[layer + "/weight"]
        kernel = weight.shape[1]
        whole = nn.conv_transpose2d(x, weight.permute(0, 3, 1, 2), stride=2)
        top, left = zeros_before(height, kernel, 2) // 2, zeros_before(width, kernel, 2) // 2
        y = whole[:, :, top : top + height, left : left + width]
        return y + self[layer + "/bias"][:, None, None] if bias else y

    def normalization(self, x, layer, epsilon=0.001, decay=0.999, tracking=False, inference=False):
        axes = (0, 2, 3) if x.dim() == 4 else (0,)

        def wide(v):
            return v[:, None, None] if x.dim() == 4 else v

        scale, offset = wide(self[layer + "/scale"]), wide(self[layer + "/offset"])
        if inference:
            weight = self[layer + "/moving_weight"]
            mean, variance = self[layer + "/moving_mean"], self[layer + "/moving_variance"]
            mean, variance = (mean / weight, variance / weight) if weight > 0 else (mean * 0, variance * 0 + 1)
            return (x - wide(mean)) / torch.sqrt(wide(variance) + constant(epsilon)) * scale + offset
        mean = x.mean(dim=axes, keepdim=True)
        variance = ((x - mean) ** 2).mean(dim=axes, keepdim=True)
        if tracking:
            keep, take = constant(decay), float(np.float32(1) - np.float32(decay))
            for name, value in [("moving_mean", mean), ("moving_variance", variance), ("moving_weight", torch.ones(1, dtype=DOUBLE))]:
                full = f"{self.prefix}/{layer}/{name}"
                self.moved[full] = (keep * self.values[full] + take * value.reshape(-1)).detach()
        return (x - mean) / torch.sqrt(variance + constant(epsilon)) * scale + offset


SLOPE = constant(0.2)


def leaky(x):
    return nn.leaky_relu(x, SLOPE)


def flat(x):
    """In the order height, width, channels."""
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def unflat(x, height, width):
    return x.reshape(x.shape[0], height, width, -1).permute(0, 3, 1, 2)


class InfoGAN:
    latents, distribution, symmetric = 64, "uniform", False

    def __init__(self, shape, batch_normalization):
        self.height, self.width, self.channels = shape
        self.normalizes = batch_normalization
        self.h2, self.w2 = half(self.height), half(self.width)
        self.h4, self.w4 = half(self.h2), half(self.w2)

    def generator(self, z, p, activation=leaky, **mode):
        x = activation(p.normalization(p.dense(z, "linear1"), "normalization1", **mode))
        x = activation(p.normalization(p.dense(x, "linear2"), "normalization2", **mode))
        x = unflat(x, self.h4, self.w4)
        x = activation(p.normalization(p.transposed(x, "deconvolution3", self.h2, self.w2), "normalization3", **mode))
        return torch.sigmoid(p.transposed(x, "deconvolution4", self.height, self.width))

    def maybe(self, x, p, layer):
        return p.normalization(x, layer) if self.normalizes else x

    def trunk(self, x, p):
        x = leaky(p.convolution(x, "convolution1"))
        x = flat(leaky(self.maybe(p.convolution(x, "convolution2"), p, "normalization2")))
        return leaky(self.maybe(p.dense(x, "linear3"), p, "normalization3"))

    def score(self, x, p):
        return p.dense(self.trunk(x, p), "linear4").reshape(-1)

    def autoencoder(self, x, p):
        x = p.convolution(leaky(p.convolution(x, "convolution1")), "convolution2")
        x = leaky(self.maybe(p.dense(flat(x), "linear3"), p, "normalization3"))
        x = unflat(leaky(self.maybe(p.dense(x, "linear4"), p, "normalization4")), self.h4, self.w4)
        x = leaky(self.maybe(p.transposed(x, "deconvolution5", self.h2, self.w2), p, "normalization5"))
        return torch.sigmoid(p.transposed(x, "deconvolution6", self.height, self.width))


class Points:
    latents, distribution, symmetric = 2, "normal", False

    def __init__(self, shape, batch_normalization):
        self.coordinates, self.normalizes = shape[2], batch_normalization

    def generator(self, z, p, activation=None, **mode):
        for layer in ("linear1", "linear2", "linear3"):
            z = torch.relu(p.dense(z, layer))
        return unflat(p.dense(z, "linear4"), 1, 1)

    def trunk(self, x, p):
        x = flat(x)
        for layer in (1, 2, 3):
            x = p.dense(x, f"linear{layer}")
            if self.normalizes and layer > 1:
                x = p.normalization(x, f"normalization{layer}")
            x = torch.relu(x)
        return x

    score = InfoGAN.score

    def autoencoder(self, x, p):
        y = p.dense(self.trunk(x, p), "linear4")
        for layer in (5, 6, 7):
            y = torch.relu(p.dense(y, f"linear{layer}"))
        return unflat(p.dense(y, "linear8"), 1, 1)


class DCGAN:
    latents, distribution, symmetric = 100, "uniform", True
    settings = {"epsilon": 1e-5, "decay": 0.9}

    def __init__(self, shape, biases):
        self.biases, self.sizes = biases, [(shape[0], shape[1])]
        for _ in range(4):
            self.sizes.append((half(self.sizes[-1][0]), half(self.sizes[-1][1])))

    def generator(self, z, p, **mode):
        x = unflat(p.dense(z, "linear1", self.biases), *self.sizes[4])
        x = torch.relu(p.normalization(x, "normalization1", **self.settings, **mode))
        for layer in (2, 3, 4):
            x = p.transposed(x, f"deconvolution{layer}", *self.sizes[5 - layer], self.biases)
            x = torch.relu(p.normalization(x, f"normalization{layer}", **self.settings, **mode))
        return torch.tanh(p.transposed(x, "deconvolution5", *self.sizes[0], self.biases))

    def features(self, x, p):
        for layer in (1, 2, 3, 4):
            x = p.convolution(x, f"convolution{layer}", bias=self.biases)
            if layer > 1:
                x = p.normalization(x, f"normalization{layer}", **self.settings)
            x = leaky(x)
        return x

    def score(self, x, p):
        x = self.features(x, p)
        if self.biases:
            return p.dense(flat(x), "linear5").reshape(-1)
        return p.convolution(x, "convolution5", bias=False).mean(dim=(1, 2, 3))


def encoded(images, archive):
    """Features and logits of images, from a feature extractor's weights."""
    p = Parameters({name: torch.tensor(array, dtype=DOUBLE) for name, array in archive.arrays.items()}, "classifier")
    x = images
    if archive.manifest["specification"]["architecture"].startswith("lenet"):
        for layer in ("convolution1", "convolution2"):
            x = torch.relu(p.convolution(x, layer))
    else:
        for layer in ("convolution1", "convolution2"):
            x = torch.relu(p.convolution(x, layer, stride=1))
            x = nn.max_pool2d(x, 2, 2, ceil_mode=True)
    features = torch.relu(p.dense(flat(x), "hidden"))
    return features, p.dense(features, "classes")
