"""Training steps and sampling in binary64: docs/reproduction.md, sections 6 and 7."""

import math

import numpy as np
import torch
import torch.nn.functional as nn

from networks import DCGAN, DOUBLE, InfoGAN, Parameters, Points, constant
from streams import Stream

BETA2 = constant(0.999)


def tensor(values, *shape):
    return torch.tensor(np.asarray(values), dtype=DOUBLE).reshape(*shape) if shape else torch.tensor(np.asarray(values), dtype=DOUBLE)


def images_in(pixels):
    """[n, height, width, channels] to [n, channels, height, width]."""
    return tensor(pixels).permute(0, 3, 1, 2)


def network_of(specification, shape):
    model, values = specification["model"], specification["hyperparameters"]
    name = specification["architecture"]["name"]
    if name == "dcgan":
        return DCGAN(shape, model == "wgt-gan")
    return (Points if name == "mlp" else InfoGAN)(shape, values["discriminator_batchnorm"])


def latents(specification, network, stream, step, start, count):
    """[count, latents], to the bit."""
    normal = network.distribution == "normal" or specification["model"] == "vae"
    first, number = start * network.latents, count * network.latents
    draw = stream.normal(0, 1, step, first, number) if normal else stream.uniform(-1, 1, step, first, number)
    return draw.reshape(count, network.latents)


def samples(archive, shape, stream, start, count):
    """Latents and images [count, height, width, channels] of a checkpoint."""
    specification = archive.manifest["specification"]
    network = network_of(specification, shape)
    z = latents(specification, network, Stream(0, stream), 0, start, count)
    p = Parameters({name: tensor(array) for name, array in archive.arrays.items()}, "generator")
    with torch.no_grad():
        how = {"activation": torch.relu} if specification["model"] == "vae" else {}
        y = network.generator(tensor(z), p, inference=True, **how)
    y = (y + 1) / 2 if network.symmetric else y
    return z, y.permute(0, 2, 3, 1).numpy()


def generator_updates(model, values, t):
    """Number of generator updates up to step t."""
    if model == "vae":
        return t
    if model != "wgt-wgan":
        return (t - 1) // values.get("disc_iters", 1) + 1 if t > 0 else 0
    count, iteration = 0, 1
    while True:
        t -= 25 if iteration <= 24 or iteration % 500 == 0 else 5
        if t < 0:
            return count
        count, iteration = count + 1, iteration + 1


class Step:
    """Step t, computed from the values of all variables and state before it.

    Adam divides a gradient, and its rounding error, by its own magnitude: a gradient that is nearly 0 by cancellation moves a variable as far as any other. If the
    moments after the step are known (`recorded`), variables are computed from those, and the moments computed here are compared with them separately.
    """

    def __init__(self, specification, t, arrays, pixels, recorded=None):
        self.recorded = recorded
        # Per network, the largest contribution to a gradient before summation, to which rounding errors are relative.
        self.sizes = {}
        self.specification, self.t = specification, t
        self.model, self.hyper = specification["model"], specification["hyperparameters"]
        self.seed, self.batch = specification["seed"], specification["batch_size"]
        self.network = network_of(specification, pixels.shape[1:])
        self.values = {name: tensor(array) for name, array in arrays.items() if array.dtype != np.int64}
        self.counts = {}
        self.real = images_in(pixels)
        if self.network.symmetric:
            self.real = 2 * self.real - 1
        self.updates_generator = self.model != "vae" and self.generators(self.t) > self.generators(self.t - 1)

    def generators(self, t):
        return generator_updates(self.model, self.hyper, t)

    def draw(self, name):
        return tensor(latents(self.specification, self.network, Stream(self.seed, name), self.t, 0, self.batch))

    def real_value(self, name):
        return constant(self.hyper[name])

    # Parts

    def trainable(self, prefix):
        kept = ("moving_mean", "moving_variance", "moving_weight")
        return [name for name in self.values if name.startswith(prefix + "/") and name.rsplit("/", 1)[1] not in kept]

    def follow(self, names, loss, update, clip=None):
        """One optimizer update of some variables on a loss; update counts from 1."""
        gradients = torch.autograd.grad(loss, [self.values[name] for name in names])
        for name, gradient in zip(names, gradients):
            value = self.values[name].detach()
            if f"adam/{name}/m" in self.values:
                value = self.adam(name, value, gradient, update)
            else:
                value = self.rms_prop(name, value, gradient)
            if clip is not None and clip[1](name):
                value = value.clamp(-clip[0], clip[0])
            self.values[name] = value

    def measure(self, prefix, parts):
        """Records the magnitudes of the gradients of a loss's terms."""
        for part in parts:
            gradients = torch.autograd.grad(part, [self.values[name] for name in self.trainable(prefix)], retain_graph=True, allow_unused=True)
            for gradient in gradients:
                if gradient is not None:
                    self.sizes[prefix] = max(self.sizes.get(prefix, 0.0), float(gradient.abs().max()))

    def adam(self, name, value, gradient, update):
        beta1 = self.real_value("beta1")
        m, v = self.values[f"adam/{name}/m"], self.values[f"adam/{name}/v"]
        take1 = float(np.float32(1) - np.float32(beta1))
        take2 = float(np.float32(1) - np.float32(0.999))
        m = beta1 * m + take1 * gradient
        v = BETA2 * v + take2 * gradient**2
        rate = constant(self.hyper["learning_rate"] * math.sqrt(1 - BETA2**update) / (1 - beta1**update))
        self.values[f"adam/{name}/m"], self.values[f"adam/{name}/v"] = m.detach(), v.detach()
        if self.recorded is not None:
            m, v = tensor(self.recorded[f"adam/{name}/m"]), tensor(self.recorded[f"adam/{name}/v"])
        return (value - rate * m / (torch.sqrt(v) + constant(1e-8))).detach()

    def rms_prop(self, name, value, gradient):
        decay = self.real_value("decay") if "decay" in self.hyper else constant(0.9)
        v = decay * self.values[f"rmsprop/{name}/v"] + float(np.float32(1) - np.float32(decay)) * gradient**2
        self.values[f"rmsprop/{name}/v"] = v.detach()
        return (value - self.real_value("learning_rate") * gradient / torch.sqrt(v + constant(1e-10))).detach()

    def learn(self, prefix):
        """The variables of a network as leaves of the autograd graph, and the network's view of them."""
        for name in self.trainable(prefix):
            self.values[name] = self.values[name].detach().requires_grad_()
        return Parameters(self.values, prefix)

    def freeze(self, prefix):
        for name in self.trainable(prefix):
            self.values[name] = self.values[name].detach()
        return Parameters(self.values, prefix)

    def score(self, images, p):
        if self.model == "began":
            return (self.network.autoencoder(images, p) - images).abs().mean(dim=(1, 2, 3))
        return self.network.score(images, p)

    # The step

    def run(self):
        """The values after the step by name, and the counters."""
        with torch.enable_grad():
            self.variational() if self.model == "vae" else self.adversarial()
        self.count()
        return {name: value.detach().numpy() for name, value in self.values.items()}, self.counts

    def count(self):
        if self.model == "vae":
            self.counts["updates/model"] = self.t
        else:
            self.counts["updates/discriminator"], self.counts["updates/generator"] = self.t, self.generators(self.t)
        self.counts["streams/latents"], self.counts["streams/data/order"] = self.t + 1, self.t * self.batch

    def adversarial(self):
        g = self.learn("generator")
        z = self.draw("latents")
        generated = self.network.generator(z, g, tracking=True)
        moved = g.moved
        d = self.learn("discriminator")
        a, b = self.score(self.real, d), self.score(generated.detach(), d)
        loss = self.discriminator_loss(a, b)
        self.measure("discriminator", [self.discriminator_loss(a, b.detach()), self.discriminator_loss(a.detach(), b)])
        if self.model in ("wgan-gp", "dragan"):
            loss = loss + self.real_value("lambda") * self.penalty(generated.detach(), d)
        self.follow(self.trainable("discriminator"), loss, self.t, self.clip())
        d = self.freeze("discriminator")
        if self.updates_generator:
            images = generated
            if self.model in ("wgan-gp", "wgt-wgan"):
                images = self.network.generator(self.draw("latents/generator"), g)
            loss = self.generator_loss(self.score(images, d))
            if self.model == "wgt-gan":
                apart = self.network.features(self.real, d) - self.network.features(images, d)
                loss = loss + (apart**2).sum() * self.real_value("feature_matching") / 2 / 11664
            self.follow(self.trainable("generator"), loss, self.generators(self.t))
        if self.model == "began":
            self.move_k(z, d)
        self.freeze("generator")
        self.values.update(moved)

    def clip(self):
        if self.model not in ("wgan", "wgt-wgan"):
            return None
        all = self.hyper.get("clipped", "all") == "all"
        return self.real_value("weight_clipping"), lambda name: all or name.endswith("/weight")

    def move_k(self, z, d):
        with torch.no_grad():
            images = self.network.generator(z, self.freeze("generator"))
            real, generated = self.score(self.real, d).mean(), self.score(images, d).mean()
            k = self.values["state/k"] + self.real_value("lambda") * (self.real_value("gamma") * real - generated)
            self.values["state/k"] = k.clamp(0, 1) if self.hyper["clip_k"] else k

    def discriminator_loss(self, real, generated):
        if self.model == "lsgan":
            f = (lambda a: a) if self.hyper["output"] == "linear" else torch.sigmoid
            return (((f(real) - 1) ** 2).mean() + (f(generated) ** 2).mean()) / 2
        if self.model in ("wgan", "wgan-gp"):
            return generated.mean() - real.mean()
        if self.model == "wgt-wgan":
            return real.mean() - generated.mean()
        if self.model == "began":
            return real.mean() - self.values["state/k"][0] * generated.mean()
        return nn.softplus(-real, threshold=1e9).mean() + nn.softplus(generated, threshold=1e9).mean()

    def generator_loss(self, generated):
        if self.model == "mm-gan":
            return -nn.softplus(generated, threshold=1e9).mean()
        if self.model == "lsgan":
            f = (lambda a: a) if self.hyper["output"] == "linear" else torch.sigmoid
            return ((f(generated) - 1) ** 2).mean() / 2
        if self.model in ("wgan", "wgan-gp"):
            return -generated.mean()
        if self.model in ("wgt-wgan", "began"):
            return generated.mean()
        return nn.softplus(-generated, threshold=1e9).mean()

    def penalty(self, generated, d):
        real, shape = self.real, self.real.permute(0, 2, 3, 1).shape
        alpha = tensor(Stream(self.seed, "penalty/mixing").uniform(0, 1, self.t, 0, self.batch), -1, 1, 1, 1)
        logit = self.model == "dragan" and self.hyper["penalty"] == "logit"
        if self.model == "wgan-gp":
            points = real + alpha * (generated - real)
        else:
            noise = Stream(self.seed, "penalty/perturbation").uniform(0, 1, self.t, 0, int(np.prod(shape)))
            u = tensor(noise, *shape).permute(0, 3, 1, 2)
            deviation = torch.sqrt(((real - real.mean()) ** 2).mean())
            points = real + deviation * (u - 0.5) if logit else real + alpha * (deviation / 2 * u)
            if logit and not isinstance(self.network, Points):
                points = points.clamp(0, 1)
        points = points.detach().requires_grad_()
        outputs = self.score(points, d)
        if self.model == "dragan" and not logit:
            outputs = torch.sigmoid(outputs)
        gradient = torch.autograd.grad(outputs.sum(), points, create_graph=True)[0]
        return ((torch.sqrt(constant(1e-4) + (gradient**2).sum(dim=(1, 2, 3))) - 1) ** 2).mean()

    def variational(self):
        e, d = self.learn("encoder"), self.learn("generator")
        both = e.dense(self.network.trunk(self.real, e), "linear4")
        mean, s = both[:, : self.network.latents], both[:, self.network.latents :]
        sigma = nn.softplus(s, threshold=1e9) + constant(1e-6)
        z = mean + sigma * self.draw("latents")
        y = self.network.generator(z, d, torch.relu, tracking=True)
        channels = y.shape[1] if self.hyper["channels"] == "sum" else 1
        if isinstance(self.network, Points):
            likelihood = (50 * (self.real - y) ** 2).sum(dim=(2, 3)).mean() * channels
        else:
            p = y.clamp(constant(1e-8), 1 - 2.0**-24)
            likelihood = -(self.real * torch.log(p) + (1 - self.real) * torch.log(1 - p)).sum(dim=(2, 3)).mean() * channels
        divergence = (mean**2 + sigma**2 - torch.log(sigma**2 + constant(1e-8)) - 1).sum(dim=1).mean() / 2
        self.follow(self.trainable("encoder") + self.trainable("generator"), likelihood + divergence, self.t)
        self.values.update(d.moved)
