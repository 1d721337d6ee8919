"""Features and Frechet distances for MetricsTests, by numpy and scipy alone. Run in this folder: python3 generate.py"""
import sys
import numpy
import scipy
from scipy import linalg


def distance(first, second):
    """The usual computation: moments in double precision, square root of the product by scipy's sqrtm."""
    first, second = first.astype(numpy.float64), second.astype(numpy.float64)
    mean1, mean2 = first.mean(axis=0), second.mean(axis=0)
    cov1, cov2 = numpy.cov(first, rowvar=False), numpy.cov(second, rowvar=False)
    root = linalg.sqrtm(cov1 @ cov2)
    return float(((mean1 - mean2) ** 2).sum() + numpy.trace(cov1) + numpy.trace(cov2) - 2 * numpy.trace(root).real)


def mixed(generator, count, dimension, scale):
    """Correlated features with variances over four orders of magnitude, rectified like those of a network."""
    mixing = generator.normal(size=(dimension, dimension)) * numpy.logspace(0, -2, dimension)
    return numpy.maximum(scale * generator.normal(size=(count, dimension)) @ mixing + 0.5, 0).astype("<f4")


def hashed(side, count, dimension):
    """Features from hashed indices (splitmix64), which the tests make bit by bit alike."""
    with numpy.errstate(over="ignore"):
        x = (numpy.arange(count * dimension, dtype=numpy.uint64) + numpy.uint64(side << 40)) * numpy.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        x ^= x >> numpy.uint64(31)
    base = ((x >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2**-24)).reshape(count, dimension)
    column = numpy.arange(dimension)
    value = base + numpy.float32(0.5) * base[:, (column * 7 + 1) % dimension] + numpy.float32(0.25) * base[:, (column * 31 + 5) % dimension]
    return numpy.maximum(value - numpy.float32(0.75 if side == 0 else 0.625), numpy.float32(0))


def large():
    print("256 features", repr(distance(hashed(0, 700, 256), hashed(1, 700, 256))))


def main():
    print(f"# python {sys.version.split()[0]}, numpy {numpy.__version__}, scipy {scipy.__version__}")
    generator = numpy.random.default_rng(20240607)
    real, fake = mixed(generator, 1500, 24, 1.0), mixed(generator, 1100, 24, 1.3)
    real.tofile("real.f32")
    fake.tofile("fake.f32")
    print("real fake", repr(distance(real, fake)))
    # The same with two features that never fire in the one set, and one that never fires in either.
    dead_real, dead_fake = real.copy(), fake.copy()
    dead_real[:, [3, 10, 17]] = 0
    dead_fake[:, 17] = 0
    print("dead features", repr(distance(dead_real, dead_fake)))
    # Few distinct directions: the features 12 to 23 repeat 0 to 11.
    print("repeated features", repr(distance(numpy.hstack([real[:, :12]] * 2), numpy.hstack([fake[:, :12]] * 2))))
    moments = numpy.cov(real.astype(numpy.float64), rowvar=False)
    print("mean[0], covariance[0, 0], covariance[5, 2]", repr(float(real.astype(numpy.float64).mean(axis=0)[0])), repr(float(moments[0, 0])), repr(float(moments[5, 2])))

    large()


main()
