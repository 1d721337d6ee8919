#!/usr/bin/env python3
"""Recomputes a server's results in binary64, from exports and docs/reproduction.md alone.

    recompute.py --before 24.npz --after 25.npz --data polygons.npz           the training step between two checkpoints
    recompute.py --checkpoint 25.npz --samples samples.npz --data ...         samples of a checkpoint
    recompute.py --initial initial.npz                                        initial values
    recompute.py --checkpoint 25.npz --data ... --encoder encoder.npz --fid 12.3 --protocols protocols.json

Prints a table of relative differences and exits with 1 if one exceeds its tolerance.
"""

import argparse
import json
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, help in [
        ("before", "the checkpoint before a step"), ("after", "the checkpoint after it"), ("initial", "the state before the first step"),
        ("checkpoint", "the checkpoint of the samples and of the score"), ("samples", "samples of the checkpoint"),
        ("features", "features of samples of the checkpoint"), ("data", "the data set as arrays"), ("encoder", "the encoder that the score names"),
        ("protocols", "the evaluation protocols, JSON"), ("run", "what `show --json` says of the run"),
    ]:
        parser.add_argument(f"--{name}", metavar="FILE", help=help)
    parser.add_argument("--fid", type=float, metavar="VALUE", help="the score of the checkpoint, if --run is not given")
    options = parser.parse_args()
    # After the options, so that --help needs neither numpy nor PyTorch.
    from canonical import Archive, Data
    from checks import Table, check_fid, check_initial, check_samples, check_specification, check_step

    def archive(path):
        return Archive(path) if path else None

    table = Table()
    before, after, checkpoint = archive(options.before), archive(options.after), archive(options.checkpoint)
    data = Data(archive(options.data)) if options.data else None
    run = json.load(open(options.run)) if options.run else None
    if run:
        check_specification(table, run, [found for found in (before, after, checkpoint) if found])
    if options.initial:
        check_initial(table, archive(options.initial), data)
    if before and after:
        check_step(table, before, after, data)
    if checkpoint and options.samples:
        check_samples(table, checkpoint, archive(options.samples), data)
    if checkpoint and options.protocols:
        check_fid(table, checkpoint, archive(options.encoder), data, json.load(open(options.protocols)), run, options.fid, archive(options.features))
    if not table.rows:
        parser.error("nothing to compute: see the examples")
    return table.end()


if __name__ == "__main__":
    sys.exit(main())
