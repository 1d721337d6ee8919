import Tensors

/// Builds the program of a GAN on the study's network: one Adam update of the discriminator at each step on a batch of real and a batch of
/// generated images, and every `disc_iters` steps one of the generator on the same latents against the updated discriminator.
/// - Source: Lucic et al. 2018, and the order of updates of its released code.
/// - Differs: the generator's forward pass is computed once a step and used by both updates; its moving averages are updated once.
struct AdversarialProgram {
    var network: InfoGANNetwork
    var loss: any AdversarialLoss
    var batchSize: Int
    var batchNormalization: Bool
    var discriminatorIterations: Int
    var learningRate: Double
    var beta1: Double
    /// After each update every trainable variable of the discriminator is clamped to [-clip, clip].
    var weightClipping: Double?
    /// Added to the discriminator's loss.
    var penalty: (any GradientPenalty)?
    /// Whether the generator's update draws latents of its own instead of reusing the discriminator's.
    var freshLatents = false

    private var optimizer: Adam { Adam(beta1: Float(beta1)) }

    private var latentSource: RandomSource { RandomSource(stream: "latents", distribution: .uniform(low: -1, high: 1)) }

    func build() throws(PlanError) -> TrainingProgram {
        let full = try step(updatingGenerator: true)
        let partial = try step(updatingGenerator: false)
        return TrainingProgram(
            batchSize: batchSize, imageShape: (network.height, network.width, network.channels), latentDimensions: InfoGANNetwork.latentDimensions,
            parameters: full.entries, plans: [.discriminatorAndGenerator: full.plan, .discriminatorOnly: partial.plan],
            losses: ["discriminator_loss", "generator_loss"] + (penalty == nil ? [] : ["gradient_penalty"]), sampling: try sampling(), discriminatorIterations: discriminatorIterations,
            optimizer: optimizer, learningRate: learningRate, latentSource: latentSource)
    }

    private func step(updatingGenerator: Bool) throws(PlanError) -> (plan: Plan, entries: [ParameterSet.Entry]) {
        let graph = Graph()
        let generator = ParameterSet(graph, prefix: "generator")
        let discriminator = ParameterSet(graph, prefix: "discriminator")
        let real = graph.input("images", [batchSize, network.height, network.width, network.channels])
        let z = graph.random(latentSource, [batchSize, InfoGANNetwork.latentDimensions])
        let generated = network.generator(z, generator, mode: .training(groups: 1, tracking: true))

        let logits = network.discriminator(
            Tensor.concatenate([real, generated.stopGradient()], axis: 0), discriminator, batchNormalization: batchNormalization, groups: 2)
        var discriminatorLoss = loss.discriminatorLoss(real: logits.rows(0, batchSize), generated: logits.rows(batchSize, 2 * batchSize))
        var outputs: [(String, Tensor)] = []
        if let penalty {
            let value = penalty.value(real: real, generated: generated.stopGradient()) { points in
                network.discriminator(points, discriminator, batchNormalization: batchNormalization, groups: 1)
            }
            outputs.append(("gradient_penalty", value))
            discriminatorLoss = discriminatorLoss + value * penalty.weight
        }
        outputs.append(("discriminator_loss", discriminatorLoss))
        var updates = updates(of: discriminator, loss: discriminatorLoss, rate: graph.input("discriminator_rate", .scalar), clip: weightClipping)
        updates += generator.statisticUpdates

        if updatingGenerator {
            discriminator.adopt(updates)
            let images = freshLatents ? network.generator(freshZ(graph), generator, mode: .training(groups: 1, tracking: false)) : generated
            let judged = network.discriminator(images, discriminator, batchNormalization: batchNormalization, groups: 1)
            let generatorLoss = loss.generatorLoss(generated: judged)
            updates += self.updates(of: generator, loss: generatorLoss, rate: graph.input("generator_rate", .scalar), clip: nil)
            outputs.append(("generator_loss", generatorLoss))
        }
        return (try Plan(graph, outputs: outputs, updates: updates), generator.entries + discriminator.entries)
    }

    /// A second stream, so that a fresh draw is independent of the discriminator's.
    private func freshZ(_ graph: Graph) -> Tensor {
        graph.random(RandomSource(stream: "latents/generator", distribution: latentSource.distribution), [batchSize, InfoGANNetwork.latentDimensions])
    }

    private func updates(of parameters: ParameterSet, loss: Tensor, rate: Tensor, clip: Double?) -> [(parameter: Tensor, value: Tensor)] {
        let trainable = parameters.trainable
        let gradients = loss.graph.gradients(of: loss, for: trainable.map(\.tensor))
        return zip(trainable, gradients).flatMap { parameter, gradient in
            var updates = optimizer.updates(parameter.tensor, named: parameter.name, gradient: gradient, rate: rate)
            if let clip { updates[0].value = updates[0].value.clamped(low: -Float(clip), high: Float(clip)) }
            return updates
        }
    }

    private func sampling() throws(PlanError) -> Plan {
        let graph = Graph()
        let z = graph.input("latents", [batchSize, InfoGANNetwork.latentDimensions])
        let images = network.generator(z, ParameterSet(graph, prefix: "generator"), mode: .inference)
        return try Plan(graph, outputs: [("images", images)])
    }
}
