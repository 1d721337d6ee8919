public import Graphs

/// A named array of a batch, with the shape of one example. In a plan it is the input of this name, with the batch as its first axis.
public struct BatchField: Sendable, Hashable, CustomStringConvertible {
    /// Name of the field and of the input.
    public let name: String
    /// Shape of one example.
    public let shape: Shape

    /// Creates a field.
    public init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }

    /// The field "images". - Shapes: [h, w, c] per example
    public static func images(_ shape: ExampleShape) -> BatchField { BatchField("images", [shape.height, shape.width, shape.channels]) }

    /// The input's shape for a number of examples.
    public func shape(examples: Int) -> Shape { Shape([examples] + shape.extents) }

    /// Name and shape, such as "images" [28,28,1].
    public var description: String { "\"\(name)\" \(shape)" }
}

/// A field that a model needs and the data set does not provide.
public struct BatchFieldError: Error, Equatable, CustomStringConvertible {
    /// The needed field.
    public let name: String
    /// The needed shape, if the field exists with another shape.
    public let shape: Shape?
    /// The fields that the data set provides.
    public let offered: [BatchField]

    /// Creates the error.
    public init(name: String, shape: Shape? = nil, offered: [BatchField]) {
        (self.name, self.shape, self.offered) = (name, shape, offered)
    }

    /// The error in one sentence, without a subject.
    public var description: String {
        let wanted = shape.map { "\(BatchField(name, $0))" } ?? "\"\(name)\""
        return "needs the field \(wanted) of every example; there is \(offered.isEmpty ? "none" : offered.map(\.description).joined(separator: ", "))"
    }
}
