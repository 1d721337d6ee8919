import Graphs
import Studies

/// Builds the training program of ESRGAN: the generator alone, then in each step one update of the discriminator and one of the generator against the updated discriminator.
struct ESRGANProgram {
    private let configuration: ModelConfiguration
    private let pair: ResolutionPair
    private let training: AbsoluteErrorTraining

    /// - Errors: `BatchFieldError`, `ModelShapeError`
    init(_ configuration: ModelConfiguration) throws {
        self.configuration = configuration
        pair = try ResolutionPair(configuration)
        training = AbsoluteErrorTraining(
            network: RRDBHyperparameters.network(configuration), pair: pair, batchSize: configuration.batchSize,
            adam: Adam(beta1: Float(configuration.hyperparameters.real("beta1"))))
    }

    private var values: Hyperparameters { configuration.hyperparameters }
    private var pretrained: Double { values.real("pretraining") }

    private static let pretraining = "pretraining", adversarial = "adversarial"
    private static let generator = "generator", discriminator = "discriminator"

    func build() throws(PlanError) -> TrainingProgram {
        let (main, entries) = try adversarialPhase()
        let isPretrained = pretrained > 0
        let first = isPretrained
            ? [try training.phase(Self.pretraining, prefix: Self.generator, rate: "pretraining_rate", moments: "\(Self.pretraining)/").phase] : []
        let names = [Self.generator, Self.discriminator]
        return TrainingProgram(
            batchSize: configuration.batchSize, steps: configuration.steps, fields: pair.fields, parameters: entries,
            phases: first + [main], rule: isPretrained ? .stages(until: [pretrained]) : .single,
            updateGroups: (isPretrained ? [UpdateGroup(Self.pretraining, phases: [Self.pretraining])] : [])
                + names.map { UpdateGroup($0, phases: [Self.adversarial]) },
            scalarInputs: (isPretrained ? [pretrainingRate] : []) + names.map { .adamRate("\($0)_rate", training.adam, learningRate: rate, group: $0) },
            metrics: main.plan.outputs.map(\.name), generation: try training.generation(prefix: Self.generator))
    }

    private var rate: ScalarSchedule {
        let schedule = ScalarSchedule.product([.constant(values.real("learning_rate")), .stepDecay(factor: 0.5, at: [0.5, 0.75, 0.9, 0.95])])
        return pretrained > 0 ? .sequence([.init(.constant(0), until: pretrained), .init(schedule, until: 1)]) : schedule
    }

    private var pretrainingRate: ScalarInput {
        let schedule = ScalarSchedule.sequence([
            .init(RRDBHyperparameters.periods(values.real("pretraining_rate")), until: pretrained), .init(.constant(0), until: 1),
        ])
        return .adamRate("pretraining_rate", training.adam, learningRate: schedule, group: Self.pretraining)
    }

    private func adversarialPhase() throws(PlanError) -> (phase: Phase, entries: [ParameterSet.Entry]) {
        let graph = Graph(), batch = configuration.batchSize
        let generator = ParameterSet(graph, prefix: Self.generator), discriminator = ParameterSet(graph, prefix: Self.discriminator)
        let extractor = ParameterSet(graph, prefix: "extractor")
        let truth = pair.images(graph, batch)
        let made = training.network.image(pair.lowResolution(graph, batch), doublings: pair.doublings, generator)
        let critic = RelativisticDiscriminator(features: RRDBHyperparameters.channels("discriminator_features", configuration))

        let scores = critic.scores(Tensor.concatenate([truth, made.stopGradient()], axis: 0), discriminator)
        let discriminatorLoss = critic.loss(truer: scores.rows(0, batch), falser: scores.rows(batch, 2 * batch))
        let discriminatorUpdates = updates(discriminator, discriminatorLoss, rate: "discriminator_rate")
        discriminator.adopt(discriminatorUpdates)

        let judged = critic.scores(Tensor.concatenate([truth, made], axis: 0), discriminator)
        let adversarial = critic.loss(truer: judged.rows(batch, 2 * batch), falser: judged.rows(0, batch))
        let pixels = AbsoluteErrorTraining.error(made, truth)
        let features = AbsoluteErrorTraining.error(RandomFeatures.of(made, extractor), RandomFeatures.of(truth, extractor))
        func weight(_ name: String) -> Float { Float(values.real("\(name)_weight")) }
        let generatorLoss = pixels * weight("pixel") + features * weight("feature") + adversarial * weight("adversarial")
        let outputs = [
            (AbsoluteErrorTraining.metric, pixels), ("feature_error", features), ("adversarial_loss", adversarial), ("generator_loss", generatorLoss),
            ("discriminator_loss", discriminatorLoss),
        ]
        let plan = try Plan(graph, outputs: outputs, updates: discriminatorUpdates + updates(generator, generatorLoss, rate: "generator_rate"))
        return (Phase(Self.adversarial, plan), generator.entries + discriminator.entries + extractor.entries)
    }

    private func updates(_ parameters: ParameterSet, _ loss: Tensor, rate: String) -> [(parameter: Tensor, value: Tensor)] {
        let trainable = parameters.trainable, rate = parameters.graph.input(rate, .scalar)
        return zip(trainable, parameters.graph.gradients(of: loss, for: trainable.map(\.tensor))).flatMap {
            training.adam.updates($0.tensor, named: $0.name, gradient: $1, rate: rate)
        }
    }
}

/// The discriminator of ESRGAN: four 4x4 convolutions of stride 2 whose channels double, with leaky ReLU, and a linear unit.
private struct RelativisticDiscriminator {
    /// Channels of the first convolution.
    let features: Int

    /// - Shapes: [batch, h, w, c] -> [batch]
    func scores(_ images: Tensor, _ parameters: ParameterSet) -> Tensor {
        let x = (0..<4).reduce(images) { x, layer in
            parameters.convolution(x, "convolution\(layer + 1)", outputs: features << layer, kernel: 4, stride: 2, initializer: .he(16 * x.shape[3])).leakyReLU()
        }
        return parameters.dense(x.reshaped([x.shape[0], x.count / x.shape[0]]), "linear5", outputs: 1).reshaped([images.shape[0]])
    }

    /// Each score is relative to the mean score of the other side: E softplus(-(t - E f)) + E softplus(f - E t). The discriminator takes real images as the truer, the
    /// generator its own. - Shapes: [batch] twice -> scalar
    func loss(truer: Tensor, falser: Tensor) -> Tensor { (-(truer - falser.mean())).softplus().mean() + (falser - truer.mean()).softplus().mean() }
}

/// Features of an untrained convolutional network with fixed weights: 3x3 -> 16, ReLU, maximum of 2x2, 3x3 -> 32 before its activation, as ESRGAN compares features.
private enum RandomFeatures {
    /// - Shapes: [batch, h, w, c] -> [batch, h/2, w/2, 32]
    static func of(_ images: Tensor, _ parameters: ParameterSet) -> Tensor {
        func convolution(_ x: Tensor, _ name: String, _ outputs: Int) -> Tensor {
            let weight = parameters("\(name)/weight", [outputs, 3, 3, x.shape[3]], .he(9 * x.shape[3]), isTrainable: false)
            return x.convolved(with: weight, stride: 1, padding: .same)
        }
        let first = convolution(images, "convolution1", 16).relu().maxPooled(kernelHeight: 2, kernelWidth: 2, stride: 2, padding: .same)
        return convolution(first, "convolution2", 32)
    }
}

extension Initializer {
    /// N(0, 2 / inputs). - Source: He et al. 2015
    fileprivate static func he(_ inputs: Int) -> Initializer { .normal(deviation: (2 / Float(inputs)).squareRoot()) }
}
