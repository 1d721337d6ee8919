public import Studies

/// What a specification and its data set say of a model.
public struct ModelConfiguration: Sendable {
    public let hyperparameters: Hyperparameters
    public let architecture: Specification.Architecture
    /// The shape of the field "images".
    public let images: ExampleShape
    public let batchSize: Int
    /// How many steps the run has.
    public let steps: Int
    /// What the data set has for every example, "images" among it.
    public let fields: [BatchField]

    /// - Parameter fields: further fields than "images"
    public init(
        hyperparameters: Hyperparameters, architecture: Specification.Architecture, images: ExampleShape, batchSize: Int, steps: Int, fields: [BatchField] = []
    ) {
        self.hyperparameters = hyperparameters
        self.architecture = architecture
        self.images = images
        self.batchSize = batchSize
        self.steps = steps
        self.fields = [.images(images)] + fields.filter { $0.name != "images" }
    }

    /// A field as the data set has it.
    /// - Errors: `BatchFieldError` where it has none of this name, naming those that there are.
    public func field(_ name: String) throws(BatchFieldError) -> BatchField {
        guard let field = fields.first(where: { $0.name == name }) else { throw BatchFieldError(name: name, offered: fields) }
        return field
    }

    /// The networks that the study's models are built from.
    var network: any StudyNetwork {
        architecture.name == StudyArchitecture.mlp
            ? PointNetwork(images: images, multiplier: architecture.width) : InfoGANNetwork(images: images, multiplier: architecture.width)
    }
}
