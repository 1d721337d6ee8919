"""Random numbers to the bit: docs/reproduction.md, section 4."""

import hashlib
import struct

import numpy as np

F = np.float32
MASK = np.uint64(0xFFFFFFFF)


def fma(a, b, c):
    """a b + c rounded once to binary32: the product is exact in binary64, and the sum is rounded to odd there, so that the second rounding is correct."""
    p = np.asarray(a, F).astype(np.float64) * np.asarray(b, F).astype(np.float64)
    c = np.asarray(c, F).astype(np.float64)
    s = p + c
    back = s - p
    error = (p - (s - back)) + (c - back)
    bits = s.view(np.int64)
    even = (bits & 1) == 0
    step = np.where((error > 0) == (s > 0), 1, -1)
    return np.where((error != 0) & even, (bits + step).view(np.float64), s).astype(F)


def polynomial(x, terms):
    sum = np.full_like(x, F(float.fromhex(terms[-1])))
    for term in reversed(terms[:-1]):
        sum = fma(sum, x, F(float.fromhex(term)))
    return sum


P_LOG = ["0x1.555548p-2", "-0x1.000006p-2", "0x1.99a476p-3", "-0x1.555c44p-3", "0x1.233ba2p-3", "-0x1.fc28c8p-4", "0x1.e6c008p-4", "-0x1.de01fcp-4", "0x1.14737ap-4"]
P_SIN = ["-0x1.555556p-3", "0x1.111174p-7", "-0x1.a05954p-13", "0x1.7c2c4ep-19"]
P_COS = ["0x1.55554ap-5", "-0x1.6c0c28p-10", "0x1.99e80cp-16"]
P_TRUNC = ["0x1.323feep0", "0x1.40b482p-2", "0x1.fe9474p-7", "-0x1.9a090ep-9", "-0x1.ae29d8p-13", "0x1.68c0fap-14", "-0x1.89394cp-18", "-0x1.0c53d6p-25"]
T = F(float.fromhex("0x1.d277bcp-1"))


def logarithm(u):
    bits = u.view(np.int32) - np.int32(0x3F3504F3)
    e = (bits >> 23).astype(F)
    f = ((bits & 0x7FFFFF) + np.int32(0x3F3504F3)).view(F) - F(1)
    tail = fma(f * f, fma(f, polynomial(f, P_LOG), F(-0.5)), e * F(float.fromhex("0x1.7f7d1cp-20")))
    a = e * F(float.fromhex("0x1.62e4p-1"))
    h = a + f
    return h + ((f - (h - a)) + tail)


class Stream:
    """A function of (seed, name, step, index)."""

    def __init__(self, seed, name):
        content = b"fidelio.stream/1\0" + struct.pack("<Q", seed) + name.encode()
        self.key = struct.unpack("<Q", hashlib.sha256(content).digest()[:8])[0]

    def blocks(self, step, numbers):
        """The four words of each block: [blocks, 4]."""
        numbers = np.asarray(numbers, np.uint64)
        c = [numbers & MASK, numbers >> np.uint64(32)]
        c += [np.full_like(numbers, step & 0xFFFFFFFF), np.full_like(numbers, step >> 32)]
        k0, k1 = self.key & 0xFFFFFFFF, self.key >> 32
        for _ in range(10):
            a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
            c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), b & MASK, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), a & MASK]
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        return np.stack(c, axis=1)

    def words(self, step, start, count):
        first = start // 4
        blocks = self.blocks(step, np.arange(first, (start + count + 3) // 4, dtype=np.uint64))
        return blocks.reshape(-1)[start - 4 * first :][:count]

    def uniform(self, low, high, step, start, count):
        u = (self.words(step, start, count) >> np.uint64(8)).astype(F) * F(2.0**-24)
        return fma(F(high) - F(low), u, F(low))

    def normal(self, mean, deviation, step, start, count):
        first = start // 4
        words = self.blocks(step, np.arange(first, (start + count + 3) // 4, dtype=np.uint64)).reshape(-1, 2)
        v, w = words[:, 0], words[:, 1]
        u = fma(fma((v >> np.uint64(16)).astype(F), F(2.0**16), (v & np.uint64(0xFFFF)).astype(F)), F(2.0**-32), F(2.0**-33))
        radius = np.sqrt(F(-2) * logarithm(u))
        q = ((w + np.uint64(2**29)) & MASK) >> np.uint64(30)
        r = ((w - (q << np.uint64(30))) & MASK).astype(np.uint32).view(np.int32) >> 6
        x = (2 * r + 1).astype(F) * F(np.pi * 2.0**-26)
        t = x * x
        s = x + (x * t) * polynomial(t, P_SIN)
        h = F(0.5) * t
        k = F(1) - h
        c = k + fma(t * t, polynomial(t, P_COS), (F(1) - k) - h)
        odd = (q & np.uint64(1)) != 0
        cosine, sine = np.where(odd, s, c), np.where(odd, c, s)
        first_number = radius * np.where((q == 1) | (q == 2), -cosine, cosine)
        second_number = radius * np.where(q >= 2, -sine, sine)
        numbers = np.stack([first_number, second_number], axis=1).reshape(-1)
        return fma(F(deviation), numbers[start - 4 * first :][:count], F(mean))

    def truncated(self, mean, deviation, step, start, count):
        words = self.words(step, start, count).astype(np.int64)
        x = (2 * (words >> 8) + 1 - 2**24).astype(F) * F(2.0**-24)
        n = x * polynomial(-logarithm(fma(x * x, -T, F(1))), P_TRUNC)
        limit = F(float.fromhex("0x1.fffffep0"))
        n = np.where(np.abs(n) > limit, np.copysign(limit, x), n)
        return fma(F(deviation), n, F(mean))

    def whole(self, bounds, step, start=0):
        """Integers; the one at index start + i is below bounds[i]."""
        words = self.blocks(step, np.arange(start, start + len(bounds), dtype=np.uint64))
        found = []
        for i, bound in enumerate(bounds):
            block, w = start + i, words[i]
            while True:
                candidates = [int(w[0]) | int(w[1]) << 32, int(w[2]) | int(w[3]) << 32]
                taken = [x * bound >> 64 for x in candidates if (x * bound) % 2**64 >= 2**64 % bound]
                if taken:
                    found.append(taken[0])
                    break
                block += 2**56
                w = self.blocks(step, [block])[0]
        return found

    def permutation(self, count, step):
        order = list(range(count))
        for i, jump in enumerate(self.whole([count - i for i in range(count)], step)):
            order[i], order[i + jump] = order[i + jump], order[i]
        return order


def data_order(images, batch, seed, step):
    """The training images of a step."""
    return order_of(images, seed, (step - 1) * batch, batch)


def order_of(images, seed, start, count):
    """The training images at positions of the order."""
    stream, orders, found = Stream(seed, "data/order"), {}, []
    for q in range(start, start + count):
        epoch = q // images
        if epoch not in orders:
            orders[epoch] = stream.permutation(images, epoch)
        found.append(orders[epoch][q % images])
    return found
