"""The study's network in PyTorch: 4x4 kernels, stride 2, leaky ReLU with slope 0.2, images in [0, 1]; Fidelio's `InfoGANNetwork` at width 1."""

import torch
from torch import nn

LATENTS = 64


class Generator(nn.Module):
    def __init__(self, size, channels):
        super().__init__()
        self.quarter = size // 4
        self.dense = nn.Sequential(
            nn.Linear(LATENTS, 1024), nn.BatchNorm1d(1024, eps=1e-3, momentum=1e-3), nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(1024, 128 * self.quarter**2), nn.BatchNorm1d(128 * self.quarter**2, eps=1e-3, momentum=1e-3),
            nn.LeakyReLU(0.2, inplace=True))
        self.deconvolutions = nn.Sequential(
            nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.BatchNorm2d(64, eps=1e-3, momentum=1e-3), nn.LeakyReLU(0.2, inplace=True),
            nn.ConvTranspose2d(64, channels, 4, 2, 1), nn.Sigmoid())

    def forward(self, z):
        x = self.dense(z).view(-1, 128, self.quarter, self.quarter)
        return self.deconvolutions(x)


class Discriminator(nn.Module):
    def __init__(self, size, channels, batch_normalization):
        super().__init__()

        def normalized(kind, width):
            return [kind(width, eps=1e-3, momentum=1e-3)] if batch_normalization else []

        self.convolutions = nn.Sequential(
            nn.Conv2d(channels, 64, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(64, 128, 4, 2, 1), *normalized(nn.BatchNorm2d, 128), nn.LeakyReLU(0.2, inplace=True))
        self.dense = nn.Sequential(
            nn.Linear(128 * (size // 4) ** 2, 1024), *normalized(nn.BatchNorm1d, 1024), nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(1024, 1))

    def forward(self, x):
        return self.dense(self.convolutions(x).flatten(1)).squeeze(1)


def channels_of(size):
    return 1 if size == 28 else 3


def initialize(network):
    for module in network.modules():
        if isinstance(module, (nn.Linear, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
        elif isinstance(module, nn.Conv2d):
            nn.init.trunc_normal_(module.weight, 0, 0.02, -0.04, 0.04)
        else:
            continue
        nn.init.zeros_(module.bias)
    return network


def noise_images(batch, size, layout):
    return torch.rand(batch, channels_of(size), size, size).to(memory_format=layout)
