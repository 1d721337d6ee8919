"""A small network with random weights in every format that is read, its outputs, and resized images. Run in this folder: python3 generate.py

Needs numpy, torch, safetensors, onnx and Pillow; it prints their versions. The TensorFlow graph is written by hand from the published message definitions."""
import json
import struct

import numpy
import PIL
import onnx
import safetensors
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from safetensors.torch import save_file

print("numpy", numpy.__version__, "torch", torch.__version__, "safetensors", safetensors.__version__, "onnx", onnx.__version__, "Pillow", PIL.__version__)
torch.manual_seed(15)


class Block(torch.nn.Module):
    """A convolution, batch normalization, and a rectifier."""

    def __init__(self, inputs, outputs, kernel, **options):
        super().__init__()
        self.conv = torch.nn.Conv2d(inputs, outputs, kernel, bias=False, **options)
        self.bn = torch.nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(3, 8, 3, stride=2)
        self.wide = Block(8, 6, (1, 7), padding=(0, 3))
        self.tall = Block(8, 6, (7, 1), padding=(3, 0))
        self.depth = torch.nn.Conv2d(20, 20, 3, stride=2, groups=20, bias=False)
        self.depth_bn = torch.nn.BatchNorm2d(20, eps=0.001)
        self.point = torch.nn.Conv2d(20, 20, 1)
        self.fc = torch.nn.Linear(20 * 4 * 5, 12)
        self.head = torch.nn.Linear(12, 5)

    def forward(self, x):
        x = self.stem(x)
        low = x.mean((2, 3))
        x = torch.cat([
            self.wide(F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)), self.tall(F.avg_pool2d(x, 3, stride=1, padding=1)),
            F.max_pool2d(x, 3, stride=1, padding=1)], 1)
        # TensorFlow's SAME padding for an extent of 7 x 9 and stride 2: one pixel on each side.
        x = torch.clamp(self.depth_bn(self.depth(F.pad(x, (1, 1, 1, 1)))), 0, 6)
        x = x + torch.sigmoid(self.point(x))
        hidden = F.relu(self.fc(torch.flatten(x, 1)))
        return low, x.mean((2, 3)), hidden, self.head(hidden)


network = Network().eval()
for name, tensor in network.state_dict().items():
    if name.endswith("running_var") or (".bn." in name or "depth_bn" in name) and name.endswith("weight"):
        tensor.uniform_(0.5, 1.5)
    elif tensor.is_floating_point():
        fan = max(1, tensor[0].numel()) if tensor.dim() > 1 else 25
        tensor.normal_(0, (2 / fan) ** 0.5)
state = network.state_dict()

torch.save(state, "network.pth")
torch.save({"state_dict": state, "epoch": 3}, "network-legacy.pth", _use_new_zipfile_serialization=False)
torch.jit.trace(network, torch.zeros(1, 3, 15, 19)).save("network-script.pt")
save_file(state, "network.safetensors")
numpy.savez("network.npz", **{name: tensor.numpy() for name, tensor in state.items()})


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def constant(name, array):
    """A node of the operation Const. Small arrays list their numbers, as TensorFlow does."""
    shape = b"".join(field(2, field(1, extent)) for extent in array.shape)
    numbers = field(5, array.astype("<f4").tobytes()) if array.size < 8 else field(4, array.astype("<f4").tobytes())
    tensor = field(1, 1) + field(2, shape) + numbers
    attributes = field(5, field(1, b"dtype") + field(2, field(6, 1))) + field(5, field(1, b"value") + field(2, field(8, tensor)))
    return field(1, field(1, name.encode()) + field(2, b"Const") + attributes)


graph = field(1, field(1, b"DecodeJpeg/contents") + field(2, b"Const") + field(5, field(1, b"value") + field(2, field(8, field(1, 7) + field(8, b"jpeg")))))
graph += field(1, field(1, b"DecodeJpeg") + field(2, b"DecodeJpeg") + field(3, b"DecodeJpeg/contents"))
for name, tensor in state.items():
    array = tensor.numpy()
    if array.ndim == 4:
        array = array.transpose(2, 3, 0, 1) if name.startswith("depth.") else array.transpose(2, 3, 1, 0)
    elif array.ndim == 2:
        # Rows in the order [height, width, channels].
        array = array.reshape(12, 20, 4, 5).transpose(2, 3, 1, 0).reshape(400, 12) if name == "fc.weight" else array.T
    if array.dtype == numpy.float32:
        graph += constant("scope/" + name.replace(".", "/"), numpy.ascontiguousarray(array))
open("network.pb", "wb").write(graph)

initializers = [
    # Small tensors list their numbers.
    helper.make_tensor(name, TensorProto.FLOAT, tensor.shape, tensor.flatten().tolist()) if tensor.is_floating_point() and tensor.numel() < 8 else numpy_helper.from_array(tensor.numpy(), name)
    for name, tensor in state.items()
]
ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 15, 19]) for name in ("images", "y")]
nodes = [helper.make_node("Identity", ["images"], ["y"])]
model = helper.make_model(helper.make_graph(nodes, "small", ports[:1], ports[1:], initializers), producer_name="generate.py", opset_imports=[helper.make_opsetid("", 17)])
open("network.onnx", "wb").write(model.SerializeToString())

levels = numpy.random.default_rng(15).integers(0, 256, (3, 12, 20, 3), dtype=numpy.uint8)
images = F.interpolate(torch.tensor(levels).permute(0, 3, 1, 2) / 255, (15, 19), mode="bilinear", align_corners=False)
with torch.no_grad():
    outputs = network.double()(((images - torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1)) / torch.tensor([0.5, 0.25, 0.2]).view(3, 1, 1)).double())
expected = {name: output.tolist() for name, output in zip(["low", "mean", "hidden", "logits"], outputs)}

picture = numpy.random.default_rng(16).integers(0, 256, (23, 17, 3), dtype=numpy.uint8)
chart = torch.tensor(picture, dtype=torch.float32).permute(2, 0, 1)[None]
resizes = {}
for height, width in [(40, 31), (9, 8), (23, 29), (7, 41)]:
    def pillow(mode):
        if mode == "8":
            return numpy.asarray(Image.fromarray(picture).resize((width, height), Image.BICUBIC)).astype("f4")
        planes = [numpy.asarray(Image.fromarray(picture[:, :, c].astype("f4")).resize((width, height), Image.BICUBIC)).clip(0, 255) for c in range(3)]
        return numpy.stack(planes, 2)

    def tensorflow():
        """resize_bilinear of TensorFlow 1, in single precision."""
        image = picture.astype("f4")
        for axis, size in [(1, width), (0, height)]:
            position = numpy.arange(size, dtype="f4") * (numpy.float32(image.shape[axis]) / numpy.float32(size))
            lower = position.astype(int)
            share = (position - lower.astype("f4")).reshape([-1 if a == axis else 1 for a in range(3)])
            low, high = (numpy.take(image, index, axis) for index in (lower, numpy.minimum(lower + 1, image.shape[axis] - 1)))
            image = low + (high - low) * share
        return image

    for kind, image in [("pillow-bicubic", pillow("F")), ("pillow-bicubic-8bit", pillow("8")), ("tensorflow1-bilinear", tensorflow())]:
        resizes[f"{kind} {height}x{width}"] = image.astype("f4")
# One channel, to sizes as large as those that networks read: PyTorch has another path for small images.
for height, width in [(100, 90), (90, 110)]:
    for kind, aligned in [("pytorch-bilinear", False), ("pytorch-bilinear-aligned", True)]:
        image = F.interpolate(chart[:, :1].contiguous(), (height, width), mode="bilinear", align_corners=aligned)[0].permute(1, 2, 0)
        resizes[f"{kind} {height}x{width}"] = image.numpy().astype("f4")
numpy.savez_compressed("resizes.npz", picture=picture, levels=levels, **{name.replace(" ", "_"): image for name, image in resizes.items()})
json.dump(expected, open("expected.json", "w"))
