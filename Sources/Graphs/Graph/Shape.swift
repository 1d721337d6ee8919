/// The extents of a tensor, outermost axis first. The empty shape is that of a scalar.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// Extents, each >= 0.
    public let extents: [Int]

    /// Creates a shape.
    /// - Precondition: no extent is negative.
    public init(_ extents: [Int]) {
        precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in shape \(extents)")
        self.extents = extents
    }

    /// Creates a shape from a literal, such as `[64, 28, 28, 1]`.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The shape of a scalar.
    public static let scalar = Shape([])

    /// Number of axes.
    public var rank: Int { extents.count }
    /// Number of elements.
    public var count: Int { extents.reduce(1, *) }
    /// The extent of an axis.
    public subscript(axis: Int) -> Int { extents[axis] }
    /// Such as "[64,28,28,1]".
    public var description: String { "[" + extents.map(String.init).joined(separator: ",") + "]" }

    /// Strides, in elements, of a contiguous tensor of this shape.
    var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        var step = 1
        for axis in (0..<rank).reversed() {
            strides[axis] = step
            step *= extents[axis]
        }
        return strides
    }

    /// The common shape of two operands under numpy's broadcasting rule (aligned at the last axis; extent 1 repeats), or nil if they do not broadcast.
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
