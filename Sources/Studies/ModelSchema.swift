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
    /// The field of given examples on which generation is conditioned, such as "low_resolution"; nil if examples are generated from latents alone.
    public let condition: String?

    /// The field that models of super-resolution are conditioned on.
    public static let lowResolution = "low_resolution"

    /// Creates a schema.
    /// - Precondition: hyperparameter names are unique, and there is at least one architecture
    public init(
        name: String, title: String, description: String, hyperparameters: [HyperparameterSchema],
        architectures: [String] = ["infogan"], hasLikelihood: Bool = false, condition: String? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.hyperparameters = hyperparameters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.architectures = architectures
        self.hasLikelihood = hasLikelihood
        self.condition = condition
        precondition(Set(hyperparameters.map(\.name)).count == hyperparameters.count, "\(name): duplicate hyperparameter names")
        precondition(!architectures.isEmpty, "\(name): no architecture")
    }

    /// The hyperparameters with their default values, as specifications have them.
    public var defaults: Hyperparameters {
        Hyperparameters(Dictionary(uniqueKeysWithValues: hyperparameters.filter { !$0.isOmittedByDefault }.map { ($0.name, $0.defaultValue) }))
    }

    /// The metrics that a run measures if its specification names none.
    public var defaultMetrics: [String] { Self.defaultMetrics(of: [self]) }

    /// The metrics of models that are trained together: those of super-resolution if all of them are conditioned on low-resolution images, the likelihood if all of them define
    /// one, and both if both hold; otherwise those of the study, also for no models.
    static func defaultMetrics(of models: [ModelSchema]) -> [String] {
        guard !models.isEmpty else { return SpecificationLimits.defaultMetrics }
        var metrics: [String] = []
        if models.allSatisfy(\.hasLikelihood) { metrics += SpecificationLimits.likelihoodMetrics }
        if models.allSatisfy({ $0.condition == lowResolution }) { metrics += SpecificationLimits.superResolutionMetrics }
        return metrics.isEmpty ? SpecificationLimits.defaultMetrics : metrics.sorted()
    }

    /// The same for setting 0 of the narrow search.
    public var narrowDefaults: Hyperparameters {
        Hyperparameters(
            Dictionary(uniqueKeysWithValues: hyperparameters.filter { !$0.isOmittedByDefault }.map { ($0.name, $0.narrowDefault ?? $0.defaultValue) }))
    }

    /// The schema of a hyperparameter, or nil.
    public func hyperparameter(_ name: String) -> HyperparameterSchema? {
        hyperparameters.first { $0.name == name }
    }

    /// Reads an object of hyperparameters; omitted ones have their defaults.
    /// - Parameter complete: whether the object is from a stored specification, which has every name but those omitted by default, and may contain values of earlier versions
    /// - Errors: `FieldError` for an unknown name, a wrong kind, an invalid value, and, if `complete`, for a missing name.
    public func hyperparameters(
        reading json: JSONValue, path: String = "hyperparameters", complete: Bool = false
    ) throws(FieldError) -> Hyperparameters {
        var fields = try FieldReader(json, path: path)
        var values = defaults
        for schema in hyperparameters {
            let given = complete && !schema.isOmittedByDefault ? try fields.value(schema.name) : fields.optionalValue(schema.name)
            guard let given else { continue }
            set(schema.name, try schema.value(reading: given, path: fields.path(of: schema.name), isStored: complete), in: &values)
        }
        try fields.finish()
        return values
    }

    /// Sets a value as specifications have it: a default that they leave out is removed.
    func set(_ name: String, _ value: HyperparameterValue, in values: inout Hyperparameters) {
        let schema = hyperparameter(name)
        values[name] = schema?.isOmittedByDefault == true && schema?.defaultValue == value ? nil : value
    }

    /// The schema for the API.
    public var json: JSONValue {
        .object([
            "name": .string(name), "title": .string(title), "description": .string(description),
            "hyperparameters": .array(hyperparameters.map(\.json)),
            "architectures": .array(architectures.map { .string($0) }),
            "condition": condition.map { .string($0) } ?? .null,
            "metrics": .array(defaultMetrics.map { .string($0) }),
        ])
    }
}
