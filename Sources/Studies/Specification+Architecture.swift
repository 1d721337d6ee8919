public import Canonical

extension Specification {
    /// The networks of a run.
    public struct Architecture: Sendable, Hashable {
        /// The name of the architecture.
        public var name: String
        /// The width factor on channel counts; 1 is the published network.
        public var width: Double

        /// Creates a value from its parts.
        public init(name: String, width: Double) {
            self.name = name
            self.width = width
        }

        /// The field "architecture".
        public var json: JSONValue { .object(["name": .string(name), "width": .number(width)]) }
    }
}

extension Specification.Architecture {
    /// Reads the field "architecture" of a specification.
    /// - Parameter dataset: the data set that the networks must support; nil if only the specification is available
    init(
        _ fields: inout FieldReader, model: ModelSchema, dataset: DatasetFacts?, complete: Bool
    ) throws(FieldError) {
        let suitable = if let dataset { try model.architectures(for: dataset, fields) } else { model.architectures }
        name = suitable[0]
        width = 1
        guard var inner = complete ? try fields.object("architecture") : try fields.optionalObject("architecture")
        else { return }
        let given = try inner.optionalOneOf("name", suitable)
        let factor = try inner.optionalNumber("width", in: SpecificationLimits.width)
        if complete {
            _ = try inner.value("name")
            _ = try inner.value("width")
        }
        try inner.finish()
        name = given ?? name
        width = factor ?? width
    }
}

extension ModelSchema {
    /// The fully connected architecture, the only one for points; the others are for images.
    public static let pointArchitecture = "mlp"

    /// The architectures that support a data set, default first.
    /// - Errors: `FieldError` if there is none.
    func architectures(for dataset: DatasetFacts, _ fields: FieldReader) throws(FieldError) -> [String] {
        guard !dataset.isSinglePixel else {
            throw fields.error("dataset", "the images of \(dataset.name) are 1x1; networks for images need at least two pixels")
        }
        let suitable = architectures.filter { ($0 == Self.pointArchitecture) == dataset.isPoints }
        guard !suitable.isEmpty else {
            throw fields.error("dataset", "\(name) has no networks for \(dataset.isPoints ? "points" : "images"), the items of \(dataset.name)")
        }
        return suitable
    }
}
