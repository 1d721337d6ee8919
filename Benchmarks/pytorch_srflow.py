"""SRFlow in eager PyTorch at the default configuration of `srflow`, scale 4: a training step of encoder and flow together, and samples of one low-resolution image. Answers
requests like peer.py, on standard input.

    python3 pytorch_srflow.py 2

    python3 pytorch_srflow.py 2 --memory        the peak memory of this process after three training steps

Requests: {"work": "step", "seconds": 2}, {"work": "sampling", "seconds": 2}. The first of each kind tries all configurations and remembers the fastest.
"""

import json
import math
import statistics
import sys

import torch
from torch import nn
from torch.nn import functional as F

from measuring import peak_resident_bytes, repeated, summary

FEATURES, GROWTH, BLOCKS, STACKED, DEPTH, HIDDEN, TRANSITIONS, BATCH = 16, 8, 3, (0, 2), 4, 16, 2, 16
CONDITION = FEATURES * (1 + len(STACKED))
# Named configurations. The fastest counts.
STEP_WAYS = {"default": {}, "channels_last": {"channels_last": True}, "fused Adam": {"fused": True}, "channels_last, fused Adam": {"channels_last": True, "fused": True}}
SAMPLING_WAYS = {"default": {}, "channels_last": {"channels_last": True}}


def leaky(x):
    return F.leaky_relu(x, 0.2)


def same(inputs, outputs, kernel=3, bias=True):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)


class DenseBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(same(FEATURES + i * GROWTH, FEATURES if i == 4 else GROWTH) for i in range(5))

    def forward(self, x):
        known = [x]
        for layer in self.layers[:4]:
            known.append(leaky(layer(torch.cat(known, 1))))
        return torch.add(x, self.layers[4](torch.cat(known, 1)), alpha=0.2)


class Encoder(nn.Module):
    """The condition of each level; the head that predicts an image has no part in it."""

    def __init__(self):
        super().__init__()
        self.first, self.trunk, self.up = same(3, FEATURES), same(FEATURES, FEATURES), same(FEATURES, FEATURES)
        self.blocks = nn.ModuleList(nn.Sequential(DenseBlock(), DenseBlock(), DenseBlock()) for _ in range(BLOCKS))

    def forward(self, low):
        first = x = self.first(low)
        outputs = []
        for block in self.blocks:
            x = torch.add(x, block(x), alpha=0.2)
            outputs.append(x)
        x = first + self.trunk(x)
        own = [self.up(F.interpolate(x, scale_factor=2)), x, F.avg_pool2d(x, 2)]
        stacked = torch.cat([outputs[index] for index in STACKED], 1)
        return [torch.cat([features, F.interpolate(stacked, features.shape[2:])], 1) for features in own]


class ActNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.bias, self.logs = nn.Parameter(torch.zeros(1, channels, 1, 1)), nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x):
        return (x + self.bias) * self.logs.exp()

    def inverse(self, z):
        return z * (-self.logs).exp() - self.bias


class Mix(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.linalg.qr(torch.randn(channels, channels))[0])

    def forward(self, x):
        return F.conv2d(x, self.weight[:, :, None, None])

    def inverse(self, z):
        return F.conv2d(z, torch.linalg.inv(self.weight.double()).float()[:, :, None, None])


class ZeroConvolution(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.convolution, self.logs = same(inputs, outputs), nn.Parameter(torch.zeros(1, outputs, 1, 1))
        nn.init.normal_(self.convolution.weight, std=1e-3)

    def forward(self, x):
        return self.convolution(x) * (3 * self.logs).exp()


class Network(nn.Sequential):
    def __init__(self, inputs, outputs):
        super().__init__(
            same(inputs, HIDDEN, bias=False), ActNorm(HIDDEN), nn.ReLU(), same(HIDDEN, HIDDEN, 1, bias=False), ActNorm(HIDDEN), nn.ReLU(), ZeroConvolution(HIDDEN, outputs))


def affine(outputs):
    """Shift and scale."""
    shift, s = outputs.chunk(2, 1)
    return shift, torch.sigmoid(s + 2) + 1e-4


class Step(nn.Module):
    def __init__(self, channels, is_transition):
        super().__init__()
        self.norm, self.mix, self.is_transition, self.half = ActNorm(channels), Mix(channels), is_transition, channels // 2
        if not is_transition:
            self.injector = Network(CONDITION, 2 * channels)
            self.coupling = Network(self.half + CONDITION, 2 * (channels - self.half))

    def forward(self, x, u):
        pixels = x.shape[2] * x.shape[3]
        determinant = pixels * (self.norm.logs.sum() + torch.linalg.slogdet(self.mix.weight)[1])
        x = self.mix(self.norm(x))
        if self.is_transition:
            return x, determinant
        shift, scale = affine(self.injector(u))
        x = (x + shift) * scale
        determinant = determinant + scale.log().sum((1, 2, 3))
        kept, rest = x[:, : self.half], x[:, self.half :]
        shift, scale = affine(self.coupling(torch.cat([kept, u], 1)))
        return torch.cat([kept, (rest + shift) * scale], 1), determinant + scale.log().sum((1, 2, 3))

    def inverse(self, z, u, injected):
        if not self.is_transition:
            kept, rest = z[:, : self.half], z[:, self.half :]
            shift, scale = affine(self.coupling(torch.cat([kept, u.expand(len(z), -1, -1, -1)], 1)))
            shift_all, scale_all = injected
            z = torch.cat([kept, rest / scale - shift], 1) / scale_all - shift_all
        return self.norm.inverse(self.mix.inverse(z))


class SRFlow(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, channels, levels = Encoder(), 3, []
        for level in range(3):
            channels *= 4
            levels.append(nn.ModuleList([Step(channels, True) for _ in range(TRANSITIONS)] + [Step(channels, False) for _ in range(DEPTH)]))
            channels //= 2 if level == 0 else 1
        self.levels, self.split = nn.ModuleList(levels), ZeroConvolution(6, 12)

    def bits(self, y, low):
        """Bits per dimension of a batch."""
        x, total, prior = y, torch.zeros(len(y)), 0.0
        for level, (steps, u) in enumerate(zip(self.levels, self.encoder(low))):
            x = F.pixel_unshuffle(x, 2)
            for step in steps:
                x, determinant = step(x, u)
                total = total + determinant
            if level == 0:
                x, rest = x.chunk(2, 1)
                mean, logs = self.split(x).chunk(2, 1)
                prior = prior + ((rest - mean) * (-logs).exp()).square().sum((1, 2, 3))
                total = total - logs.sum((1, 2, 3))
        prior = prior + x.square().sum((1, 2, 3))
        size = y[0].numel()
        return 8 - (total - prior / 2 - size * math.log(2 * math.pi) / 2).mean() / (size * math.log(2))

    @torch.no_grad()
    def prepared(self, low):
        """What depends on the condition alone."""
        conditions = self.encoder(low)
        return conditions, [[None if step.is_transition else affine(step.injector(u)) for step in steps] for steps, u in zip(self.levels, conditions)]

    @torch.no_grad()
    def samples(self, latents, prepared):
        conditions, injected = prepared
        x = latents[1]
        for level in (2, 1, 0):
            if level == 0:
                mean, logs = self.split(x).chunk(2, 1)
                x = torch.cat([x, mean + latents[0] * logs.exp()], 1)
            for step, own in zip(reversed(self.levels[level]), reversed(injected[level])):
                x = step.inverse(x, conditions[level], own)
            x = F.pixel_shuffle(x, 2)
        return ((x + 0.5) * 256).floor().clamp(0, 255) / 255


class TrainingStep:
    def __init__(self, channels_last=False, fused=False):
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model = SRFlow().to(memory_format=layout)
        self.images, self.low = (torch.rand(BATCH, 3, size, size).to(memory_format=layout) for size in (32, 8))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=5e-4, betas=(0.9, 0.99), **({"fused": True} if fused else {}))

    def __call__(self):
        y = ((self.images * 255).round() + 0.5 + 8 * (torch.rand_like(self.images) - 0.5)) / 256 - 0.5
        self.optimizer.zero_grad()
        self.model.bits(y, self.low).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 10)
        self.optimizer.step()


class Sampling:
    """Sixteen samples of one low-resolution image of 16x16; encoder and injectors are evaluated once."""

    def __init__(self, channels_last=False):
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model, self.low = SRFlow().to(memory_format=layout), torch.rand(1, 3, 16, 16).to(memory_format=layout)
        self.latents = [torch.randn(BATCH, *shape).to(memory_format=layout) for shape in ((6, 32, 32), (96, 8, 8))]

    def __call__(self):
        return self.model.samples(self.latents, self.model.prepared(self.low))


remembered = {}


def answer(request):
    make, ways = (TrainingStep, STEP_WAYS) if request["work"] == "step" else (Sampling, SAMPLING_WAYS)
    if make not in remembered:
        medians = {name: statistics.median(repeated(make(**way), 0.5, warm_up=2, least=2)) for name, way in ways.items()}
        remembered[make] = min(medians, key=medians.get), medians
    way, medians = remembered[make]
    return {"way": way, "survey": medians, "seconds": summary(repeated(make(**ways[way]), request["seconds"], least=3))}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    if "--memory" in sys.argv:
        imported, step = peak_resident_bytes(), TrainingStep(fused=True)
        for _ in range(3):
            step()
        return print(json.dumps({"imported": imported, "peak": peak_resident_bytes()}))
    print(json.dumps({"torch": torch.__version__, "parameters": sum(p.numel() for p in SRFlow().parameters())}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
