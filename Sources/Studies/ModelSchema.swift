public import Canonical

/// The public schema of a model: names, hyperparameters, architectures.
public struct ModelSchema: Sendable, Hashable {
    /// The name in specifications: "ns-gan".
    public let name: String
    /// The human-readable title: "NS GAN".
    public let title: String
    /// One sentence for users.
    public let description: String
    /// Sorted by name.
    public let hyperparameters: [HyperparameterSchema]
    /// The supported architectures; the first is the default.
    public let architectures: [String]
    /// Whether the model defines the exact likelihood of examples, which its runs then measure by default.
    public let hasLikelihood: Bool

    /// Creates a schema.
    /// - Precondition: hyperparameter names are unique, and there is at least one architecture
    public init(
        name: String, title: String, description: String, hyperparameters: [HyperparameterSchema],
        architectures: [String] = ["infogan"], hasLikelihood: Bool = false
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.hyperparameters = hyperparameters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.architectures = architectures
        self.hasLikelihood = hasLikelihood
        precondition(Set(hyperparameters.map(\.name)).count == hyperparameters.count, "\(name): duplicate hyperparameter names")
        precondition(!architectures.isEmpty, "\(name): no architecture")
    }

    /// The hyperparameters with their default values.
    public var defaults: Hyperparameters {
        Hyperparameters(Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.defaultValue) }))
    }

    /// The metrics that a run measures if its specification names none. Models that are trained together measure those of the study unless all of them define a likelihood.
    public var defaultMetrics: [String] { hasLikelihood ? SpecificationLimits.likelihoodMetrics : SpecificationLimits.defaultMetrics }

    /// The same for setting 0 of the narrow search.
    public var narrowDefaults: Hyperparameters {
        Hyperparameters(Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.narrowDefault ?? $0.defaultValue) }))
    }

    /// The schema of a hyperparameter, or nil.
    public func hyperparameter(_ name: String) -> HyperparameterSchema? {
        hyperparameters.first { $0.name == name }
    }

    /// Reads an object of hyperparameters; omitted ones have their defaults.
    /// - Parameter complete: whether the object is from a stored specification, which has every name and may contain values of earlier versions
    /// - Errors: `FieldError` for an unknown name, a wrong kind, an invalid value, and, if `complete`, for a missing name.
    public func hyperparameters(
        reading json: JSONValue, path: String = "hyperparameters", complete: Bool = false
    ) throws(FieldError) -> Hyperparameters {
        var fields = try FieldReader(json, path: path)
        var values = defaults
        for schema in hyperparameters {
            let given = complete ? try fields.value(schema.name) : fields.optionalValue(schema.name)
            guard let given else { continue }
            values[schema.name] = try schema.value(reading: given, path: fields.path(of: schema.name), isStored: complete)
        }
        try fields.finish()
        return values
    }

    /// The schema for the API.
    public var json: JSONValue {
        .object([
            "name": .string(name), "title": .string(title), "description": .string(description),
            "hyperparameters": .array(hyperparameters.map(\.json)),
            "architectures": .array(architectures.map { .string($0) }),
            "metrics": .array(defaultMetrics.map { .string($0) }),
        ])
    }
}
