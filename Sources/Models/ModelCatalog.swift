public import Studies

/// The models by name. A new model is one file and one line here.
public enum ModelCatalog {
    public static let all: [any StudyModel] = [
        MMGAN(),
        NSGAN(),
        LSGAN(),
        WGAN(),
        WGANGP(),
        DRAGAN(),
        BEGAN(),
        VAE(),
        WGTWGAN(),
        WGTGAN(),
    ]

    public static let schemas: [ModelSchema] = all.map(\.schema)

    public static func model(named name: String) -> (any StudyModel)? { all.first { $0.schema.name == name } }
}
