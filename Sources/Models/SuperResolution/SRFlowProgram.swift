import Graphs
import Numerics
import Studies

/// Builds the training program of SRFlow: the encoder is trained alone with the mean absolute error, then the flow is initialized from data and trained by exact conditional likelihood,
/// first with a frozen encoder and then together with it.
struct SRFlowProgram {
    private let configuration: ModelConfiguration
    private let network: SRFlowNetwork
    private let adam: Adam

    /// - Errors: `BatchFieldError`, `ModelShapeError`
    init(_ configuration: ModelConfiguration) throws {
        self.configuration = configuration
        network = try SRFlowNetwork(configuration)
        adam = Adam(beta1: Float(configuration.hyperparameters.real("beta1")), beta2: Float(configuration.hyperparameters.real("beta2")))
    }

    private var values: Hyperparameters { configuration.hyperparameters }
    private var pair: ResolutionPair { network.pair }
    private var data: FlowData { FlowData(images: pair.high) }
    private var batch: Int { configuration.batchSize }
    private var latents: RandomSource { RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)) }

    /// Shares of the run at which the training of the encoder alone ends, and at which the encoder is trained with the flow.
    private var pretrained: Double { values.real("pretraining") }
    private var unfrozen: Double { pretrained + values.real("unfreeze") * (1 - pretrained) }

    private static let pretraining = "pretraining", frozen = "flow", joint = "joint"

    func build() throws(PlanError) -> TrainingProgram {
        let (joint, entries) = try likelihoodPhase(Self.joint, trainsEncoder: true), known = Set(entries.map(\.name))
        let first = pretrained > 0 ? try pretrainingPhase() : nil
        let frozen = values.real("unfreeze") > 0 ? try likelihoodPhase(Self.frozen, trainsEncoder: false).phase : nil
        let phases = [first?.phase, frozen, joint].compactMap { $0 }
        let shares = (first == nil ? [] : [pretrained]) + (frozen == nil ? [] : [Swift.min(1, unfrozen)])
        return TrainingProgram(
            batchSize: batch, steps: configuration.steps, fields: pair.fields,
            parameters: entries + (first?.entries ?? []).filter { !known.contains($0.name) }, phases: phases,
            rule: shares.isEmpty ? .single : .stages(until: shares),
            updateGroups: (first == nil ? [] : [UpdateGroup(Self.pretraining, phases: [Self.pretraining])])
                + [UpdateGroup("flow", phases: (frozen == nil ? [] : [Self.frozen]) + [Self.joint]), UpdateGroup("encoder", phases: [Self.joint])],
            scalarInputs: (first == nil ? [] : [pretrainingRate]) + rates,
            metrics: [first?.phase, joint].compactMap { $0 }.flatMap { $0.plan.outputs.map(\.name) },
            initialization: try initialization(), generation: try generation(), likelihood: try likelihood())
    }

    // MARK: Rates

    /// The schedule of the flow begins when the training of the encoder alone ends.
    private func afterPretraining(_ schedule: ScalarSchedule) -> ScalarSchedule {
        pretrained > 0 ? .sequence([.init(.constant(0), until: pretrained), .init(schedule, until: 1)]) : schedule
    }

    private var rates: [ScalarInput] {
        let decay = ScalarSchedule.stepDecay(factor: values.real("decay"), at: [0.5, 0.75, 0.9, 0.95]), rate = values.real("learning_rate")
        return [
            .adamRate("flow_rate", adam, learningRate: afterPretraining(.product([.constant(rate), decay])), group: "flow"),
            .adamRate("encoder_rate", adam, learningRate: afterPretraining(.product([.constant(rate * values.real("encoder_rate")), decay])), group: "encoder"),
        ]
    }

    private var pretrainingRate: ScalarInput {
        let schedule = ScalarSchedule.sequence([
            .init(RRDBHyperparameters.periods(values.real("pretraining_rate")), until: pretrained), .init(.constant(0), until: 1),
        ])
        return .adamRate("pretraining_rate", adam, learningRate: schedule, group: Self.pretraining)
    }

    // MARK: Plans

    /// The encoder alone. Its moments are apart from those of the training with the flow.
    private func pretrainingPhase() throws(PlanError) -> (phase: Phase, entries: [ParameterSet.Entry]) {
        try AbsoluteErrorTraining(network: network.encoder.network, pair: pair, batchSize: batch, adam: adam).phase(
            Self.pretraining, prefix: SRFlowNetwork.encoderPrefix, rate: "pretraining_rate", moments: "\(Self.pretraining)/")
    }

    /// Images as numbers of the flow: (v + 1/2) / 256 - 1/2 + noise (u - 1/2) / 256 with v = round(255 x); noise 1 is uniform dequantization.
    private func noisy(_ x: Tensor, stream: String) -> Tensor {
        let noise = Float(values.real("noise"))
        let steps = (x * 255).rounded()
        guard noise > 0 else { return data.continuous(x, noise: x.graph.constant(0.5)) }
        let u = x.graph.random(RandomSource(stream: stream, distribution: .uniform(low: 0, high: 1)), x.shape)
        return (steps + (u - 0.5) * noise + 0.5) * (1 / Float(FlowData.levels)) - 0.5
    }

    private func likelihoodPhase(_ name: String, trainsEncoder: Bool) throws(PlanError) -> (phase: Phase, entries: [ParameterSet.Entry]) {
        let graph = Graph()
        let flow = ParameterSet(graph, prefix: SRFlowNetwork.flowPrefix), encoder = ParameterSet(graph, prefix: SRFlowNetwork.encoderPrefix)
        let context = network.context(pair.lowResolution(graph, batch), flow: flow, encoder: encoder)
        let (prior, logDeterminant) = network.flow.forward(noisy(pair.images(graph, batch), stream: FlowData.noiseStream), context)
            .densities(dimensions: pair.high.count)
        let bits = FlowResult.bits(dimensions: pair.high.count)
        let priorBits = prior.mean() * bits, determinantBits = logDeterminant.mean() * bits
        let loss = Float(8) - (priorBits + determinantBits)
        let trained = [(flow, "flow_rate")] + (trainsEncoder ? [(encoder, "encoder_rate")] : [])
        let variables = trained.flatMap { parameters, rate in parameters.trainable.map { (variable: $0, rate: graph.input(rate, .scalar)) } }
        var gradients = graph.gradients(of: loss, for: variables.map(\.variable.tensor))
        let norm = gradients.dropFirst().reduce(gradients[0].squared().sum()) { $0 + $1.squared().sum() }.squareRoot()
        if values.real("gradient_clip") > 0 { gradients = clipped(gradients, toGlobalNorm: Float(values.real("gradient_clip"))) }
        let updates = zip(variables, gradients).flatMap { adam.updates($0.variable.tensor, named: $0.variable.name, gradient: $1, rate: $0.rate) }
        let outputs = [
            ("loss", loss), ("latent_bits_per_dimension", -priorBits), ("log_determinant_bits_per_dimension", determinantBits), ("gradient_norm", norm),
        ]
        return (Phase(name, try Plan(graph, outputs: outputs, updates: updates)), flow.entries + encoder.entries)
    }

    private func initialization() throws(PlanError) -> DataInitialization {
        let graph = Graph(), flow = ParameterSet(graph, prefix: SRFlowNetwork.flowPrefix), count = values.integer("initialization_examples")
        let context = network.context(
            pair.lowResolution(graph, count), flow: flow, encoder: ParameterSet(graph, prefix: SRFlowNetwork.encoderPrefix), isInitializing: true)
        _ = network.flow.forward(noisy(pair.images(graph, count), stream: "initialization/\(FlowData.noiseStream)"), context)
        return DataInitialization(
            plan: try Plan(graph, outputs: [], updates: flow.statisticUpdates), examples: count, afterStep: ScalarSchedule.steps(pretrained, of: configuration.steps))
    }

    /// - Parameter conditions: number of low-resolution images; the batch size, or 1 for all examples
    private func trainedContext(_ graph: Graph, conditions: Int) -> FlowContext {
        network.context(
            pair.lowResolution(graph, conditions), flow: ParameterSet(graph, prefix: SRFlowNetwork.flowPrefix),
            encoder: ParameterSet(graph, prefix: SRFlowNetwork.encoderPrefix))
    }

    func generation() throws(PlanError) -> Generation {
        let images = images(conditions: batch)
        return Generation(
            plan: try Plan(images.graph, outputs: [("images", images)]), images: pair.high, latents: .init(dimensions: pair.high.count, source: latents, maps: network.flow.latentShapes),
            condition: pair.condition,
            repeated: { conditions throws(PlanError) in
                let images = self.images(conditions: conditions)
                return try StagedPlan(images.graph, outputs: [("images", images)], varying: ["latents"])
            })
    }

    /// A batch of samples. - Shapes: latents [batch, h w c], low_resolution [conditions, ...] -> [batch, h, w, c]
    private func images(conditions: Int) -> Tensor {
        let graph = Graph()
        let z = graph.input("latents", [batch, pair.high.count]) * Float(values.real("temperature"))
        return data.examples(network.flow.inverse(z, trainedContext(graph, conditions: conditions)).value)
    }

    private func likelihood() throws(PlanError) -> Likelihood {
        let graph = Graph()
        let y = data.continuous(pair.images(graph, batch), noise: graph.input("noise", data.shape(batch)))
        let (prior, logDeterminant) = network.flow.forward(y, trainedContext(graph, conditions: batch)).densities(dimensions: pair.high.count)
        return Likelihood(plan: try Plan(graph, outputs: [("log_likelihoods", prior + logDeterminant)]), dimensions: pair.high.count, levels: FlowData.levels)
    }
}
