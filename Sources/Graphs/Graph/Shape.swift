/// The extents of a tensor, outermost axis first. The empty shape is a scalar.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let extents: [Int]

    public init(_ extents: [Int]) {
        precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in shape \(extents)")
        self.extents = extents
    }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    public static let scalar = Shape([])

    public var rank: Int { extents.count }
    /// Number of elements.
    public var count: Int { extents.reduce(1, *) }
    public subscript(axis: Int) -> Int { extents[axis] }
    public var description: String { "[" + extents.map(String.init).joined(separator: ",") + "]" }

    /// Strides in elements of a contiguous tensor of this shape.
    var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        var step = 1
        for axis in (0..<rank).reversed() {
            strides[axis] = step
            step *= extents[axis]
        }
        return strides
    }

    /// The shape that two operands broadcast to (numpy's rule: align at the last axis, extent 1 repeats), or nil.
    func broadcast(with other: Shape) -> Shape? {
        let rank = Swift.max(self.rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let a = axis + self.rank - rank >= 0 ? extents[axis + self.rank - rank] : 1
            let b = axis + other.rank - rank >= 0 ? other.extents[axis + other.rank - rank] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            result[axis] = a == 1 ? b : a
        }
        return Shape(result)
    }

    func dropping(axes: [Int]) -> Shape {
        Shape(extents.enumerated().filter { !axes.contains($0.offset) }.map(\.element))
    }
}
