"""Features of Inception-v3 of 2015 in PyTorch with pytorch-fid's own module, resize included, with random weights: one JSON request per line, one JSON response per line. Started by
features.py. Needs torch, torchvision, pytorch-fid."""

import json
import statistics
import sys

import pytorch_fid.inception as inception
import torch

from measuring import repeated, summary

BATCH, SIZE = 16, 64
WAYS = {"default": {}, "channels_last": {"channels_last": True}}


def untrained(*_, **__):
    torch.manual_seed(0)
    plain = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None)
    plain.Mixed_7b, plain.Mixed_7c = inception.FIDInceptionE_1(1280), inception.FIDInceptionE_2(2048)
    return plain.state_dict()


inception.load_state_dict_from_url = untrained


class Features:
    def __init__(self, channels_last=False):
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model = inception.InceptionV3([3]).eval().to(memory_format=layout)
        self.levels = torch.randint(0, 256, (BATCH, 3, SIZE, SIZE), dtype=torch.uint8).to(memory_format=layout)

    @torch.no_grad()
    def __call__(self):
        return self.model(self.levels / 255)[0]


remembered = {}


def answer(request):
    if not remembered:
        for name, way in WAYS.items():
            work = Features(**way)
            remembered[name] = work, statistics.median(repeated(work, 0.5, warm_up=1, least=2))
    way = min(remembered, key=lambda name: remembered[name][1])
    return {"way": way, "survey": {name: seconds for name, (_, seconds) in remembered.items()}, "seconds": summary(repeated(remembered[way][0], request["seconds"], warm_up=1, least=2))}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print(json.dumps({"torch": torch.__version__, "batch": BATCH}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
