import Studies
import Graphs

/// The hyperparameters shared by all models of the study, with the study's search ranges (Lucic et al. 2018; the wide and narrow searches of the released
/// code). Defaults are those of each model's authors.
enum SharedHyperparameters {
    /// - Parameters:
    ///   - narrowNormalization: distribution of batch normalization in the narrow search
    ///   - narrowDefault: whether setting 0 of the narrow search uses batch normalization; nil if it is as in the wide search
    static func list(
        learningRate: Double, beta1: Double, discriminatorIterations: Int, batchNormalization: Bool,
        narrowNormalization: SearchDistribution = .choice([.bool(true), .bool(false)]), narrowDefault: Bool? = nil
    ) -> [HyperparameterSchema] {
        [
            .real(
                "learning_rate", in: 1e-7...1, default: learningRate, wide: .logUniform10(low: -5, high: -2), narrow: .logUniform10(low: -4, high: -3),
                description: "Adam's learning rate, the same for both networks"),
            .real(
                "beta1", in: momentDecay, stored: 0...1, default: beta1, wide: .uniform(low: 0, high: 1), narrow: .fixed(.real(0.5)),
                description: "Adam's decay of the first moment"),
            .integer(
                "disc_iters", in: 1...100, default: discriminatorIterations, wide: .choice([.integer(1), .integer(5)]), narrow: .fixed(.integer(1)),
                description: "Discriminator updates for each generator update; a step is one discriminator update"),
            .bool(
                "discriminator_batchnorm", default: batchNormalization, wide: .choice([.bool(true), .bool(false)]),
                narrow: narrowNormalization, narrowDefault: narrowDefault, description: "Batch normalization in the discriminator"),
        ]
    }

    /// Range of Adam's beta1. At 1 the first moment stays 0 and the bias correction divides by 0, so every run diverges at its first step.
    static let momentDecay = 0...0.999999

    /// Adam with the learning rate and beta1 of a configuration.
    static func adam(_ values: Hyperparameters) -> Optimizer {
        .adam(Adam(beta1: Float(values.real("beta1"))), learningRate: .constant(values.real("learning_rate")))
    }
}

extension AdversarialProgram {
    /// Uses the study's networks and the shared hyperparameters of a configuration.
    init(_ configuration: ModelConfiguration, loss: any AdversarialLoss) {
        let values = configuration.hyperparameters
        self.init(
            network: LogitNetwork(network: configuration.network, batchNormalization: values.bool("discriminator_batchnorm")), loss: loss,
            batchSize: configuration.batchSize, steps: configuration.steps, rule: .alternating(every: values.integer("disc_iters")),
            optimizer: SharedHyperparameters.adam(values))
        guard let plane = configuration.plane else { return }
        (optimizer, generatorOptimizer, probed) = (plane.discriminatorOptimizer.optimizer, plane.generatorOptimizer.optimizer, plane.probed)
    }
}
