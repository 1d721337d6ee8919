"""Derives the polynomials of Sources/CKernels/functions_coefficients.h.

Each polynomial is the weighted minimax fit (a linear program on a dense grid) of a function on an interval. Its coefficients are
rounded to binary32 one after the other, lowest first; after each the remaining ones are fitted anew, so that they make up for the rounding.
Needs mpmath, numpy and scipy (the header was made with 1.3.0, 2.4.6 and 1.17.1). Prints the header:
    python3 functions_coefficients.py > ../../Sources/CKernels/functions_coefficients.h
"""

import struct

import mpmath as mp
import numpy
import scipy.optimize
from numpy.polynomial import chebyshev

mp.mp.dps = 100
GRID = 1200


def binary32(x):
    return mp.mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def grid(low, high):
    return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / GRID) for i in range(GRID + 1)]


def lowest_coefficient(points, values, weights, power, count):
    """c_0 of the x^power * (c_0 + c_1 x + ... ) of `count` terms for which the largest |weight * (fit - value)| is least.

    Least squares in Chebyshev polynomials come near; a linear program finds the rest, in units of what they left over.
    """
    x, v, w = (numpy.array([float(k) for k in column]) for column in (points, values, weights))
    middle, half = (x.max() + x.min()) / 2, (x.max() - x.min()) / 2
    basis = [chebyshev.Chebyshev.basis(j, domain=[middle - half, middle + half]) for j in range(count)]
    scale = numpy.abs(x).max() ** power
    matrix = numpy.stack([w * x**power / scale * t(x) for t in basis], axis=1)
    near = numpy.linalg.lstsq(matrix, w * v, rcond=None)[0]
    rest = w * v - matrix @ near
    unit = numpy.abs(rest).max()
    ones = numpy.ones((len(x), 1))
    found = scipy.optimize.linprog(
        c=[0.0] * count + [1.0],
        A_ub=numpy.block([[matrix, -ones], [-matrix, -ones]]), b_ub=numpy.concatenate([rest, -rest]) / unit,
        bounds=[(None, None)] * count + [(0, None)], method="highs")
    assert found.status == 0, found.message
    return sum((c + unit * d) * t(0.0) for c, d, t in zip(near, found.x, basis)) / scale


def fit(function, weight, low, high, count):
    """Coefficients rounded to binary32, and the largest weighted error with them."""
    points = [x for x in grid(mp.mpf(low), mp.mpf(high)) if abs(x) > mp.mpf(10) ** -8]
    values = [function(x) for x in points]
    weights = [weight(x) for x in points]
    rounded, rest = [], list(values)
    for power in range(count):
        c = binary32(lowest_coefficient(points, rest, weights, power, count - power))
        rounded.append(c)
        rest = [v - c * x**power for x, v in zip(points, rest)]
    return rounded, max(abs(w * r) for w, r in zip(weights, rest))


def show(name, comment, coefficients, error):
    print(f"// {comment}; largest error of the fit 2^{mp.nstr(mp.log(error, 2), 4)}")
    print(f"static const float {name}[] = {{")
    for c in coefficients:
        print(f"    {float(c).hex()}f,")
    print("};")


def split(value, bits):
    """The leading bits of a value, and binary32 of what is left."""
    exponent = mp.floor(mp.log(value, 2))
    unit = mp.mpf(2) ** (exponent - bits + 1)
    high = mp.nint(value / unit) * unit
    return high, binary32(value - high)


def main():
    print("// Made by Tests/Fixtures/functions_coefficients.py. Do not edit by hand.")
    print("#pragma once\n")

    high, low = split(mp.log(2), 15)
    print("// ln 2 in two parts; multiples of the first by exponents are exact")
    print(f"#define LN2_HIGH {float(high).hex()}f")
    print(f"#define LN2_LOW {float(low).hex()}f")
    print(f"#define LOG2_E {float(binary32(1 / mp.log(2))).hex()}f\n")

    high = mp.floor(mp.pi / 2 * 2**25) / 2**25
    print("// pi / 2 in two parts of binary64, the first of 26 bits; and 2 / pi")
    print(f"#define HALF_PI_HIGH {float(high).hex()}")
    print(f"#define HALF_PI_LOW {float(mp.pi / 2 - high).hex()}")
    print(f"#define HALF_PI {float(mp.pi / 2).hex()}")
    print(f"#define TWO_OVER_PI {float(2 / mp.pi).hex()}")
    print("// The bits of 2 / pi after 32 zeros")
    digits = int(mp.floor(2 / mp.pi * mp.mpf(2) ** 256))
    words = [0] + [(digits >> (224 - 32 * i)) & 0xFFFFFFFF for i in range(8)]
    print("#define TWO_OVER_PI_WORDS " + ", ".join(f"0x{w:08x}" for w in words) + "\n")

    bound = mp.log(2) / 2 * mp.mpf("1.0001")
    show("exponential_terms", "(e^r - 1 - r) / r^2 on +-ln 2 / 2, relative to e^r - 1",
         *fit(lambda r: (mp.expm1(r) - r) / r**2, lambda r: abs(r**2 / mp.expm1(r)), -bound, bound, 6))
    show("logarithm_terms", "(log(1 + f) - f + f^2 / 2) / f^3 on sqrt(1/2) - 1 ... sqrt(2) - 1, relative to log(1 + f)",
         *fit(lambda f: (mp.log1p(f) - f + f * f / 2) / f**3, lambda f: abs(f**3 / mp.log1p(f)),
              mp.sqrt(mp.mpf(1) / 2) - 1, mp.sqrt(2) - 1, 9))
    show("tangent_terms", "(tanh(x) - x) / x^3 in x^2 on 0 ... 5/8, relative to tanh(x)",
         *fit(lambda t: (mp.tanh(mp.sqrt(t)) / mp.sqrt(t) - 1) / t, lambda t: abs(t * mp.sqrt(t) / mp.tanh(mp.sqrt(t))),
              0, mp.mpf(25) / 64, 6))
    quarter = (mp.pi / 4 * mp.mpf("1.0001")) ** 2
    show("sine_terms", "(sin(r) - r) / r^3 in r^2 on 0 ... pi / 4, relative to sin(r)",
         *fit(lambda t: (mp.sin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t, lambda t: t * mp.sqrt(t) / mp.sin(mp.sqrt(t)), 0, quarter, 4))
    show("cosine_terms", "(cos(r) - 1 + r^2 / 2) / r^4 in r^2 on 0 ... pi / 4, relative to cos(r)",
         *fit(lambda t: (mp.cos(mp.sqrt(t)) - 1 + t / 2) / t**2, lambda t: t**2 / mp.cos(mp.sqrt(t)), 0, quarter, 3))

    # A normal number n with |n| < 2: erf(n / sqrt 2) = x erf(sqrt 2) for x uniform on -1 ... 1; w = -log(1 - (x erf(sqrt 2))^2).
    edge = mp.erf(mp.sqrt(2))

    def slope(w):
        x = mp.sqrt(-mp.expm1(-w)) / edge
        return mp.sqrt(2) * mp.erfinv(x * edge) / x

    print(f"// erf(sqrt 2)^2\n#define TRUNCATION {float(binary32(edge**2)).hex()}f")
    show("truncated_terms", "n / x in w",
         *fit(slope, lambda w: 1 / slope(w), 0, -mp.log(1 - edge**2), 8))


main()
