public import Studies

/// The models by name, those of the study in the order of its released code. A new model is one file and one line here.
public enum ModelCatalog {
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

    public static let schemas: [ModelSchema] = all.schemas

    public static func model(named name: String) -> (any StudyModel)? { all.model(named: name) }
}

/// What the training room takes in place of the catalog, such as a list with a model that only a test knows.
extension [any StudyModel] {
    public var schemas: [ModelSchema] { map(\.schema) }

    public func model(named name: String) -> (any StudyModel)? { first { $0.schema.name == name } }
}
