import Graphs

/// Builds the graph of one step of adversarial training, update by update.
final class AdversarialStep {
    private let program: AdversarialProgram
    private let graph = Graph()
    private let generator: ParameterSet
    private let discriminator: ParameterSet
    /// State of the loss, such as BEGAN's k.
    private let state: ParameterSet
    private let real: Tensor
    private let z: Tensor
    private let generated: Tensor
    private var updates: [(parameter: Tensor, value: Tensor)] = []
    private(set) var outputs: [(String, Tensor)] = []

    private var batch: Int { program.batchSize }
    private var network: any AdversarialNetwork { program.network }

    init(_ program: AdversarialProgram) {
        self.program = program
        let network = program.network
        generator = ParameterSet(graph, prefix: "generator")
        discriminator = ParameterSet(graph, prefix: "discriminator")
        state = ParameterSet(graph, prefix: "state")
        let images = graph.input("images", [program.batchSize, network.images.height, network.images.width, network.images.channels])
        real = network.range.fromDataset(images)
        z = graph.random(RandomSource(stream: "latents", distribution: network.latents), [program.batchSize, network.latentDimensions])
        generated = network.generated(z, generator, mode: .training(groups: 1, tracking: true))
        updates = generator.statisticUpdates
        // Declares the learning rates of both networks in every phase, so that all phases have the same scalar inputs.
        for network in ["discriminator", "generator"] { _ = rate(of: network) }
    }

    func updateDiscriminator() {
        let (realScores, generatedScores) = scores(generated: generated.stopGradient())
        var loss = program.loss.discriminatorLoss(real: realScores, generated: generatedScores, state: state)
        if let penalty = program.penalty {
            let value = penalty.value(real: real, generated: generated.stopGradient()) { network.scores($0, discriminator, groups: 1) }
            outputs.append(("gradient_penalty", value))
            loss = loss + value * penalty.weight
        }
        update(discriminator, loss: loss, name: "discriminator", clip: program.weightClipping)
    }

    func updateGenerator() {
        let images = program.freshLatents ? network.generated(freshLatents, generator, mode: .training(groups: 1, tracking: false)) : generated
        var loss = program.loss.generatorLoss(generated: network.scores(images, discriminator, groups: 1))
        if let matching = program.featureMatching {
            let value = matching.value(real: real, generated: images, discriminator)
            outputs.append(("feature_matching", value))
            loss = loss + value
        }
        update(generator, loss: loss, name: "generator", clip: nil)
    }

    /// Updates the loss's state from the updated networks' scores on the same images and latents.
    func moveState() {
        outputs += program.loss.move(state) {
            scores(generated: network.generated(z, generator, mode: .training(groups: 1, tracking: false)))
        }
        updates += state.statisticUpdates
    }

    /// Everything that is not initialized to zeros, and all variables.
    var entries: [ParameterSet.Entry] {
        let entries = generator.entries + discriminator.entries
        let states = program.optimizer(of: "generator").initialState(of: generator.entries) + program.optimizer(of: "discriminator").initialState(of: discriminator.entries)
        return entries + state.entries + states
    }

    func plan() throws(PlanError) -> Plan { try Plan(graph, outputs: outputs, updates: updates) }

    // MARK: Parts

    /// Real and generated images in one forward pass with separate batch statistics.
    private func scores(generated: Tensor) -> (real: Tensor, generated: Tensor) {
        let scores = network.scores(Tensor.concatenate([real, generated], axis: 0), discriminator, groups: 2)
        return (scores.rows(0, batch), scores.rows(batch, 2 * batch))
    }

    /// A separate stream, so that these latents are independent of the discriminator's.
    private var freshLatents: Tensor {
        graph.random(RandomSource(stream: "latents/generator", distribution: network.latents), [batch, network.latentDimensions])
    }

    /// One optimizer step of a network on its loss; from here on the graph reads the updated values.
    private func update(_ parameters: ParameterSet, loss: Tensor, name: String, clip: Float?) {
        outputs.append(("\(name)_loss", loss))
        let trainable = parameters.trainable
        let gradients = graph.gradients(of: loss, for: trainable.map(\.tensor))
        if program.reportsNorms {
            outputs.append(("\(name)_gradient_norm", Self.norm(gradients)))
            outputs.append(("\(name)_weight_norm", Self.norm(trainable.map(\.tensor))))
        }
        let rate = rate(of: name)
        let steps = zip(trainable, gradients).flatMap { parameter, gradient in
            var updates = program.optimizer(of: name).updates(parameter.tensor, named: parameter.name, gradient: gradient, rate: rate)
            if let clip, !program.clipsOnlyWeights || parameter.name.hasSuffix("/weight") {
                updates[0].value = updates[0].value.clamped(low: -clip, high: clip)
            }
            return updates
        }
        updates += steps
        parameters.adopt(steps)
    }

    private func rate(of network: String) -> Tensor { graph.input("\(network)_rate", .scalar) }

    private static func norm(_ tensors: [Tensor]) -> Tensor {
        tensors.dropFirst().reduce(tensors[0].squared().sum()) { $0 + $1.squared().sum() }.squareRoot()
    }
}
