"""Canonical JSON, archives, and digests: docs/reproduction.md, sections 2 and 3."""

import hashlib
import io
import json
import struct
import zipfile

import numpy as np


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def number(value):
    """The canonical text of a number."""
    if isinstance(value, int):
        return str(value)
    if value == int(value) and abs(value) <= 2**53:
        return str(int(value))
    digits, exponent = f"{value!r}".lstrip("-"), 0
    if "e" in digits:
        digits, power = digits.split("e")
        exponent = int(power)
    whole, _, fraction = digits.partition(".")
    exponent += len(whole)
    digits = whole + fraction
    exponent -= len(digits) - len(digits.lstrip("0"))
    digits = digits.strip("0")
    sign = "-" if value < 0 else ""
    if not 1e-4 <= abs(value) <= 2**53:
        return sign + digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{exponent - 1}"
    if exponent <= 0:
        return sign + "0." + "0" * -exponent + digits
    return sign + digits[:exponent].ljust(exponent, "0") + ("." + digits[exponent:] if len(digits) > exponent else "")


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def text(value):
    """Canonical JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c, f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    members = sorted(value.items(), key=lambda member: member[0].encode())
    return "{" + ",".join(text(key) + ":" + text(member) for key, member in members) + "}"


def digest(value):
    return sha256(text(value).encode())


class Archive:
    """An archive (arrays and a manifest), fully validated while it is read."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as file:
            members = {name: file.read(name) for name in file.namelist()}
        self.manifest = json.loads(members["manifest.json"])
        if text(self.manifest).encode() != members["manifest.json"]:
            raise ValueError(f"{path}: the manifest is not canonical JSON")
        preimage = b"fidelio archive 1\n"
        for name in sorted(members, key=str.encode):
            for part in (name.encode(), members[name]):
                preimage += struct.pack("<Q", len(part)) + part
        self.digest = sha256(preimage)
        self.arrays = {}
        for name, content in members.items():
            if name != "manifest.json":
                self.arrays[name.removesuffix(".npy")] = np.load(io.BytesIO(content), allow_pickle=False)
        for name, array in self.arrays.items():
            said = self.manifest["tensors"][name]
            if said != {"digest": sha256(array.tobytes()), "dtype": array.dtype.name, "shape": list(array.shape)}:
                raise ValueError(f"{path}: the array {name} does not match the manifest")
        if set(self.arrays) != set(self.manifest["tensors"]):
            raise ValueError(f"{path}: arrays are missing")

    def __getitem__(self, name):
        return self.arrays[name]


class Data:
    """A data set from its archive of arrays; its digest is that of the canonical content that the arrays represent."""

    def __init__(self, archive):
        self.splits, self.labels, self.white = {}, {}, archive.manifest["white"]
        names, classes = archive.manifest["splits"], archive.manifest["classes"]
        first = archive[names[0] + "/images"]
        self.pairs, self.flips, self.windows = archive.manifest.get("low_resolution"), archive.manifest.get("flips", False), archive.manifest.get("windows")
        self.given = {}
        # Whole training pictures of their own sizes lie one after another.
        self.sizes = list(zip(self.windows["heights"], self.windows["widths"])) if self.windows and "heights" in self.windows else None
        counts = {name: len(self.sizes) if self.sizes and name == "train" else len(archive[name + "/images"]) for name in names}
        header = {
            "channels": first.shape[-1], "classes": classes, "height": first.shape[-3] if first.ndim == 4 else 0, "pixels": first.dtype.name,
            "splits": [{"images": counts[name], "name": name} for name in names], "white": self.white, "width": first.shape[-2],
        }
        if self.pairs:
            header["low_resolution"] = self.pairs
        if self.flips:
            header["flips"] = True
        if self.windows:
            header["windows"] = self.windows
            header["height"], header["width"] = self.size = archive.manifest["height"], archive.manifest["width"]
        hash = hashlib.sha256(b"fidelio images 1\n" + text(header).encode() + b"\n")
        for name in names:
            images = archive[name + "/images"]
            hash.update(images.tobytes())
            if self.pairs and self.pairs["kernel"] == "given":
                self.given[name] = archive[name + "/low_resolution"]
                hash.update(self.given[name].tobytes())
            if classes > 0:
                hash.update(archive[name + "/labels"].tobytes())
            # One division in binary32; floating-point data is used unchanged.
            self.splits[name] = self.scaled(images)
        if self.windows:
            # Outside of training, the crop in the middle.
            self.larger = self.pictures(self.splits["train"], 1), self.pictures(self.given["train"], self.scale) if "train" in self.given else None
            step = self.scale if self.larger[1] is not None else 1
            corners = [[(whole - size) // 2 // step * step for whole, size in zip(picture.shape, self.size)] for picture in self.larger[0]]
            self.splits["train"] = self.cut(self.larger[0], corners, 1)
            if self.larger[1] is not None:
                self.given["train"] = self.cut(self.larger[1], corners, step)
        self.digest = hash.hexdigest()

    def pictures(self, images, scale):
        """The windows of the training split, each by itself."""
        if self.sizes is None:
            return list(images)
        shapes, flat = [(h // scale, w // scale) for h, w in self.sizes], images.reshape(-1, images.shape[-1])
        return [part.reshape(h, w, -1) for part, (h, w) in zip(np.split(flat, np.cumsum([h * w for h, w in shapes])[:-1]), shapes)]

    def cut(self, pictures, corners, scale):
        """The crops of the size of an example at these corners, all divided by the scale."""
        (height, width), found = (size // scale for size in self.size), []
        for picture, corner in zip(pictures, corners):
            row, column = (x // scale for x in corner)
            found.append(picture[row : row + height, column : column + width])
        return np.stack(found)

    def scaled(self, pixels):
        return pixels if pixels.dtype == np.float32 else pixels.astype(np.float32) / np.float32(self.white)

    @property
    def scale(self):
        return self.pairs["scale"]

    def low(self, split, places):
        """The field `low_resolution` of the examples at these places."""
        if split in self.given:
            return self.scaled(self.given[split][list(places)])
        from resolution import resampled

        images = self.splits[split][list(places)]
        levels = np.clip(np.rint(images * np.float32(255)), 0, 255).astype(np.uint8)
        return resampled(levels, images.shape[1] // self.scale, images.shape[2] // self.scale).astype(np.float32) / np.float32(255)

    def crops(self, places, seed, start):
        """Crops of windows of the training split, for positions of the order from start on."""
        from resolution import resampled
        from streams import Stream

        larger, given = self.larger
        step, stream = self.scale if given is not None else 1, Stream(seed, "data/crop")
        corners = []
        for place, position in zip(places, range(start, start + len(places))):
            free = [(whole - size) // step + 1 for whole, size in zip(larger[place].shape, self.size)]
            corners.append([step * corner for corner in stream.whole(free, 0, 2 * position)])
        images = self.cut([larger[place] for place in places], corners, 1)
        if given is not None:
            return images, self.scaled(self.cut([given[place] for place in places], corners, step))
        levels = np.clip(np.rint(images * np.float32(255)), 0, 255).astype(np.uint8)
        return images, resampled(levels, self.size[0] // self.scale, self.size[1] // self.scale).astype(np.float32) / np.float32(255)

    def examples(self, split, specification, start, count):
        """Images and low resolution of positions of the order of training, mirrored where the data set says so."""
        from streams import Stream, order_of

        places = order_of(len(self.splits[split]), specification["seed"], start, count)
        images, low = self.crops(places, specification["seed"], start) if self.windows else (self.splits[split][places], self.low(split, places))
        if self.flips:
            mirrored = (Stream(specification["seed"], "data/flip").words(0, start, count) & np.uint64(1)) == 1
            images, low = (np.where(mirrored[:, None, None, None], x[:, :, ::-1], x) for x in (images, low))
        return images, low
