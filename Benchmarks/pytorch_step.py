"""One GAN training step of the study in eager PyTorch: the discriminator on real and on generated images in separate passes, then the
generator on the same latents. Prints JSON.

    python3 pytorch_step.py --size 28 --threads 2
    python3 pytorch_step.py --size 28 --channels-last --fused-adam --freeze
"""

import argparse
import json
import time

import torch
from torch.nn import functional as F

from measuring import peak_resident_bytes, repeated, summary
from networks import LATENTS, Discriminator, Generator, channels_of, initialize, noise_images

MODELS = ("ns", "wgan", "wgan-gp")
BATCH = 64


# Named configurations of a step. The fastest counts.
WAYS = {
    "default": {},
    "channels_last": {"channels_last": True},
    "fused Adam": {"fused_adam": True},
    "frozen, fused Adam": {"freeze": True, "fused_adam": True},
}


class Step:
    """A training step that can be repeated.

    freeze: the discriminator's parameters require no gradients during the generator's update. By default (False), these gradients are computed and
    discarded.
    """

    def __init__(self, model="ns", size=28, channels_last=False, fused_adam=False, freeze=False):
        torch.manual_seed(0)
        self.model, self.freeze = model, freeze
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.generator = initialize(Generator(size, channels_of(size))).to(memory_format=layout)
        # No batch normalization in the critic of WGAN-GP.
        self.discriminator = initialize(Discriminator(size, channels_of(size), model != "wgan-gp")).to(memory_format=layout)
        beta1 = 0.0 if model == "ns" else 0.5
        rate = 1e-4 if model == "wgan-gp" else 5e-5
        fused = {"fused": True} if fused_adam else {}
        self.optimizers = [torch.optim.Adam(n.parameters(), lr=rate, betas=(beta1, 0.999), **fused) for n in (self.discriminator, self.generator)]
        self.images = noise_images(BATCH, size, layout)

    def __call__(self):
        latents = torch.rand(BATCH, LATENTS) * 2 - 1
        generated = self.generator(latents)
        self.optimizers[0].zero_grad()
        loss = self.discriminator_loss(generated.detach())
        loss.backward()
        self.optimizers[0].step()
        if self.model == "wgan":
            with torch.no_grad():
                for parameter in self.discriminator.parameters():
                    parameter.clamp_(-0.01, 0.01)
        if self.model == "wgan-gp":  # the only model that samples new latents for the generator
            generated = self.generator(torch.rand(BATCH, LATENTS) * 2 - 1)
        self.optimizers[1].zero_grad()
        if self.freeze:
            self.discriminator.requires_grad_(False)
        judged = self.discriminator(generated)
        (F.softplus(-judged).mean() if self.model == "ns" else -judged.mean()).backward()
        if self.freeze:
            self.discriminator.requires_grad_(True)
        self.optimizers[1].step()

    def discriminator_loss(self, generated):
        real, fake = self.discriminator(self.images), self.discriminator(generated)
        if self.model == "ns":
            return F.softplus(-real).mean() + F.softplus(fake).mean()
        loss = fake.mean() - real.mean()
        return loss + 10 * self.penalty(generated) if self.model == "wgan-gp" else loss

    def penalty(self, generated):
        """(|gradient at an interpolated image| - 1)^2, with 1e-4 under the root."""
        alpha = torch.rand(BATCH, 1, 1, 1)
        between = (self.images + alpha * (generated - self.images)).requires_grad_()
        gradient = torch.autograd.grad(self.discriminator(between).sum(), between, create_graph=True)[0]
        return ((gradient.square().sum((1, 2, 3)) + 1e-4).sqrt() - 1).square().mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", choices=MODELS, default="ns")
    parser.add_argument("--size", type=int, choices=(28, 32, 64), default=28)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--fused-adam", action="store_true")
    parser.add_argument("--freeze", action="store_true", help="no discriminator gradients in the generator's update")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    imported = peak_resident_bytes()
    step = Step(options.model, options.size, options.channels_last, options.fused_adam, options.freeze)
    step()
    first_step_at = time.monotonic()
    times = repeated(step, options.seconds)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "seconds": summary(times), "first_step_at": first_step_at,
                      "peak_resident_bytes": peak_resident_bytes(), "resident_bytes_after_import": imported}))


if __name__ == "__main__":
    main()
