import Graphs

/// Builds the training program of a GAN: each step updates the discriminator on a batch of real and a batch of generated images; where the
/// rule says so, it also updates the generator on the same latents against the updated discriminator.
/// - Source: Lucic et al. 2018, and the order of updates of its released code.
/// - Differs: the generator's forward pass is computed once per step and used by both updates; its moving averages are updated once.
struct AdversarialProgram {
    var network: any AdversarialNetwork
    var loss: any AdversarialLoss
    var batchSize: Int
    var steps: Int
    /// Which steps update both networks; the others update the discriminator only.
    var rule: PhaseRule
    var optimizer: Optimizer
    /// After each update, every trainable variable of the discriminator is clamped to [-c, c]. Nil for no clipping.
    var weightClipping: Float?
    /// Whether clipping excludes biases and batch normalization.
    var clipsOnlyWeights = false
    /// Gradient penalty, added to the discriminator's loss.
    var penalty: (any GradientPenalty)?
    /// Feature matching term, added to the generator's loss.
    var featureMatching: (any FeatureMatching)?
    /// Whether the generator's update samples new latents instead of reusing the discriminator's.
    var freshLatents = false
    /// Whether gradient norms and weight norms are recorded as metrics.
    var reportsNorms = false
    /// The generator's optimizer, if it differs from the discriminator's.
    var generatorOptimizer: Optimizer?
    /// Points that the probe of a program with separate phases takes; nil for the study's phases.
    var probed: Int?

    /// The optimizer of "discriminator" or "generator".
    func optimizer(of network: String) -> Optimizer { network == "generator" ? generatorOptimizer ?? optimizer : optimizer }

    func build() throws(PlanError) -> TrainingProgram {
        if let probed { return try buildSeparated(probed: probed) }
        let full = AdversarialStep(self)
        full.updateDiscriminator()
        full.updateGenerator()
        full.moveState()
        let partial = AdversarialStep(self)
        partial.updateDiscriminator()
        partial.moveState()
        let latentPlans = try self.latentPlans()
        let groups = [UpdateGroup("discriminator", phases: [Self.partial, Self.full]), UpdateGroup("generator", phases: [Self.full])]
        let rates = groups.map { optimizer(of: $0.name).rate("\($0.name)_rate", of: $0) }
        return TrainingProgram(
            batchSize: batchSize, steps: steps, fields: [.images(network.images)], parameters: full.entries,
            phases: [Phase(Self.partial, try partial.plan(), isRecorded: false), Phase(Self.full, try full.plan())], rule: rule, updateGroups: groups,
            scalarInputs: rates.compactMap { $0 }, metrics: full.outputs.map(\.0),
            generation: Generation(plan: latentPlans.sampling, images: network.images, latents: latents), inversion: latentPlans.inversion, collapse: .study)
    }

    /// The names of the phases.
    private static let partial = "discriminatorOnly", full = "discriminatorAndGenerator"

    var latents: Generation.Latents {
        Generation.Latents(dimensions: network.latentDimensions, source: RandomSource(stream: "latents", distribution: network.latents))
    }

    func latentPlans() throws(PlanError) -> LatentPlans {
        try LatentPlans(batchSize: batchSize, latentDimensions: network.latentDimensions) { z in
            network.range.toDataset(network.generated(z, ParameterSet(z.graph, prefix: "generator"), mode: .inference))
        }
    }
}

/// A term that pulls the features of generated images toward those of real images.
protocol FeatureMatching {
    /// - Shapes: real, generated [batch, h, w, c] -> scalar
    func value(real: Tensor, generated: Tensor, _ discriminator: ParameterSet) -> Tensor
}
