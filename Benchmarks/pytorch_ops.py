"""Single operations in PyTorch: the products of a step as listed by `fidelio bench --only products-28 --json`, Adam, sampling, and a
simple pass over memory. Tries all configurations that PyTorch offers; the fastest counts. Prints JSON.

    fidelio bench --only products-28 --json > /tmp/products.json
    python3 pytorch_ops.py --threads 2 --products /tmp/products.json
"""

import argparse
import json
import statistics

import torch

from measuring import repeated, summary
from networks import LATENTS, Generator, initialize


def fastest(ways, seconds, **options):
    """Measures each (name, work); returns name and times of the fastest."""
    measured = [(name, repeated(work, seconds / len(ways), **options)) for name, work in ways]
    name, times = min(measured, key=lambda one: statistics.median(one[1]))
    return {"way": name, "seconds": summary(times)}


def matrix(p):
    a = torch.rand(*((p["k"], p["m"]) if p["transpose_a"] else (p["m"], p["k"]))) * 2 - 1
    b = torch.rand(*((p["n"], p["k"]) if p["transpose_b"] else (p["k"], p["n"]))) * 2 - 1
    out = torch.empty(p["m"], p["n"])
    a, b = (a.t() if p["transpose_a"] else a), (b.t() if p["transpose_b"] else b)
    return [("mm", lambda: torch.mm(a, b, out=out))]


def convolution(p):
    stride, padding = [p["stride"]] * 2, [p["padding"]] * 2

    def way(layout):
        def tensor(*shape):
            return (torch.rand(*shape) * 2 - 1).to(memory_format=layout)

        x = tensor(p["images"], p["in_channels"], p["height"], p["width"])
        w = tensor(p["out_channels"], p["in_channels"], p["kernel"], p["kernel"])
        g = tensor(p["images"], p["out_channels"], p["out_height"], p["out_width"])
        if p["kind"] == "convolution":
            return lambda: torch.conv2d(x, w, None, stride, padding)
        mask = [p["kind"] == "input-gradient", p["kind"] == "weight-gradient", False]
        return lambda: torch.ops.aten.convolution_backward(g, x, w, None, stride, padding, [1, 1], False, [0, 0], 1, mask)

    return [("default", way(torch.contiguous_format)), ("channels_last", way(torch.channels_last))]


def product(p, seconds):
    """p: the field "product" of a row of fidelio's report."""
    with torch.no_grad():
        return fastest(matrix(p) if p["kind"] == "matrix" else convolution(p), seconds)


def adam(seconds):
    """12.8 million parameters: the two matrices that contain nearly all of the network's."""

    def way(**options):
        parameters = [torch.nn.Parameter(torch.zeros(*shape)) for shape in ((1024, 6272), (6272, 1024))]
        for parameter in parameters:
            parameter.grad = torch.randn_like(parameter) * 0.01
        return torch.optim.Adam(parameters, lr=1e-4, **options).step

    return fastest([("default", way()), ("foreach", way(foreach=True)), ("fused", way(fused=True))], seconds)


def memory_stream(seconds):
    a, b, out = (torch.ones(1 << 24) for _ in range(3))
    return fastest([("add", lambda: torch.add(a, b, out=out))], seconds)


def sampling_ways(images=10_000):
    """(name, work) per configuration of sampling."""

    def way(batch, layout):
        generator = initialize(Generator(28, 1)).eval().to(memory_format=layout)
        result = torch.empty(images, 1, 28, 28)

        def draw():
            with torch.inference_mode():
                for start in range(0, images, batch):
                    count = min(batch, images - start)
                    result[start : start + count] = generator(torch.rand(count, LATENTS) * 2 - 1)

        return draw

    layouts = {"": torch.contiguous_format, ", channels_last": torch.channels_last}
    return [(f"batch {batch}{name}", way(batch, layout)) for batch in (64, 500) for name, layout in layouts.items()]


def sampling(seconds):
    return fastest(sampling_ways(), seconds, warm_up=0, least=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--products", help="the output of fidelio bench --only products-28 --json")
    parser.add_argument("--only", choices=("adam", "sampling", "memory-stream"), action="append")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    report = {}
    if options.products:
        with open(options.products) as file:
            for row in json.load(file)["results"]:
                report[row["name"]] = product(row["product"], options.seconds / 12)
    works = {"adam": adam, "sampling": sampling, "memory-stream": memory_stream}
    for name in options.only or ([] if options.products else works):
        report[name] = works[name](options.seconds)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "results": report}))


if __name__ == "__main__":
    main()
