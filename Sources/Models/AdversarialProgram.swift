import Graphs

/// Builds the program of a GAN: an update of the discriminator at each step on a batch of real and a batch of generated images, and, where the
/// schedule says so, one of the generator on the same latents against the updated discriminator.
/// - Source: Lucic et al. 2018, and the order of updates of its released code.
/// - Differs: the generator's forward pass is computed once a step and used by both updates; its moving averages are updated once.
struct AdversarialProgram {
    var network: any AdversarialNetwork
    var loss: any AdversarialLoss
    var batchSize: Int
    var schedule: UpdateSchedule
    var optimizer: Optimizer
    /// After each update every trainable variable of the discriminator is clamped to [-c, c].
    var weightClipping: Float?
    /// Whether the clamp leaves out biases and batch normalisation.
    var clipsOnlyWeights = false
    /// Added to the discriminator's loss.
    var penalty: (any GradientPenalty)?
    /// Added to the generator's loss, from real and generated images.
    var featureMatching: (any FeatureMatching)?
    /// Whether the generator's update draws latents of its own instead of reusing the discriminator's.
    var freshLatents = false
    /// Whether the norms of gradients and weights are metrics too.
    var reportsNorms = false

    func build() throws(PlanError) -> TrainingProgram {
        let full = AdversarialStep(self)
        full.updateDiscriminator()
        full.updateGenerator()
        full.moveState()
        let partial = AdversarialStep(self)
        partial.updateDiscriminator()
        partial.moveState()
        let latentPlans = try self.latentPlans()
        let rates = [optimizer.rate("discriminator_rate", of: .discriminator), optimizer.rate("generator_rate", of: .generator)]
        return TrainingProgram(
            batchSize: batchSize, imageShape: network.images, latentDimensions: network.latentDimensions,
            latentSource: RandomSource(stream: "latents", distribution: network.latents), parameters: full.entries,
            plans: [.discriminatorAndGenerator: try full.plan(), .discriminatorOnly: try partial.plan()], schedule: schedule,
            metrics: full.outputs.map(\.0), rates: rates.compactMap { $0 }, sampling: latentPlans.sampling,
            inversion: latentPlans.inversion)
    }

    private func latentPlans() throws(PlanError) -> LatentPlans {
        try LatentPlans(batchSize: batchSize, latentDimensions: network.latentDimensions) { z in
            network.range.toDataset(network.generated(z, ParameterSet(z.graph, prefix: "generator"), mode: .inference))
        }
    }
}

/// A term that draws the features of generated images towards those of real ones.
protocol FeatureMatching {
    /// - Shapes: real, generated [batch, h, w, c] -> scalar
    func value(real: Tensor, generated: Tensor, _ discriminator: ParameterSet) -> Tensor
}
