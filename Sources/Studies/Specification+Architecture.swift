public import Canonical

extension Specification {
    /// The networks of a run.
    public struct Architecture: Sendable, Hashable {
        public var name: String
        /// The factor on the numbers of channels; 1 is the published network.
        public var width: Double

        public init(name: String, width: Double) {
            self.name = name
            self.width = width
        }

        public var json: JSONValue { .object(["name": .string(name), "width": .number(width)]) }
    }
}

extension Specification.Architecture {
    /// Reads the field "architecture" of a specification.
    /// - Parameter dataset: whose examples the networks must suit; nil where only the specification is at hand.
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
    /// The architecture of fully connected networks, the only one for points; the others are for images.
    public static let pointArchitecture = "mlp"

    /// The architectures that suit a data set's examples, the default first.
    /// - Errors: `FieldError` where there is none.
    func architectures(for dataset: DatasetFacts, _ fields: FieldReader) throws(FieldError) -> [String] {
        guard !dataset.isSinglePixel else {
            throw fields.error("dataset", "the images of \(dataset.name) are 1x1, and networks for images need at least two pixels")
        }
        let suitable = architectures.filter { ($0 == Self.pointArchitecture) == dataset.isPoints }
        guard !suitable.isEmpty else {
            throw fields.error("dataset", "\(name) has no networks for \(dataset.isPoints ? "points" : "images"), which \(dataset.name) consists of")
        }
        return suitable
    }
}
