public import Studies

/// What a specification and its data set say of a model.
public struct ModelConfiguration: Sendable {
    public let hyperparameters: Hyperparameters
    public let architecture: Specification.Architecture
    public let images: ExampleShape
    public let batchSize: Int

    public init(hyperparameters: Hyperparameters, architecture: Specification.Architecture, images: ExampleShape, batchSize: Int) {
        self.hyperparameters = hyperparameters
        self.architecture = architecture
        self.images = images
        self.batchSize = batchSize
    }

    /// The networks that the study's models are built from.
    var network: any StudyNetwork {
        architecture.name == StudyArchitecture.mlp
            ? PointNetwork(images: images, multiplier: architecture.width) : InfoGANNetwork(images: images, multiplier: architecture.width)
    }
}
