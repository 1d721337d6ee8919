"""Distances of the lpips package with made-up weights, in double precision. Run in this folder: python3 generate_lpips.py

Needs torch, torchvision and lpips 0.1.4; it prints their versions. Weights and pictures follow from `mixed`, so no weights are stored."""
import json

import lpips
import numpy
import torch
import torchvision

print("numpy", numpy.__version__, "torch", torch.__version__, "torchvision", torchvision.__version__)


def mixed(count, stream):
    """Words of 32 bits."""
    x = (numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(1000003 * stream)) * numpy.uint64(2654435761) & numpy.uint64(0xFFFFFFFF)
    x ^= x >> numpy.uint64(15)
    x = x * numpy.uint64(2246822519) & numpy.uint64(0xFFFFFFFF)
    return x ^ x >> numpy.uint64(13)


def weights(model):
    """Uniform numbers of the deviation of Kaiming's rule for kernels, in [-0.1, 0.1) for biases, and in [0, 1) for the weights of channels."""
    state = {}
    for stream, (name, tensor) in enumerate(sorted((name, t) for name, t in model.state_dict().items() if name.startswith("net.") or name.startswith("lin") and not name.startswith("lins"))):
        unit = mixed(tensor.numel(), stream) / 2.0**32
        if name.endswith("bias"):
            values = (2 * unit - 1) * 0.1
        elif name.startswith("lin"):
            values = unit
        else:
            values = (2 * unit - 1) * (6.0 / (tensor.numel() // tensor.shape[0])) ** 0.5
        state[name] = torch.from_numpy(values.astype(numpy.float32).reshape(tuple(tensor.shape)))
    return state


def pictures(height, width, count):
    """Pairs of bytes [height, width, 3]: noise, and the same with more noise."""
    size = height * width * 3
    first = [(mixed(size, 1000 + k) >> numpy.uint64(24)).astype(numpy.int64) for k in range(count)]
    second = [numpy.minimum(255, a + (mixed(size, 2000 + k) >> numpy.uint64(32 - 5 - k)).astype(numpy.int64)) for k, a in enumerate(first)]
    return [tuple(x.reshape(height, width, 3) for x in pair) for pair in zip(first, second)]


found = {}
for net in ("alex", "vgg"):
    model = lpips.LPIPS(net=net, pretrained=False, pnet_rand=True, verbose=False)
    print(model.load_state_dict(weights(model), strict=False))
    for k, lin in enumerate(model.lins):
        assert lin.model[1].weight is getattr(model, f"lin{k}").model[1].weight
    model = model.double().eval()
    for height, width in ((64, 64), (35, 48)):
        def numbers(x):
            return torch.from_numpy(x / 255.0 * 2 - 1).permute(2, 0, 1)[None]

        with torch.no_grad():
            found[f"{net}-{height}x{width}"] = [model(numbers(a), numbers(b)).item() for a, b in pictures(height, width, 2)]
json.dump(found, open("lpips.json", "w"), indent=1, sort_keys=True)
print(found)
