import CKernels

/// Windows of an image batch, as `FidPatches` has them.
struct PatchShape {
    var images = 1
    var height: Int
    var width: Int
    var channels: Int
    var grid: (height: Int, width: Int)
    var stride: (y: Int, x: Int) = (1, 1)
    var taps: [(dy: Int, dx: Int)]

    var pixels: Int { images * grid.height * grid.width }
    var depth: Int { taps.count * channels }

    /// A square window of `size` whose first tap is at (first, first).
    static func square(_ size: Int, first: Int) -> [(dy: Int, dx: Int)] {
        (0..<size * size).map { (dy: first + $0 / size, dx: first + $0 % size) }
    }
}

/// One operand X[r, k] in one of the five layouts, with its numbers.
enum ProductOperand {
    case rows(count: Int, depth: Int, stride: Int)
    case columns(count: Int, depth: Int, stride: Int)
    case patchRows(PatchShape)
    case patchColumns(PatchShape)
    case tapColumns(count: Int, channels: Int, stride: Int, tapOffset: [Int])

    var count: Int {
        switch self {
        case .rows(let count, _, _), .columns(let count, _, _), .tapColumns(let count, _, _, _): count
        case .patchRows(let shape): shape.pixels
        case .patchColumns(let shape): shape.depth
        }
    }

    var depth: Int {
        switch self {
        case .rows(_, let depth, _), .columns(_, let depth, _): depth
        case .patchRows(let shape): shape.depth
        case .patchColumns(let shape): shape.pixels
        case .tapColumns(_, let channels, _, let tapOffset): tapOffset.count * channels
        }
    }

    /// Number of floats that the layout spans.
    var extent: Int {
        switch self {
        case .rows(let count, let depth, let stride): count == 0 ? 0 : (count - 1) * stride + depth
        case .columns(let count, let depth, let stride): depth == 0 ? 0 : (depth - 1) * stride + count
        case .patchRows(let shape), .patchColumns(let shape): shape.images * shape.height * shape.width * shape.channels
        case .tapColumns(let count, let channels, let stride, let tapOffset): tapOffset.max()! + (channels - 1) * stride + count
        }
    }

    /// The index of X[r, k], or nil if it is outside of an image and counts as zero.
    func offset(_ r: Int, _ k: Int) -> Int? {
        switch self {
        case .rows(_, _, let stride): r * stride + k
        case .columns(_, _, let stride): k * stride + r
        case .patchRows(let shape): shape.offset(pixel: r, element: k)
        case .patchColumns(let shape): shape.offset(pixel: k, element: r)
        case .tapColumns(_, let channels, let stride, let tapOffset): tapOffset[k / channels] + k % channels * stride + r
        }
    }

    /// X[r, k] at r * depth + k.
    func dense(_ data: [Float]) -> [Float] {
        (0..<count * depth).map { index in
            offset(index / depth, index % depth).map { data[$0] } ?? 0
        }
    }
}

extension PatchShape {
    func offset(pixel: Int, element: Int) -> Int? {
        let tap = taps[element / channels]
        let y = pixel / grid.width % grid.height * stride.y + tap.dy
        let x = pixel % grid.width * stride.x + tap.dx
        guard (0..<height).contains(y), (0..<width).contains(x) else { return nil }
        let image = pixel / grid.width / grid.height
        return ((image * height + y) * width + x) * channels + element % channels
    }
}
