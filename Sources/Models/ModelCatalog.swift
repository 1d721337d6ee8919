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

    public static let schemas: [ModelSchema] = all.map(\.schema)

    public static func model(named name: String) -> (any StudyModel)? { all.first { $0.schema.name == name } }
}
