public import Studies

/// All models, those of the study in the order of its released code. To add a model, add one file and one line here.
public enum ModelCatalog {
    /// All models.
    public static let all: [any StudyModel] = [
        NSGAN(),
        MMGAN(),
        WGAN(),
        WGANGP(),
        DRAGAN(),
        VAE(),
        LSGAN(),
        BEGAN(),
        WGTWGAN(),
        WGTGAN(),
    ]

    /// The schemas of all models.
    public static let schemas: [ModelSchema] = all.schemas

    /// The model of this name, or nil.
    public static func model(named name: String) -> (any StudyModel)? { all.model(named: name) }
}

/// The same lookups on any list of models, such as one that contains a test's own model.
extension [any StudyModel] {
    /// The schemas of all models.
    public var schemas: [ModelSchema] { map(\.schema) }

    /// The model of this name, or nil.
    public func model(named name: String) -> (any StudyModel)? { first { $0.schema.name == name } }
}
