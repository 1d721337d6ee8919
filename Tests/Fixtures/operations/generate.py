"""Golden values of the operations of Tensors, by PyTorch in double precision. Run in this folder: python3 generate.py

Each case has inputs x0, x1, ... (binary32 numbers), arriving gradients w0, w1, ..., results y0, y1, ... and the gradients g0, g1, ... of
sum(w * y) for the inputs. Beside each result stands a magnitude, the sum of the absolute values that were added on the way to it, and a
number k of roundings: a correct binary32 computation in any order lies within k * 2^-24 * magnitude of the exact value (first-order
running error analysis; Higham, Accuracy and Stability of Numerical Algorithms, chapter 3). The file adds one for its own rounding.

An operation that only adds and multiplies has its magnitude from itself, applied to absolute values ("same"). The others say theirs.
"""
import json
import sys
import numpy
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = numpy.random.default_rng(20261121)
numbers, cases = [], []
FUNCTION = 4  # 2 ulp in units of 2^-24, relative: the bound of the elementary functions


def keep(values):
    at = sum(len(part) for part in numbers)
    flat = values.detach().numpy().reshape(-1).astype("<f4")
    assert numpy.isfinite(flat).all()
    numbers.append(flat)
    return {"shape": list(values.shape), "at": at}


def rounded(values):
    return torch.from_numpy(numpy.asarray(values, dtype="<f4").astype(numpy.float64))


def normal(*shape):
    return rounded(generator.normal(size=shape))


def between(low, high, *shape):
    return rounded(generator.uniform(low, high, size=shape))


def listed(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def derivatives(function, inputs, arriving, differentiable):
    inputs = [x.clone().requires_grad_(i in differentiable) for i, x in enumerate(inputs)]
    outputs = listed(function(*inputs))
    wanted = [inputs[i] for i in differentiable]
    found = torch.autograd.grad(outputs, wanted, arriving, allow_unused=True) if wanted else []
    return outputs, [torch.zeros_like(x) if g is None else g for x, g in zip(wanted, found)]


def add(name, inputs, function, k, k_gradient=None, absolute=None, magnitudes=None, differentiable=None):
    """k, k_gradient: roundings of results and gradients (no gradients where nil). absolute: the function for absolute values where it is
    not the function itself. magnitudes: instead, (inputs, results, arriving) -> magnitudes of results and of gradients."""
    if k_gradient is None:
        differentiable = []
    elif differentiable is None:
        differentiable = list(range(len(inputs)))
    shapes = [y.shape for y in listed(function(*inputs))]
    arriving = [normal(*shape) for shape in shapes]
    outputs, gradients = derivatives(function, inputs, arriving, differentiable)
    if absolute == "itself":
        of_outputs, of_gradients = [y.detach() for y in outputs], gradients
    elif magnitudes:
        of_outputs, of_gradients = (listed(m) for m in magnitudes(inputs, [y.detach() for y in outputs], arriving))
    else:
        of_outputs, of_gradients = derivatives(absolute or function, [x.abs() for x in inputs], [w.abs() for w in arriving], differentiable)
    case = {"name": name, "inputs": [keep(x) for x in inputs], "arriving": [keep(w) for w in arriving] if differentiable else [], "gradient_of": differentiable}
    for key, values, sizes, roundings in (("outputs", outputs, of_outputs, k), ("gradients", gradients, of_gradients, k_gradient)):
        case[key] = []
        for value, size in zip(values, sizes, strict=True):
            size = size.expand(value.shape).abs()
            assert (size >= value.abs() * (1 - 1e-9)).all(), name
            entry = keep(value)
            if not torch.equal(size, value.abs()):
                entry["magnitude"] = keep(size * (1 + 2.0**-23))["at"]
            entry["roundings"] = roundings + 1
            case[key].append(entry)
    cases.append(case)


def chain(k):
    """Roundings of a product's reduction of extent k: a chain in each chunk of 256, then the chunks."""
    return min(k, 256) + (k + 255) // 256


def tree(n):
    """Roundings of a sum of n: chains of 64 in 16 lanes, four levels, recursively."""
    return min((n + 15) // 16, 64) + 4 + (tree((n + 1023) // 1024) if n > 1024 else 0)


# Arithmetic with broadcasts. A gradient is a sum over the repeated axes.
add("add, broadcast", [normal(3, 4), normal(4)], lambda a, b: a + b, 1, tree(3))
add("subtract, broadcast", [normal(3, 1), normal(1, 4)], lambda a, b: a - b, 1, tree(4), absolute=lambda a, b: a + b)
add("multiply, broadcast", [normal(2, 3, 4), normal(3, 1)], lambda a, b: a * b, 1, 1 + tree(8))
add("divide", [normal(5, 3), between(0.5, 2, 5, 3)], lambda a, b: a / b, 1, 3,
    magnitudes=lambda x, y, w: (y, [w[0] / x[1], w[0] * y[0] / x[1]]))
add("minimum", [normal(24), normal(24)], torch.minimum, 0, 1, "itself")
add("maximum", [normal(24), normal(24)], torch.maximum, 0, 1, "itself")
add("select", [rounded(generator.integers(0, 2, size=24)), normal(24), normal(24)], lambda c, a, b: torch.where(c != 0, a, b), 0, 0, "itself", differentiable=[1, 2])
add("negate", [normal(9)], lambda x: -x, 0, 0, "itself")
add("compare", [rounded([1, 2, 3, -0.0, 0]), rounded([2, 2, 1, 0, -1])], lambda a, b: ((a > b) * 1.0, (a >= b) * 1.0, (a == b) * 1.0), 0, absolute="itself")

# Functions of one number: range, value, roundings, magnitude and roundings of the derivative as the gradient rule computes it.
WIDE = numpy.concatenate([numpy.linspace(-20, 20, 41), [-1e-3, 1e-3, -1e-6, 1e-6, -80, 80]])
POSITIVE = numpy.exp(numpy.linspace(-30, 30, 47))
MIDDLE = numpy.linspace(-2, 2, 36)
FUNCTIONS = [
    ("square", MIDDLE, torch.square, 1, lambda x, y: 2 * x, 2),
    ("square root", POSITIVE, torch.sqrt, 1, lambda x, y: 0.5 / y, 3),
    ("reciprocal square root", POSITIVE, torch.rsqrt, 2, lambda x, y: y**3 / 2, 10),
    ("reciprocal", MIDDLE, torch.reciprocal, 1, lambda x, y: y * y, 4),
    ("absolute value", MIDDLE, torch.abs, 0, lambda x, y: torch.ones_like(x), 1),
    ("exp", WIDE, torch.exp, FUNCTION, lambda x, y: y, FUNCTION + 1),
    ("expMinusOne", WIDE, torch.expm1, FUNCTION, lambda x, y: y.abs() + 1, FUNCTION + 2),
    ("log", POSITIVE, torch.log, FUNCTION, lambda x, y: 1 / x, 1),
    ("logOnePlus", numpy.concatenate([POSITIVE, -0.9 / (1 + POSITIVE)]), torch.log1p, FUNCTION, lambda x, y: 1 / (1 + x), 2),
    ("tanh", WIDE / 3, torch.tanh, FUNCTION, lambda x, y: 1 + y * y, 2 * FUNCTION + 3),
    ("sigmoid", WIDE, torch.sigmoid, FUNCTION, lambda x, y: y, 2 * FUNCTION + 3),
    ("softplus", WIDE, lambda x: torch.where(x > 30, x + torch.log1p(torch.exp(-x)), torch.log1p(torch.exp(x))), FUNCTION, lambda x, y: torch.sigmoid(x), FUNCTION + 1),
    ("sin", WIDE, torch.sin, FUNCTION, lambda x, y: torch.cos(x), FUNCTION + 1),
    ("cos", WIDE, torch.cos, FUNCTION, lambda x, y: torch.sin(x), FUNCTION + 1),
    ("relu", MIDDLE, F.relu, 0, lambda x, y: (x > 0) * 1.0, 0),
    ("leaky ReLU", MIDDLE, lambda x: F.leaky_relu(x, float(numpy.float32(0.2))), 1, lambda x, y: torch.where(x > 0, 1.0, 0.2 * (1 + 1e-7)), 2),
    ("clamp", MIDDLE, lambda x: torch.clamp(x, -0.75, 1.25), 0, lambda x, y: ((x >= -0.75) & (x <= 1.25)) * 1.0, 1),
]
for name, points, function, k, derivative, k_gradient in FUNCTIONS:
    add(name, [rounded(points)], function, k, k_gradient, magnitudes=lambda x, y, w: (y, [w[0] * derivative(x[0], y[0])]))
add("sign, floor, round", [rounded([-2.5, -1.5, -1, -0.5, -0.25, 0, 0.5, 1.5, 2.5, 3.75])], lambda x: (torch.sign(x), torch.floor(x), torch.round(x)), 0, absolute="itself")

# Shapes: nothing is rounded but sums of gradients.
add("reshape, permute", [normal(2, 3, 4)], lambda x: x.permute(2, 0, 1).reshape(8, 3), 0, 0)
add("broadcast", [normal(3, 1)], lambda x: x.expand(2, 3, 5), 0, tree(10))
add("slice with steps", [normal(5, 7)], lambda x: x[1:4:2, 0:7:3], 0, 0)
add("rows", [normal(5, 2, 2)], lambda x: x[1:4], 0, 0)
add("pad", [normal(2, 3)], lambda x: F.pad(x, (0, 2, 1, 0)), 0, 0)
add("concatenate", [normal(2, 3), normal(2, 1), normal(2, 2)], lambda a, b, c: torch.cat([a, b, c], 1), 0, 0)
add("gather rows", [normal(4, 3)], lambda x: x[[2, 0, 2, 3, 2]], 0, 2)
add("nearest resize", [normal(2, 3, 4, 2)], lambda x: F.interpolate(x.permute(0, 3, 1, 2), scale_factor=2, mode="nearest").permute(0, 2, 3, 1), 0, tree(4))

# Reductions.
add("sum over the middle", [normal(2, 5, 3)], lambda x: x.sum(1), tree(5), 0)
add("sum over the ends", [normal(3, 4, 5)], lambda x: x.sum((0, 2)), tree(15), 0)
add("sum of 2100 rows", [normal(2100, 2)], lambda x: x.sum(0), tree(2100), 0)
add("sum of all", [normal(7, 9)], lambda x: x.sum(), tree(63), 0)
add("mean, kept axes", [normal(3, 40)], lambda x: x.mean(1, keepdim=True), tree(40) + 1, 1)
add("mean of squares", [normal(6, 8)], lambda x: (x * x).mean(), tree(48) + 2, 3)
add("maximum over an axis", [normal(4, 6)], lambda x: x.amax(1), 0, 0, magnitudes=lambda x, y, w: (y, [(x[0] == y[0][:, None]) * w[0][:, None]]))


def softmax_magnitudes(x, arriving):
    """The logarithm of the sum carries the absolute error of the shifted values and the relative error of the sum."""
    top = x.amax(1, keepdim=True)
    shift = x.abs() + top.abs()
    p, sure = torch.softmax(x, 1), 1 + shift.amax(1, keepdim=True)
    value = shift + sure + (torch.logsumexp(x, 1, keepdim=True) - top).abs()
    return value, arriving.abs() + p * arriving.abs().sum(1, keepdim=True) * sure


def entropy_magnitudes(x, y, w):
    value, gradient = softmax_magnitudes(x[0], ONE_HOT * (w[0].abs() / 6))
    return (ONE_HOT * value).sum() / 6, [gradient]


LABELS = torch.tensor([3, 0, 9, 3, 7, 1])
ONE_HOT = F.one_hot(LABELS, 10).double()
add("log softmax", [normal(6, 10) * 4], lambda x: F.log_softmax(x, 1), 2 * FUNCTION + tree(10), 2 * FUNCTION + 2 * tree(10) + 4,
    magnitudes=lambda x, y, w: tuple([m] for m in softmax_magnitudes(x[0], w[0])))
add("softmax cross-entropy", [normal(6, 10) * 4], lambda x: F.cross_entropy(x, LABELS), 2 * FUNCTION + tree(10) + tree(60), 2 * FUNCTION + 2 * tree(10) + 6,
    magnitudes=entropy_magnitudes)

# Matrix products: extents 5 x 4 and a reduction over more than one chunk.
for a, b in ((0, 0), (1, 0), (0, 1), (1, 1)):
    left, right = normal(*((270, 5) if a else (5, 270))), normal(*((4, 270) if b else (270, 4)))
    add("matmul" + " A'" * a + " B'" * b, [left, right], lambda x, y: (x.T if a else x) @ (y.T if b else y), chain(270), chain(5))


# Convolutions: images [n, h, w, c], kernels [out, kh, kw, in].
def margins(extent, kernel, stride, padding):
    if padding == "same":
        output = -(-extent // stride)
        both = max((output - 1) * stride + kernel - extent, 0)
        return both // 2, both - both // 2
    return (0, 0) if padding == "valid" else (padding, padding)


def convolution(stride, padding):
    def apply(x, kernel):
        (top, bottom), (left, right) = (margins(x.shape[i], kernel.shape[i], stride, padding) for i in (1, 2))
        padded = F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom))
        return F.conv2d(padded, kernel.permute(0, 3, 1, 2), stride=stride).permute(0, 2, 3, 1)
    return apply


def transposed(stride, padding, height, width):
    def apply(x, kernel):
        (top, _), (left, _) = margins(height, kernel.shape[1], stride, padding), margins(width, kernel.shape[2], stride, padding)
        whole = F.conv_transpose2d(x.permute(0, 3, 1, 2), kernel.permute(0, 3, 1, 2), stride=stride)
        whole = F.pad(whole, (0, max(left + width - whole.shape[3], 0), 0, max(top + height - whole.shape[2], 0)))
        return whole[:, :, top : top + height, left : left + width].permute(0, 2, 3, 1)
    return apply


CONVOLUTIONS = [  # images, kernel, stride, padding
    ((2, 5, 6, 2), (3, 4, 4, 2), 2, "same"), ((1, 4, 5, 1), (2, 3, 2, 1), 1, "valid"), ((1, 7, 7, 1), (2, 2, 2, 1), 3, "valid"),
    ((2, 6, 5, 3), (4, 3, 3, 3), 2, 1), ((1, 5, 5, 2), (2, 5, 5, 2), 1, 2), ((1, 4, 4, 18), (5, 4, 4, 18), 1, "same"), ((3, 8, 8, 1), (4, 4, 4, 1), 2, 1),
]
for images, kernel, stride, padding in CONVOLUTIONS:
    name = f"convolution {'x'.join(map(str, images))} by {'x'.join(map(str, kernel))} stride {stride} {padding}"
    add(name, [normal(*images), normal(*kernel)], convolution(stride, padding), chain(kernel[1] * kernel[2] * kernel[3]), 256)
TRANSPOSED = [  # images, kernel, stride, padding, height and width of the result
    ((2, 3, 3, 2), (2, 4, 4, 3), 2, "same", 6, 5), ((1, 3, 2, 3), (3, 3, 3, 2), 2, "valid", 8, 6), ((1, 4, 4, 2), (2, 4, 4, 2), 2, 1, 8, 8),
    ((1, 3, 3, 20), (20, 4, 4, 2), 1, "same", 3, 3), ((1, 2, 2, 1), (1, 2, 2, 1), 3, "valid", 6, 5),
]
for images, kernel, stride, padding, height, width in TRANSPOSED:
    name = f"transposed convolution {'x'.join(map(str, images))} by {'x'.join(map(str, kernel))} stride {stride} {padding} to {height}x{width}"
    add(name, [normal(*images), normal(*kernel)], transposed(stride, padding, height, width), 256, 256)


# Normalisation.
def standardized(epsilon, groups):
    def apply(x):
        parts = x.reshape(groups, -1, x.shape[-1])
        normal = [F.batch_norm(part, None, None, training=True, eps=epsilon) for part in parts]
        return torch.stack(normal).reshape(x.shape), parts.mean(1, keepdim=True), parts.var(1, unbiased=False, keepdim=True)
    return apply


def standardized_magnitudes(epsilon, groups):
    """centred = x - mean has absolute errors of the size of |x|, which the variance and its inverse root inherit."""
    def apply(x, y, w):
        shape, parts, w = x[0].shape, x[0].reshape(groups, -1, x[0].shape[-1]), w[0].reshape(groups, -1, x[0].shape[-1]).abs()
        mean = lambda v: v.mean(1, keepdim=True)
        centred, size = (parts - mean(parts)).abs(), parts.abs() + mean(parts.abs())
        variance = mean(centred**2)
        inverse, hat = (variance + epsilon) ** -0.5, centred * (variance + epsilon) ** -0.5
        relative = 1 + mean(centred * size) / (variance + epsilon)
        value = inverse * size + hat * relative
        gradient = inverse * (w + mean(w) + hat * mean(w * hat)) * relative + inverse * (value * mean(w * hat) + hat * mean(w * value))
        return [value.reshape(shape), mean(parts.abs()), variance + 2 * mean(centred * size)], [gradient.reshape(shape)]
    return apply


def only_first(function):
    return lambda *x: function(*x)[0]


for shape, epsilon, groups in (((6, 5), 2**-7, 1), ((8, 3, 3, 4), 2**-10, 2), ((4, 2, 2, 3), 2**-7, 4)):
    name, rows = f"standardize {'x'.join(map(str, shape))} in {groups}", int(numpy.prod(shape[:-1])) // groups
    x = normal(*shape) * 2 + 1
    x = rounded(x.numpy())
    add(name, [x], standardized(epsilon, groups), 2 * tree(rows) + 6, magnitudes=lambda x, y, w: (standardized_magnitudes(epsilon, groups)(x, y, w)[0], []))
    add(name + ", gradient", [x], only_first(standardized(epsilon, groups)), 2 * tree(rows) + 6, 3 * tree(rows) + 10,
        magnitudes=lambda x, y, w: (standardized_magnitudes(epsilon, groups)(x, y, w)[0][:1], standardized_magnitudes(epsilon, groups)(x, y, w)[1]))
add("batch normalisation, inference", [normal(6, 5), normal(5), between(0.5, 2, 5), normal(5), normal(5)],
    lambda x, m, v, scale, offset: (x - m) * torch.rsqrt(v + 2**-10) * scale + offset, 8, 16 + tree(6),
    absolute=lambda x, m, v, scale, offset: (x + m) * torch.rsqrt(v + 2**-10) * scale + offset)


# Optimisers: three updates. Constants are binary32 numbers, as the program has them.
def constant(value):
    return float(numpy.float32(value))


def trace(name, start, gradients, step, state, k):
    """step(t, parameter, gradient) -> [parameter, state...] after update t = 1, 2, 3. The magnitude of a parameter is the sum of its
    steps' lengths and its start, that of a state itself: it is a sum of the decayed gradients' absolute values."""
    parameter, rows, sizes = start.clone(), [], []
    size = start.abs()
    for t, gradient in enumerate(gradients, 1):
        before = parameter.clone()
        parameter, *states = step(t, parameter, gradient)
        size = size + (parameter - before).abs()
        rows.append([parameter.clone()] + [s.clone() for s in states])
        sizes.append([size] + [s.abs() for s in states])
    entry = {"name": name, "start": keep(start), "gradients": keep(gradients), "state": state, "outputs": []}
    for index in range(len(rows[0])):
        output = keep(torch.stack([row[index] for row in rows]))
        output["magnitude"] = keep(torch.stack([size[index] for size in sizes]) * (1 + 2.0**-23) + 1e-30)["at"]
        output["roundings"] = k + 1
        entry["outputs"].append(output)
    cases.append(entry)


def optimizer(make, after, prepare=lambda group, t: None):
    kept = {}

    def step(t, parameter, gradient):
        if not kept:
            kept["p"] = parameter.clone().requires_grad_(True)
            kept["o"] = make([kept["p"]])
        kept["p"].grad = gradient.clone()
        prepare(kept["o"].param_groups[0], t)
        kept["o"].step()
        return [kept["p"].detach().clone()] + [kept["o"].state[kept["p"]][name] for name in after]
    return step


def inside(rate, decay, epsilon):
    kept = {"v": 0}

    def step(t, parameter, gradient):
        kept["v"] = decay * kept["v"] + (1 - decay) * gradient**2
        return [parameter - rate * gradient / torch.sqrt(kept["v"] + epsilon), kept["v"]]
    return step


START, GRADIENTS = normal(40), (normal(3, 40).abs() + 0.05) * torch.sign(normal(40))  # one sign an element: moments do not cancel
GRADIENTS = rounded(GRADIENTS.numpy())
BETA1, BETA2, EPSILON = constant(0.5), constant(0.999), constant(1e-3)


def epsilon_hat(group, t):
    """Adam's section 2 adds epsilon to the uncorrected root; PyTorch's formula is the same with this epsilon."""
    group["eps"] = EPSILON / (1 - BETA2**t) ** 0.5


trace("adam", START, GRADIENTS, optimizer(lambda p: torch.optim.Adam(p, lr=2e-4, betas=(BETA1, BETA2), eps=0.0), ["exp_avg", "exp_avg_sq"], epsilon_hat),
      ["m", "v"], 30)
RATE, DECAY, SMALL = constant(1e-2), constant(0.9), constant(1e-4)
trace("rmsprop outside", START, GRADIENTS, optimizer(lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=DECAY, eps=SMALL), ["square_avg"]), ["v"], 24)
trace("rmsprop inside", START, GRADIENTS, inside(RATE, DECAY, SMALL), ["v"], 24)
trace("sgd", START, GRADIENTS, optimizer(lambda p: torch.optim.SGD(p, lr=RATE), []), [], 6)
MIX = constant(0.99)
add("moving average", [normal(12), normal(12)], lambda a, b: torch.lerp(b, a, MIX), 3, absolute=lambda a, b: torch.lerp(b, a, MIX), k_gradient=2)


def clip(norm):
    def apply(*gradients):
        total = torch.sqrt(sum((g * g).sum() for g in gradients))
        factor = torch.clamp(norm / total, max=1.0)
        return tuple(g * factor for g in gradients)
    return apply


add("clip to norm 1.5", [normal(5, 8), normal(8)], clip(1.5), tree(40) + 8, absolute="itself")
add("clip to norm 1000", [normal(5, 8), normal(8)], clip(1000.0), tree(40) + 8, absolute="itself")

# Pooling. Images as everywhere; the gradient of a maximum goes to the first of equal pixels, in PyTorch too.
def windows(x, kernel, stride, padding, value):
    (top, bottom), (left, right) = (margins(x.shape[1 + i], kernel[i], stride, padding) for i in (0, 1))
    return F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom), value=value)


def max_pool(kernel, stride, padding):
    return lambda x: F.max_pool2d(windows(x, kernel, stride, padding, -numpy.inf), kernel, stride).permute(0, 2, 3, 1)


def average_pool(kernel, stride, padding, counting):
    def apply(x):
        sums = F.avg_pool2d(windows(x, kernel, stride, padding, 0), kernel, stride, divisor_override=1)
        pixels = F.avg_pool2d(windows(torch.ones_like(x), kernel, stride, padding, 0), kernel, stride, divisor_override=1)
        return (sums / (kernel[0] * kernel[1] if counting else pixels)).permute(0, 2, 3, 1)
    return apply


def of_the_same_way(function):
    """Magnitudes of gradients that only add up what arrives, along a way that the inputs' values choose."""
    return lambda x, y, w: (y, derivatives(function, x, [v.abs() for v in w], list(range(len(x))))[1])


for shape, kernel, stride, padding in (((2, 6, 6, 3), (2, 2), 2, "valid"), ((1, 7, 6, 2), (3, 3), 2, "same"), ((2, 5, 5, 1), (3, 2), 1, 1), ((1, 9, 8, 2), (3, 3), 2, "valid")):
    name, taps = f"{'x'.join(map(str, shape))} by {kernel[0]}x{kernel[1]} stride {stride} {padding}", kernel[0] * kernel[1]
    add("maximum pooling " + name, [normal(*shape)], max_pool(kernel, stride, padding), 0, taps, magnitudes=of_the_same_way(max_pool(kernel, stride, padding)))
    for counting in (False, True):
        add("average pooling " + name + ", with padding" * counting, [normal(*shape)], average_pool(kernel, stride, padding, counting), kernel[0] + kernel[1], taps + 1)
ties = rounded(generator.integers(0, 3, size=(2, 6, 6, 2)))
add("maximum pooling of equal pixels", [ties], max_pool((3, 3), 2, "valid"), 0, 9, magnitudes=of_the_same_way(max_pool((3, 3), 2, "valid")))


# Resizes. For TensorFlow 1's convention there is no operation of PyTorch: two products by matrices of shares.
def shares(inputs, outputs, convention, bound=False):
    """[outputs, inputs]: how much of each input an output takes, or what bounds the error: lower + (upper - lower) share reads the lower
    pixel twice."""
    matrix = torch.zeros(outputs, inputs)
    for i in range(outputs):
        at = {"halfPixelCenters": max((i + 0.5) * inputs / outputs - 0.5, 0), "tensorFlow1": i * inputs / outputs,
              "alignedCorners": i * (inputs - 1) / max(outputs - 1, 1)}[convention] if inputs != outputs else i
        lower = min(int(at), inputs - 1)
        upper, share = min(lower + 1, inputs - 1), at - lower
        matrix[i, lower] += 1 + share if bound else 1 - share
        matrix[i, upper] += share
    return matrix


def resized(x, height, width, convention, bound=False):
    return torch.einsum("yi,xj,nijc->nyxc", shares(x.shape[1], height, convention, bound), shares(x.shape[2], width, convention, bound), x)


def bilinear(height, width, convention):
    if convention == "tensorFlow1":
        return lambda x: resized(x, height, width, convention)
    corners = convention == "alignedCorners"
    return lambda x: F.interpolate(x.permute(0, 3, 1, 2), size=(height, width), mode="bilinear", align_corners=corners).permute(0, 2, 3, 1)


for shape, height, width in (((2, 4, 5, 3), 7, 9), ((1, 7, 6, 2), 3, 6), ((1, 3, 1, 2), 6, 4)):
    for convention in ("halfPixelCenters", "tensorFlow1", "alignedCorners"):
        add(f"bilinear resize {'x'.join(map(str, shape))} to {height}x{width} {convention}", [normal(*shape)], bilinear(height, width, convention), 8,
            8 + 2 * (height + width), absolute=lambda x: resized(x, height, width, convention, True))
for shape, height, width in (((2, 4, 6, 3), 7, 4), ((1, 6, 6, 2), 3, 12), ((1, 5, 3, 1), 10, 9)):
    add(f"nearest resize {'x'.join(map(str, shape))} to {height}x{width}", [normal(*shape)],
        lambda x: F.interpolate(x.permute(0, 3, 1, 2), size=(height, width), mode="nearest").permute(0, 2, 3, 1), 0, height + width)


# Normalisation over other axes: the same bounds, with the axes that are averaged over brought together.
def layer(x):
    return F.layer_norm(x, x.shape[1:], eps=2**-7)


def instance(x):
    return F.instance_norm(x.permute(0, 3, 1, 2), eps=2**-7).permute(0, 2, 3, 1)


def grouped(x):
    """Channels [groups, channels of a group] are the last two axes."""
    n, h, w, groups, c = x.shape
    normal = F.group_norm(x.reshape(n, h, w, groups * c).permute(0, 3, 1, 2), groups, eps=2**-7)
    return normal.permute(0, 2, 3, 1).reshape(x.shape)


def apart(axes):
    """To [kept axes, averaged axes], and back."""
    def there(x):
        kept = [a for a in range(x.dim()) if a not in axes]
        return x.permute(kept + axes).reshape(-1, int(numpy.prod([x.shape[a] for a in axes])), 1)

    def back(values, x):
        kept = [a for a in range(x.dim()) if a not in axes]
        order = kept + axes
        return values.reshape([x.shape[a] for a in order]).permute([order.index(a) for a in range(x.dim())])
    return there, back


for name, function, axes, shape in (("layer normalisation", layer, [1, 2, 3], (3, 2, 3, 4)), ("layer normalisation of rows", layer, [1], (4, 11)),
                                    ("instance normalisation", instance, [1, 2], (2, 4, 3, 3)), ("group normalisation", grouped, [1, 2, 4], (2, 3, 2, 2, 3))):
    there, back = apart(axes)

    def bounds(x, y, w):
        parts = there(x[0])
        values, gradients = standardized_magnitudes(2**-7, parts.shape[0])([parts], None, [there(w[0])])
        return [back(values[0], x[0])], [back(gradients[0], x[0])]
    x = rounded((normal(*shape) * 2 + 1).numpy())
    rows = int(numpy.prod([shape[a] for a in axes]))
    add(name, [x], function, 2 * tree(rows) + 6, 3 * tree(rows) + 10, magnitudes=bounds)


# Softmax and losses.
def softmax_bounds(x, y, w):
    """A power's relative error is that of its function and the absolute one of the shifted score."""
    top = x[0].amax(1, keepdim=True)
    sure = 1 + (x[0].abs() + top.abs()).amax(1, keepdim=True)
    return 2 * y[0] * sure, 4 * y[0] * (w[0].abs() + (y[0] * w[0].abs()).sum(1, keepdim=True)) * sure


TARGETS = rounded(torch.softmax(normal(6, 10), 1).numpy())


def target_magnitudes(x, y, w):
    value, gradient = softmax_magnitudes(x[0], x[1] * w[0].abs()[:, None])
    return (x[1] * value).sum(1), [gradient, w[0].abs()[:, None] * value]


add("softmax", [normal(6, 10) * 4], lambda x: torch.softmax(x, 1), 2 * FUNCTION + tree(10) + 3, 4 * FUNCTION + 3 * tree(10) + 8,
    magnitudes=lambda x, y, w: tuple([m] for m in softmax_bounds(x, y, w)))
add("softmax cross-entropy, any targets", [normal(6, 10) * 4, TARGETS], lambda x, t: -(t * F.log_softmax(x, 1)).sum(1), 2 * FUNCTION + 2 * tree(10) + 3,
    2 * FUNCTION + 3 * tree(10) + 6, magnitudes=target_magnitudes)
add("sigmoid cross-entropy", [normal(30) * 5, between(0, 1, 30)], lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), FUNCTION + 2, FUNCTION + 4,
    magnitudes=lambda x, y, w: (F.softplus(x[0]) + (x[0] * x[1]).abs(), [w[0].abs() * (torch.sigmoid(x[0]) + x[1]), w[0] * x[0]]))
add("clip to value 0.5", [normal(5, 8), normal(8)], lambda *g: tuple(torch.clamp(v, -0.5, 0.5) for v in g), 0, absolute="itself")


# Second order: the results are the gradients g = d sum(w y) / dx, with w an input as well; their gradients are those of sum(v g), for x and w.
def gradients_of(function, count):
    def apply(*inputs):
        x = [v if v.requires_grad else v.clone().requires_grad_() for v in inputs[:count]]
        return tuple(torch.autograd.grad(function(*x), x, inputs[count], create_graph=True))
    return apply


def second(name, inputs, function, k, k_gradient, **options):
    arriving = normal(*function(*inputs).shape)
    add("second order: " + name, [*inputs, arriving], gradients_of(function, len(inputs)), k, k_gradient, **options)


# Products are sums of products at every order.
left, right = normal(4, 7), normal(7, 3)
second("matmul", [left, right], lambda a, b: a @ b, 8, 16)
for images, kernel, stride, padding in CONVOLUTIONS[:4]:
    name = f"convolution {'x'.join(map(str, images))} by {'x'.join(map(str, kernel))} stride {stride} {padding}"
    second(name, [normal(*images), normal(*kernel)], convolution(stride, padding), 256, 513)
for images, kernel, stride, padding, height, width in TRANSPOSED[:3]:
    name = f"transposed convolution {'x'.join(map(str, images))} by {'x'.join(map(str, kernel))} stride {stride} {padding} to {height}x{width}"
    second(name, [normal(*images), normal(*kernel)], transposed(stride, padding, height, width), 256, 513)

# Functions: name, points, value, the magnitudes of the first and second derivatives as the rules compute them (1 - y has the error of 1).
SECOND = [
    ("square root", numpy.exp(numpy.linspace(-8, 8, 30)), torch.sqrt, lambda x, y: 0.5 / y, lambda x, y: 0.25 / y**3),
    ("exp", MIDDLE, torch.exp, lambda x, y: y, lambda x, y: y),
    ("log", numpy.exp(numpy.linspace(-8, 8, 30)), torch.log, lambda x, y: 1 / x, lambda x, y: 1 / x**2),
    ("tanh", WIDE / 8, torch.tanh, lambda x, y: 1 + y * y, lambda x, y: 2 * y.abs() * (1 + y * y)),
    ("sigmoid", WIDE / 4, torch.sigmoid, lambda x, y: y, lambda x, y: 3 * y),
    ("softplus", WIDE / 4, F.softplus, lambda x, y: torch.sigmoid(x), lambda x, y: torch.sigmoid(x)),
    ("square", MIDDLE, torch.square, lambda x, y: 2 * x, lambda x, y: 2 + 0 * x),
    ("leaky ReLU", MIDDLE, lambda x: F.leaky_relu(x, float(numpy.float32(0.2))), lambda x, y: torch.where(x > 0, 1.0, 0.2 * (1 + 1e-7)), lambda x, y: 0 * x),
]
for name, points, function, first_size, second_size in SECOND:
    def bounds(x, y, w):
        value = function(x[0])
        return [x[1] * first_size(x[0], value)], [w[0] * x[1] * second_size(x[0], value), w[0] * first_size(x[0], value)]
    second(name, [rounded(points)], function, 2 * FUNCTION + 4, 4 * FUNCTION + 12, magnitudes=bounds)


def norm(x):
    return torch.sqrt((x * x).sum(1))


def norm_bounds(x, y, w):
    x, arriving, v = x[0].abs(), x[1].abs()[:, None], w[0].abs()
    length = norm(x)[:, None]
    return [arriving * x / length], [arriving * v / length + arriving * x * (x * v).sum(1, keepdim=True) / length**3, (v * x / length).sum(1)]


second("norm of rows", [normal(5, 12)], norm, tree(12) + 6, 3 * tree(12) + 16, magnitudes=norm_bounds)
second("sum and mean", [normal(3, 4, 5)], lambda x: (x * x).sum((0, 2)) * x.mean(), tree(60) + 6, 2 * tree(60) + 12)
# Both factors of g = w (2 x mean + sum / count) are sums: absolute values bound them.


class Tracked:
    """A value with a bound of the absolute error that binary32 arithmetic has made of it, in units of 2^-24 (Higham, section 3.3)."""

    def __init__(self, value, error=None):
        self.value, self.error = value, torch.zeros_like(value) if error is None else error

    def rounded(self, error, times=1):
        return Tracked(self.value, error + times * self.value.abs())

    def __add__(self, other):
        return Tracked(self.value + other.value).rounded(self.error + other.error)

    def __sub__(self, other):
        return Tracked(self.value - other.value).rounded(self.error + other.error)

    def __mul__(self, other):
        if not isinstance(other, Tracked):
            return Tracked(self.value * other).rounded(self.error * abs(other))
        return Tracked(self.value * other.value).rounded(self.value.abs() * other.error + self.error * other.value.abs() + self.error * other.error * 2.0**-24)

    def sum(self):
        """Over axis 1. Every rounding of the tree is one of a partial sum, none greater than the sum of the absolute values."""
        rows = self.value.shape[1]
        return Tracked(self.value.sum(1, keepdim=True), self.error.sum(1, keepdim=True) + tree(rows) * self.value.abs().sum(1, keepdim=True))

    def mean(self):
        return self.sum() * (1 / self.value.shape[1])

    def inverse_root(self):
        """One rounded root, one rounded division; x^-1/2 is convex, so that its steepest place is the left end."""
        value = self.value**-0.5
        return Tracked(value).rounded(0.5 * (self.value - self.error * 2.0**-24) ** -1.5 * self.error, 2)


def normalisation_bounds(epsilon):
    """The closed form of the gradient, and its derivatives by the rules of a product, a mean and an inverse root."""
    def apply(x, y, w):
        rows = x[0].shape[0]
        x, w, v = (Tracked(t[None]) for t in (x[0], x[1], w[0]))
        centred = x - x.mean()
        variance = (centred * centred).mean()
        inverse = Tracked(variance.value + epsilon).rounded(variance.error).inverse_root()
        hat = centred * inverse
        projection = (w * hat).mean()
        inner = w - w.mean() - hat * projection
        a = v * inverse
        to_hat = (a * hat).sum() * (-1 / rows) * w - a * projection
        to_inverse = (v * inner).sum() + (to_hat * centred).sum()
        to_variance = to_inverse * (inverse * inverse * inverse * -0.5)
        to_centred = to_hat * inverse + to_variance * (1 / rows) * (centred * 2)
        found = (inverse * inner, to_centred - to_centred.mean(), a - a.mean() - hat * (a * hat).mean())
        first, of_x, of_w = (torch.maximum(f.error, f.value.abs())[0] for f in found)
        return [first], [of_x, of_w]
    return apply


for shape, epsilon in (((7, 4), 2**-7), ((12, 3), 2**-10)):
    x = rounded((normal(*shape) * 1.5 + 0.5).numpy())
    # The order in which the contributions to one tensor are added differs from the formula's: a factor of 2.
    second(f"batch normalisation {shape[0]}x{shape[1]}", [x], lambda x: F.batch_norm(x, None, None, training=True, eps=epsilon), 1, 1, magnitudes=normalisation_bounds(epsilon))

# Functions of matrices: rounded once; the gradient of the inverse has two products.
regular = rounded(numpy.eye(4)[[2, 0, 3, 1]] * 2 + generator.uniform(-0.5, 0.5, size=(4, 4)))
add("matrix inverse", [regular], torch.linalg.inv, 1, 2 * chain(4) + 4,
    magnitudes=lambda x, y, w: (y[0].abs(), y[0].abs().T @ w[0].abs() @ y[0].abs().T))
add("log absolute determinant", [regular], lambda x: torch.linalg.slogdet(x)[1], 1, 2,
    magnitudes=lambda x, y, w: (y[0].abs(), torch.linalg.inv(x[0]).abs().T * w[0].abs()))

data = numpy.concatenate(numbers)
data.tofile("values.f32")
versions = {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": numpy.__version__}
with open("index.json", "w") as file:
    lines = ",\n".join(json.dumps(case, sort_keys=True, separators=(",", ":")) for case in cases)
    file.write('{"cases":[\n' + lines + '\n],"made_by":' + json.dumps(versions) + "}\n")
print(versions, len(cases), "cases,", data.nbytes, "bytes")
