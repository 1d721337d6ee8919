public import Graphs

/// A named array of a batch: what it is called, and the shape of one example's part of it. In a plan it is the input of this name with the batch as its first axis.
public struct BatchField: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public let shape: Shape

    public init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }

    /// The examples themselves. - Shapes: [h, w, c]
    public static func images(_ shape: ExampleShape) -> BatchField { BatchField("images", [shape.height, shape.width, shape.channels]) }

    /// The shape of the input for so many examples.
    public func shape(examples: Int) -> Shape { Shape([examples] + shape.extents) }

    public var description: String { "\"\(name)\" \(shape)" }
}

/// A field that a model needs and the data set does not have.
public struct BatchFieldError: Error, Equatable, CustomStringConvertible {
    public let name: String
    /// The shape that is needed, where the field is there and has another one.
    public let shape: Shape?
    /// What the data set has.
    public let offered: [BatchField]

    public init(name: String, shape: Shape? = nil, offered: [BatchField]) {
        (self.name, self.shape, self.offered) = (name, shape, offered)
    }

    public var description: String {
        let wanted = shape.map { "\(BatchField(name, $0))" } ?? "\"\(name)\""
        return "needs the field \(wanted) of every example; there is \(offered.isEmpty ? "none" : offered.map(\.description).joined(separator: ", "))"
    }
}
