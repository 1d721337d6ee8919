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
        RealNVP(),
        Glow(),
        SRFlow(),
        RRDB(),
        ESRGAN(),
        Bicubic(),
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

/// A model: its schema and its training program.
public protocol StudyModel: Sendable {
    /// Name, hyperparameters with search ranges, and architectures.
    var schema: ModelSchema { get }

    /// Builds the training program.
    /// - Errors: `BatchFieldError` if the data set lacks a field that the model needs; `PlanError` if the graph cannot be compiled, which is a programming error in the model
    func program(_ configuration: ModelConfiguration) throws -> TrainingProgram
}

extension StudyModel {
    /// The field of given examples on which generation is conditioned; its name is part of the evaluation protocol. Nil if the model generates from latents alone.
    public var condition: String? { schema.condition }
}
