import Graphs
import Studies

/// A model of super-resolution whose networks are convolutional: with the parameters of one training, it makes images of any size.
public protocol ResolutionModel: StudyModel {
    /// What height and width of a low-resolution image must be multiples of.
    /// - Errors: as `program`
    func multiple(_ configuration: ModelConfiguration) throws -> Int

    /// How images of the configuration's size are generated, without the plans of training. It reads the parameters of every training whose configuration differs
    /// from this one in size, batch, steps, or hyperparameters of the training alone.
    /// - Errors: as `program`; `ModelShapeError` for a size that is not a multiple
    func generation(_ configuration: ModelConfiguration) throws -> Generation

    /// The invertible map between images and latents given the low resolution; nil if the model has none. Its plans read the same parameters.
    /// - Errors: as `generation`
    func latentMap(_ configuration: ModelConfiguration) throws -> LatentMap?
}

extension ResolutionModel {
    /// 1: any size.
    public func multiple(_ configuration: ModelConfiguration) throws -> Int { 1 }

    /// None.
    public func latentMap(_ configuration: ModelConfiguration) throws -> LatentMap? { nil }
}

extension SRFlow: ResolutionModel {
    /// The flow's last level is smaller than the images by 2^L.
    public func multiple(_ configuration: ModelConfiguration) throws -> Int {
        let network = try SRFlowNetwork(configuration)
        return Swift.max(1, (1 << network.flow.levels.count) / network.pair.scale)
    }

    /// By the inverse of the flow.
    public func generation(_ configuration: ModelConfiguration) throws -> Generation { try SRFlowProgram(configuration).generation() }

    /// The flow in both directions.
    public func latentMap(_ configuration: ModelConfiguration) throws -> LatentMap? {
        LatentMap(network: try SRFlowNetwork(configuration), batch: configuration.batchSize, temperature: configuration.hyperparameters.real("temperature"))
    }
}

extension RRDB: ResolutionModel {
    /// By the network.
    public func generation(_ configuration: ModelConfiguration) throws -> Generation { try AbsoluteErrorTraining.generation(configuration, prefix: "generator") }
}

extension ESRGAN: ResolutionModel {
    /// By the generator.
    public func generation(_ configuration: ModelConfiguration) throws -> Generation { try AbsoluteErrorTraining.generation(configuration, prefix: "generator") }
}

extension Bicubic: ResolutionModel {
    /// By interpolation.
    public func generation(_ configuration: ModelConfiguration) throws -> Generation {
        try Self.generation(try ResolutionPair(configuration), batch: configuration.batchSize)
    }
}

extension AbsoluteErrorTraining {
    fileprivate static func generation(_ configuration: ModelConfiguration, prefix: String) throws -> Generation {
        try AbsoluteErrorTraining(
            network: RRDBHyperparameters.network(configuration), pair: try ResolutionPair(configuration), batchSize: configuration.batchSize, adam: Adam()
        ).generation(prefix: prefix)
    }
}
