"""The comparisons and their tolerances."""

import numpy as np
import torch

import flows
import resolution
from canonical import digest, sha256
from models import Step, images_in, samples
from networks import encoded
from streams import Stream, data_order

# Binary32 has a relative precision of 6e-8; sums of thousands of terms lose some of it. The derivative of BEGAN's loss is discontinuous where a pixel is reconstructed exactly; in a new
# network, pixels are nearly 1/2, and rounding decides which side they are on. Over several steps, Adam amplifies the rounding errors of small gradients.
STEP, STEPS, MOMENTS, TIES, SAMPLES, FEATURES, FID = 1e-4, 1e-2, 2e-5, 1e-3, 1e-5, 1e-5, 1e-5
# The fraction of 8-bit pixels that rounding errors may move to a neighboring value; bits per dimension, absolute.
NEIGHBORS, BITS = 1e-2, 1e-4
# Metrics of pictures, relative: a pixel that rounding moves to a neighboring level changes them.
PICTURES = 1e-4


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, difference, tolerance, where=""):
        self.rows.append((what, difference, tolerance, where))

    def equal(self, what, same, where=""):
        self.add(what, 0.0 if same else np.inf, 0.0, where)

    def end(self):
        width = max(len(row[0]) for row in self.rows)
        print(f"{'what':{width}}  relative difference  allowed  location of the maximum")
        bad = 0
        for what, difference, tolerance, where in self.rows:
            good = difference <= tolerance
            bad += not good
            shown = "equal" if tolerance == 0 and good else "DIFFERS" if tolerance == 0 else f"{difference:.2e}"
            print(f"{what:{width}}  {shown:>19}  {'equal' if tolerance == 0 else f'{tolerance:.0e}':>7}  {where}{'' if good else '  <- EXCEEDED'}")
        print(f"{len(self.rows)} checks, {bad} failed")
        return 1 if bad else 0


def farthest(actual, expected, least=0.0):
    """The maximum difference, relative to the maximum magnitude of the expected values, or to `least` if that is larger."""
    scale = max(least, float(np.abs(expected).max())) if expected.size else 0.0
    apart = float(np.abs(actual.astype(np.float64) - expected).max()) if expected.size else 0.0
    return apart / scale if scale > 0 else apart


def check_specification(table, run, archives):
    record = run.get("run", run)
    table.equal("digest of the specification", digest(record["specification"]) == record["specification_digest"])
    kept = {checkpoint["step"]: checkpoint["digest"] for checkpoint in run.get("checkpoints", [])}
    for archive in archives:
        step = archive.manifest["step"]
        table.equal(f"specification in the checkpoint of step {step}", archive.manifest["specification"] == record["specification"])
        if step in kept:
            table.equal(f"digest of the checkpoint of step {step}", kept[step] == archive.digest)


def initial_value(specification, name, shape):
    """The initial value of a variable (sections 5, 6)."""
    count = int(np.prod(shape))
    stream = Stream(specification["seed"], f"initial/{name}")
    prefix, layer, part = (name.split("/") + ["", ""])[:3]
    family = specification["architecture"]["name"]
    if name.startswith("rmsprop/"):
        return np.ones(shape, np.float32)
    if name.startswith("adam/") or part not in ("weight", "scale"):
        return np.zeros(shape, np.float32)
    if part == "scale":
        return stream.normal(1, 0.02, 0, 0, count).reshape(shape) if family == "dcgan" else np.ones(shape, np.float32)
    if family == "dcgan" or layer.startswith("convolution"):
        return stream.truncated(0, 0.02, 0, 0, count).reshape(shape)
    hidden = family == "mlp" and layer not in ("linear4", "linear8")
    deviation = np.sqrt(np.float32(2) / np.float32(shape[0])) if hidden else 0.02
    return stream.normal(0, deviation, 0, 0, count).reshape(shape)


def check_initial(table, archive, data):
    specification = archive.manifest["specification"]
    if specification["model"] in flows.MODELS:
        return check_fitted(table, archive, specification, data.splits["train"])
    if specification["model"] in resolution.MODELS:
        return check_resolution(table, archive, specification, data)
    wrong = [
        name for name, array in archive.arrays.items()
        if array.dtype == np.float32 and initial_value(specification, name, array.shape).tobytes() != array.tobytes()
    ]
    table.equal(f"initial values of {specification['model']}", not wrong, wrong[0] if wrong else "")


def check_fitted(table, archive, specification, train):
    """Of flows: the initialization from data to a tolerance, everything else to the bit."""
    shapes = {name: array.shape for name, array in archive.arrays.items() if array.dtype == np.float32}
    values, decided = flows.fitted(specification, shapes, train)
    wrong = [name for name in shapes if name not in decided and values[name].astype(np.float32).tobytes() != archive[name].tobytes()]
    table.equal(f"initial values of {specification['model']}", not wrong, wrong[0] if wrong else "")
    check_decided(table, specification["model"], values, archive.arrays, decided)


def check_resolution(table, archive, specification, data):
    """Of models of super-resolution: as those of flows, where the initialization from data comes before the first step."""
    model, values = specification["model"], {name: array for name, array in archive.arrays.items() if array.dtype == np.float32}
    initial = {name: resolution.initial_value(specification, name, array.shape) for name, array in values.items()}
    names = resolution.decided(values) if model == "srflow" and resolution.ended(specification["hyperparameters"]["pretraining"], specification["steps"]) == 0 else set()
    wrong = [name for name in values if name not in names and initial[name].tobytes() != values[name].tobytes()]
    table.equal(f"initial values of {model}", not wrong, wrong[0] if wrong else "")
    if names:
        check_decided(table, model, resolution.fitted(specification, initial, data, 0), values, names)


def check_decided(table, model, values, expected, names):
    # A mean that cancels is a rounding error of activations of order 1.
    apart = {name: farthest(expected[name], values[name], 1.0) for name in sorted(names)}
    worst = max(apart, key=apart.get)
    table.add(f"{model} initialization from data", apart[worst], STEP, worst)


def check_step(table, before, after, data):
    """The steps from one checkpoint to another."""
    specification = before.manifest["specification"]
    model, first, last = specification["model"], before.manifest["step"] + 1, after.manifest["step"]
    if last < first or after.manifest["specification"] != specification:
        raise SystemExit("--after must be a later checkpoint of the same run as --before")
    table.equal(f"digest of the data set of {model}", data.digest == specification["dataset"]["digest"])
    train = data.splits["train"]
    values, counts, recorded = before.arrays, {}, after.arrays if first == last else None
    for t in range(first, last + 1):
        if model in resolution.MODELS:
            step = resolution.ResolutionStep(specification, t, values, data, recorded)
            values, counts = step.run()
            continue
        step = (flows.FlowStep if model in flows.MODELS else Step)(specification, t, values, train[data_order(len(train), specification["batch_size"], specification["seed"], t)], recorded)
        values, counts = step.run()
    what = f"{model} step {last}" if first == last else f"{model} steps {first} to {last}"
    what += " (both networks)" if step.updates_generator else ""
    table.equal(f"{what}: counters", counts == {name: int(array[0]) for name, array in after.arrays.items() if array.dtype == np.int64})
    expected = {name: array for name, array in after.arrays.items() if array.dtype == np.float32}
    if getattr(step, "fits", False):
        names = resolution.decided(values)
        check_decided(table, model, values, expected, names)
        values, expected = ({name: array for name, array in arrays.items() if name not in names} for arrays in (values, expected))
    compare(table, what, step, before.arrays, values, expected)


def cancelled_biases(specification, names):
    """The biases that batch normalization cancels, whose exact gradient is 0 (section 6)."""
    found = set()
    for name in names:
        prefix, layer, part = (name.split("/") + ["", ""])[:3]
        number = layer.lstrip("abcdefghijklmnopqrstuvwxyz")
        if part == "bias" and f"{prefix}/normalization{number}/scale" in names:
            found.add(name)
    if specification["model"] == "began" and "discriminator/normalization3/scale" in names and "discriminator/convolution2/bias" in names:
        found.add("discriminator/convolution2/bias")
    return found


def largest_changes(before, expected):
    """Per network, the largest change of a variable that RMSProp updates."""
    changes = {}
    for name in expected:
        if f"rmsprop/{name}/v" in expected:
            prefix = name.split("/")[0]
            changes[prefix] = max(changes.get(prefix, 0.0), float(np.abs(expected[name].astype(np.float64) - before[name]).max()))
    return changes


def compare(table, what, step, before, values, expected):
    """Variables relative to the maximum magnitude in the array; moments relative to the maximum of their kind in the network, or to the largest contribution to the
    gradients before summation. RMSProp, whose state starts at 1, moves a variable in proportion to its gradient, so a bias that starts at 0 is as inexact as a sum of
    gradients that nearly cancel: it is relative to the largest change in its network."""
    model = step.model
    table.equal(f"{what}: names of variables", set(values) == set(expected))
    if not expected:
        return
    states = [name for name in expected if name.startswith(("adam/", "rmsprop/"))]
    # RMSProp's state does not determine the gradient.
    follows = step.recorded is not None and any(name.startswith("adam/") for name in states)
    variables = set(expected) - set(states) - (set() if follows else cancelled_biases(step.specification, expected))
    changes = largest_changes(before, expected)
    apart = {name: farthest(values[name], expected[name], changes.get(name.split("/")[0], 0.0) if f"rmsprop/{name}/v" in expected else 0.0) for name in variables}
    worst = max(sorted(apart), key=apart.get)
    table.add(f"{what}: variables", apart[worst], STEP if step.recorded is not None else STEPS, worst)
    scales = {}
    for name in states:
        optimizer, prefix, *_, kind = name.split("/")
        size = step.sizes.get(prefix, 0.0)
        part = (1 - step.real_value("beta1")) * size if kind == "m" else 0.001 * size**2 if optimizer == "adam" else 0.0
        scales[optimizer, prefix, kind] = max(scales.get((optimizer, prefix, kind), part), float(np.abs(expected[name]).max()))
    apart = {}
    for name in states:
        optimizer, prefix, *_, kind = name.split("/")
        difference, scale = float(np.abs(values[name] - expected[name]).max()), scales[optimizer, prefix, kind]
        apart[name] = difference / scale if scale > 0 else difference
    worst = max(apart, key=apart.get)
    table.add(f"{what}: moments", apart[worst], TIES if model == "began" else MOMENTS, worst)


def check_samples(table, checkpoint, archive, data):
    manifest, images = archive.manifest, archive["images"]
    model = checkpoint.manifest["specification"]["model"]
    if model in resolution.MODELS:
        return check_enlarged(table, checkpoint, archive, data)
    latents = archive["latents"]
    made = flows.samples if model in flows.MODELS else samples
    z, y = made(checkpoint, images.shape[1:], manifest["latent_stream"], manifest["start"], len(latents))
    table.equal(f"{model} samples: checkpoint", manifest["checkpoint"] == checkpoint.digest)
    table.equal(f"{model} samples: latents", z.astype(np.float32).tobytes() == latents.tobytes())
    if model == "glow":
        check_pixels(table, model, y, images)
    else:
        table.add(f"{model} samples: images", farthest(y, images), SAMPLES)


def check_pixels(table, model, y, images):
    """Pixels are rounded down to one of 256 values, so a rounding error shows as a neighboring value, in few pixels."""
    apart = np.abs(flows.pixels(y) - images)
    table.add(f"{model} samples: pixels off by more than one value", float((apart > 1.01 / 255).mean()), 0)
    table.add(f"{model} samples: pixels off by one value", float((apart > 1e-6).mean()), NEIGHBORS)


def check_enlarged(table, checkpoint, archive, data):
    """Samples of the models of super-resolution, and what they were made for."""
    manifest, images, model = archive.manifest, archive["images"], checkpoint.manifest["specification"]["model"]
    table.equal(f"{model} samples: checkpoint", manifest["checkpoint"] == checkpoint.digest)
    stream = Stream(0, manifest["latent_stream"])
    z, low, y = resolution.samples(checkpoint, data, manifest["condition"]["split"], stream, manifest["start"], len(images))
    table.equal(f"{model} samples: low resolution", low.tobytes() == archive["conditions/low_resolution"].tobytes())
    if z is not None:
        table.equal(f"{model} samples: latents", z.astype(np.float32).tobytes() == archive["latents"].tobytes())
        check_pixels(table, model, y, images)
    else:
        table.add(f"{model} samples: images", farthest(y, images), SAMPLES)


def frechet(x, y):
    m1, m2 = x.mean(axis=0), y.mean(axis=0)
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    # The square roots of the eigenvalues of C1 C2, from the symmetric R C2 R with R R = C1.
    values, vectors = np.linalg.eigh(c1)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c2 @ root), 0)).sum()
    return max(0.0, float(((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * cross))


def features_of(images, encoder):
    """Features; for points, the coordinates."""
    if encoder is None:
        return images.reshape(len(images), -1).astype(np.float64)
    return encoded(images_in(images), encoder)[0].numpy()


def check_fid(table, checkpoint, encoder, data, protocols, run, value, features):
    specification = checkpoint.manifest["specification"]
    model, step = specification["model"], checkpoint.manifest["step"]
    if model in flows.MODELS:
        return check_likelihood(table, checkpoint, data, protocols, run)
    if model in resolution.MODELS:
        return check_pictures(table, checkpoint, data, protocols, run)
    entry = next(entry for entry in protocols if "fid" in entry["metrics"])
    meaning = entry["protocol"]
    table.equal(f"{model} FID: digest of the protocol", digest(meaning) == entry["digest"])
    known = encoder.digest if encoder else sha256(f"fidelio encoder: coordinates 1, {data.splits['train'].shape[3]}".encode())
    table.equal(f"{model} FID: digest of the encoder", meaning["encoder_digest"] == known)
    table.equal(f"{model} FID: digest of the data set", meaning["dataset"] == data.digest)
    if run:
        found = [e for e in run["evaluations"] if e["metric"] == "fid" and e["step"] == step and e["protocol"] == entry["digest"]]
        value = found[0]["value"]
    count, reference = meaning["samples"], data.splits[meaning["reference_split"]][: meaning["reference_samples"]]
    made = samples(checkpoint, reference.shape[1:], meaning["latent_stream"], 0, count)[1]
    with torch.no_grad():
        own, real = (features_of(images, encoder) for images in (made, reference))
    if features:
        kept = features["features"]
        table.add(f"{model} features", farthest(own[features.manifest["start"] :][: len(kept)], kept), FEATURES)
    mine = frechet(own, real)
    table.add(f"{model} FID {value:.6g}", abs(mine - value) / abs(value), FID)


def check_likelihood(table, checkpoint, data, protocols, run):
    """Bits per dimension of the reference split, with its standard error."""
    model, step = checkpoint.manifest["specification"]["model"], checkpoint.manifest["step"]
    entry = next(entry for entry in protocols if "bits_per_dimension" in entry["metrics"])
    meaning = entry["protocol"]
    table.equal(f"{model} likelihood: digest of the protocol", digest(meaning) == entry["digest"])
    table.equal(f"{model} likelihood: no encoder", meaning["encoder"] == "none" and meaning["encoder_digest"] == sha256(b"fidelio encoder: none"))
    examples = data.splits[meaning["reference_split"]][: meaning["reference_samples"]]
    if model in resolution.MODELS:
        found = resolution.bits_per_dimension(checkpoint, data, meaning["reference_split"], len(examples), meaning["options"]["draws"])
    else:
        found = flows.bits_per_dimension(checkpoint, examples, meaning["options"]["draws"])
    for name, mine in zip(("bits_per_dimension", "bits_per_dimension_error"), found):
        value = [e for e in run["evaluations"] if e["metric"] == name and e["step"] == step and e["protocol"] == entry["digest"]][0]["value"]
        table.add(f"{model} {name} {value:.6g}", abs(mine - value), BITS)


def check_pictures(table, checkpoint, data, protocols, run):
    """The metrics of super-resolution, each with its standard error and the value of bicubic enlargements."""
    model, step = checkpoint.manifest["specification"]["model"], checkpoint.manifest["step"]
    made = {}
    for entry in protocols:
        meaning, name = entry["protocol"], entry["protocol"]["metric"]
        if name == "bits_per_dimension":
            check_likelihood(table, checkpoint, data, protocols, run)
            continue
        table.equal(f"{model} {name}: digest of the protocol", digest(meaning) == entry["digest"])
        split, count, options = meaning["reference_split"], meaning["samples"], meaning["options"]
        stream = Stream(0, meaning["latent_stream"])
        truth, low = resolution.levels_of(data.splits[split][:count]), resolution.levels_of(data.low(split, range(min(count, len(data.splits[split])))))
        if name == "restoration":
            mine = restoration(checkpoint, data, split, stream, options)
        elif name == "diversity":
            mine = diversity(checkpoint, data, split, stream, options, model)
        else:
            key = (count, options.get("temperature"))
            if key not in made:
                drawn = resolution.samples(checkpoint, data, split, stream, 0, count, temperature=options.get("temperature"))[2]
                made[key] = resolution.levels_of(resolution.finished(model, drawn))
            scores, plain = (resolution.measure(name, options, levels, truth, low) for levels in (made[key], resolution.resampled(low, truth.shape[1], truth.shape[2])))
            mine = {name: scores.mean(), f"{name}_error": scores.std(ddof=1) / np.sqrt(len(scores)), f"{name}_bicubic": plain.mean()}
        for metric, value in mine.items():
            theirs = [e for e in run["evaluations"] if e["metric"] == metric and e["step"] == step and e["protocol"] == entry["digest"]][0]["value"]
            table.add(f"{model} {metric} {theirs:.6g}", abs(value - theirs) / max(abs(theirs), 1e-9), PICTURES)


def restoration(checkpoint, data, split, stream, options):
    truth, noisy, found = resolution.restored(checkpoint, data, split, stream, options, min(options["samples"], len(data.splits[split])))
    mine = {f"restoration_{kind}": resolution.decibels(levels, truth).mean() for kind, (levels, _) in found.items()}
    mine["restoration_degraded"] = resolution.decibels(noisy, truth).mean()
    return mine | {f"latent_deviation_{kind}": deviations.mean() for kind, (_, deviations) in found.items()}


def diversity(checkpoint, data, split, stream, options, model):
    count, draws = min(options["samples"], len(data.splits[split])), options["draws"]
    drawn = np.stack([resolution.finished(model, resolution.samples(checkpoint, data, split, stream, 0, count, draw, options.get("temperature"))[2]) for draw in range(draws)])
    deviations = 255 * drawn.std(axis=0, ddof=1).mean(axis=(1, 2, 3))
    apart = ((drawn - data.splits[split][:count].astype(np.float64)) ** 2).mean(axis=4)
    least, local = apart.mean(axis=(2, 3)).min(axis=0), apart.min(axis=0).mean(axis=(1, 2))
    scores = np.where(least > 0, 100 * (least - local) / np.where(least > 0, least, 1), 0)
    return {"diversity": deviations.mean(), "diversity_error": deviations.std(ddof=1) / np.sqrt(count), "ntire_diversity": scores.mean()}
