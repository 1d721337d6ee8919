"""A PyTorch process that waits for work: one JSON request per line, one JSON response per line. Started by compare.py, one per number of
threads, so that torch is imported once and the two sides can alternate.

Requests: {"work": "step", "model": "ns", "size": 28, "seconds": 1}, {"work": "products", "products": [...], "seconds": 1},
{"work": "adam" | "memory-stream" | "sampling", "seconds": 1}. The first request for a step or for sampling tries all configurations and remembers
the fastest.
"""

import json
import statistics
import sys

import torch

import pytorch_ops
from measuring import repeated, summary
from pytorch_step import WAYS, Step

remembered = {}


def step(request):
    model, size = request["model"], request["size"]
    if (model, size) not in remembered:
        # The large step takes seconds: only the default configuration and the one that skips the most.
        names = ["default", "frozen, fused Adam"] if size == 64 else list(WAYS)
        medians = {name: statistics.median(repeated(Step(model, size, **WAYS[name]), 0.3, warm_up=1, least=2)) for name in names}
        remembered[model, size] = min(medians, key=medians.get), medians
    way, medians = remembered[model, size]
    return {"way": way, "survey": medians, "seconds": summary(repeated(Step(model, size, **WAYS[way]), request["seconds"]))}


def sampling(request):
    ways = dict(pytorch_ops.sampling_ways())
    if "sampling" not in remembered:
        # 2,000 images suffice to find the fastest configuration.
        small = {name: statistics.median(repeated(work, 0, warm_up=1, least=2)) for name, work in pytorch_ops.sampling_ways(2000)}
        remembered["sampling"] = min(small, key=small.get)
    way = remembered["sampling"]
    return {"way": way, "seconds": summary(repeated(ways[way], request["seconds"], warm_up=0, least=1))}


def answer(request):
    work, seconds = request["work"], request["seconds"]
    if work == "step":
        return step(request)
    if work == "sampling":
        return sampling(request)
    if work == "products":
        return {"products": [pytorch_ops.product(product, seconds / 12) for product in request["products"]]}
    return {"adam": pytorch_ops.adam, "memory-stream": pytorch_ops.memory_stream}[work](seconds)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print(json.dumps({"torch": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
