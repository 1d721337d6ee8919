public import Canonical

/// What a model says about itself to everything that is not the model: names, and its hyperparameters.
public struct ModelSchema: Sendable, Hashable {
    /// The name in specifications: "ns-gan".
    public let name: String
    /// The name for people: "NS GAN".
    public let title: String
    public let description: String
    /// In the order of their names.
    public let hyperparameters: [HyperparameterSchema]
    /// The networks that the model can be built from; the first is the default.
    public let architectures: [String]

    /// - Precondition: no two hyperparameters share a name, and there is an architecture.
    public init(
        name: String, title: String, description: String, hyperparameters: [HyperparameterSchema],
        architectures: [String] = ["infogan"]
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.hyperparameters = hyperparameters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.architectures = architectures
        precondition(Set(hyperparameters.map(\.name)).count == hyperparameters.count, "\(name): a repeated name")
        precondition(!architectures.isEmpty, "\(name): no architecture")
    }

    /// The hyperparameters with their default values.
    public var defaults: Hyperparameters {
        Hyperparameters(Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.defaultValue) }))
    }

    /// The same for setting 0 of the narrow search.
    public var narrowDefaults: Hyperparameters {
        Hyperparameters(Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.narrowDefault ?? $0.defaultValue) }))
    }

    public func hyperparameter(_ name: String) -> HyperparameterSchema? {
        hyperparameters.first { $0.name == name }
    }

    /// Reads an object of hyperparameters; those that it leaves out have their defaults.
    /// - Parameter complete: whether the object is that of a stored specification, which has every name and may hold what earlier programs took.
    /// - Errors: `FieldError` for an unknown name, a wrong kind, an invalid value and, if `complete`, for an absent one.
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

    /// For the page.
    public var json: JSONValue {
        .object([
            "name": .string(name), "title": .string(title), "description": .string(description),
            "hyperparameters": .array(hyperparameters.map(\.json)),
            "architectures": .array(architectures.map { .string($0) }),
        ])
    }
}
