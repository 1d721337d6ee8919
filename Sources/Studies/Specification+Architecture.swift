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
    init(
        _ fields: inout FieldReader, model: ModelSchema, complete: Bool
    ) throws(FieldError) {
        name = model.architectures[0]
        width = 1
        guard var inner = complete ? try fields.object("architecture") : try fields.optionalObject("architecture")
        else { return }
        let given = try inner.optionalOneOf("name", model.architectures)
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
