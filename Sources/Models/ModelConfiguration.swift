public import Studies

/// What a specification and its data set say of a model.
public struct ModelConfiguration: Sendable {
    public let hyperparameters: Hyperparameters
    public let network: InfoGANNetwork
    public let batchSize: Int

    public init(hyperparameters: Hyperparameters, network: InfoGANNetwork, batchSize: Int) {
        self.hyperparameters = hyperparameters
        self.network = network
        self.batchSize = batchSize
    }
}
