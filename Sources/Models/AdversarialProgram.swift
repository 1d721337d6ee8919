import Graphs

/// Builds the program of a GAN: an update of the discriminator at each step on a batch of real and a batch of generated images, and, where the
/// rule says so, one of the generator on the same latents against the updated discriminator.
/// - Source: Lucic et al. 2018, and the order of updates of its released code.
/// - Differs: the generator's forward pass is computed once a step and used by both updates; its moving averages are updated once.
struct AdversarialProgram {
    var network: any AdversarialNetwork
    var loss: any AdversarialLoss
    var batchSize: Int
    var steps: Int
    /// When a step is one of both networks and not of the discriminator alone.
    var rule: PhaseRule
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
        let groups = [UpdateGroup("discriminator", phases: [Self.partial, Self.full]), UpdateGroup("generator", phases: [Self.full])]
        let rates = groups.map { optimizer.rate("\($0.name)_rate", of: $0) }
        let latents = Generation.Latents(
            dimensions: network.latentDimensions, source: RandomSource(stream: "latents", distribution: network.latents))
        return TrainingProgram(
            batchSize: batchSize, steps: steps, fields: [.images(network.images)], parameters: full.entries,
            phases: [Phase(Self.partial, try partial.plan(), isRecorded: false), Phase(Self.full, try full.plan())], rule: rule, updateGroups: groups,
            scalarInputs: rates.compactMap { $0 }, metrics: full.outputs.map(\.0),
            generation: Generation(plan: latentPlans.sampling, images: network.images, latents: latents), inversion: latentPlans.inversion, collapse: .study)
    }

    /// The names of the phases.
    private static let partial = "discriminatorOnly", full = "discriminatorAndGenerator"

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
