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


main()
