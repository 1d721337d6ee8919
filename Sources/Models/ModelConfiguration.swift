public import Studies

/// What a model is built from: the settings of a specification and the fields of its data set.
public struct ModelConfiguration: Sendable {
    /// Values of the model's hyperparameters.
    public let hyperparameters: Hyperparameters
    /// Architecture and width multiplier.
    public let architecture: Specification.Architecture
    /// Shape of one example of the field "images".
    public let images: ExampleShape
    /// Examples per batch.
    public let batchSize: Int
    /// Number of steps of the run.
    public let steps: Int
    /// All fields of the data set, including "images".
    public let fields: [BatchField]
    /// Whether gradients compute activations again rather than keep them, in models that can: less memory and more time for the same bits. No part of a specification.
    public let recomputesActivations: Bool
    /// Networks and optimizers for points that are chosen freely; nil for those of the architecture. No part of a specification of runs.
    public let plane: PlaneSettings?

    /// Creates a configuration.
    /// - Parameter fields: fields in addition to "images"
    public init(
        hyperparameters: Hyperparameters, architecture: Specification.Architecture, images: ExampleShape, batchSize: Int, steps: Int, fields: [BatchField] = [],
        recomputesActivations: Bool = false, plane: PlaneSettings? = nil
    ) {
        self.hyperparameters = hyperparameters
        self.architecture = architecture
        self.images = images
        self.batchSize = batchSize
        self.steps = steps
        self.recomputesActivations = recomputesActivations
        self.plane = plane
        self.fields = [.images(images)] + fields.filter { $0.name != "images" }
    }

    /// A field of the data set.
    /// - Errors: `BatchFieldError` with the existing fields if there is none of this name
    public func field(_ name: String) throws(BatchFieldError) -> BatchField {
        guard let field = fields.first(where: { $0.name == name }) else { throw BatchFieldError(name: name, offered: fields) }
        return field
    }

    /// The shared networks of the study's models.
    var network: any StudyNetwork {
        if let plane { return FreePlaneNetwork(settings: plane, images: images) }
        return architecture.name == StudyArchitecture.mlp
            ? PointNetwork(images: images, multiplier: architecture.width) : InfoGANNetwork(images: images, multiplier: architecture.width)
    }
}

/// A setting of the specification that does not fit the shape of the data set's examples.
public struct ModelShapeError: Error, Equatable, CustomStringConvertible {
    /// The affected key of the specification.
    public let key: String
    /// What is wrong and what is allowed.
    public let problem: String

    /// An error of a hyperparameter.
    public init(hyperparameter: String, problem: String) { self.init(key: "hyperparameters.\(hyperparameter)", problem: problem) }

    /// An error of any key.
    public init(key: String, problem: String) { (self.key, self.problem) = (key, problem) }

    /// The error in one sentence, preceded by the affected key of the specification.
    public var description: String { "\(key): \(problem)" }
}
