"""The first 100 convex polygons of each variant, drawn point by point in plain Python, and the digests of their canonical content.
An independent reference for PolygonTests. Run: python3 generate.py"""
import hashlib
import math
import sys

MASK = 0xFFFFFFFF


def philox(counter, key):
    """Philox 4x32-10 (Salmon et al. 2011) on four words and two words of key."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def words(name, step, count):
    """Words of the stream `name` with seed 0."""
    digest = hashlib.sha256(b"fidelio.stream/1\0" + (0).to_bytes(8, "little") + name.encode()).digest()
    key = [int.from_bytes(digest[0:4], "little"), int.from_bytes(digest[4:8], "little")]
    out = []
    for block in range((count + 3) // 4):
        out += philox([block, 0, step & MASK, step >> 32], key)
    return out[:count]


def corners(image, low, high, notebook):
    """Corners in pixels. In the notebook's variant first coordinate = first axis of the image = row."""
    w = words("polygons/train", image, 2 + high)
    count = low + (w[0] * (high - low + 1) >> 32)
    sector = 360 / count
    room = sector - (10 if notebook else 20)
    points = [math.radians(i * sector + 10 + w[2 + i] / 2**32 * room) for i in range(count)]
    points = [(math.cos(a), math.sin(a)) for a in points]
    turn = w[1] / 2**32 * 2 * math.pi
    if notebook:
        turn = -math.radians(turn)  # taken for degrees; row vector times [[c, -s], [s, c]] turns backwards
    c, s = math.cos(turn), math.sin(turn)
    points = [(10.5 * (x * c - y * s), 10.5 * (x * s + y * c)) for x, y in points]
    mean = [sum(p[i] for p in points) / count for i in (0, 1)]
    points = [(x - mean[0] + 14, y - mean[1] + 14) for x, y in points]
    return points


def inside(points, x, y):
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        if (bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0:
            return False
    return True


def draw(points, notebook):
    pixels = bytearray()
    for row in range(28):
        for column in range(28):
            outside = 0
            for i in range(8):
                for j in range(8):
                    if notebook:
                        a, b = 8 * row - 3 + i, 8 * column - 3 + j
                        if not (0 <= a < 224 and 0 <= b < 224 and inside(points, a / 8, b / 8)):
                            outside += 1
                    elif not inside(points, (8 * column + j + 0.5) / 8, (8 * row + i + 0.5) / 8):
                        outside += 1
            pixels.append(outside)
    return bytes(pixels)


def content(low, high, notebook):
    polygons = [corners(i, low, high, notebook) for i in range(100)]
    classes = high - low + 1 if high > low else 0
    header = (
        '{"channels":1,"classes":%d,"height":28,"pixels":"uint8","splits":[{"images":100,"name":"train"}],"white":64,"width":28}' % classes
    )
    data = b"fidelio images 1\n" + header.encode() + b"\n" + b"".join(draw(p, notebook) for p in polygons)
    return data + (bytes(len(p) - low for p in polygons) if classes else b"")


print("# python", sys.version.split()[0])
for name, low, high, notebook in [("clean", 3, 3, False), ("notebook", 3, 3, True), ("labelled", 3, 7, False)]:
    print(name, hashlib.sha256(content(low, high, notebook)).hexdigest())
