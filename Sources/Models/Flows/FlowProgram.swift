import Graphs
import Numerics
import Studies

/// Builds the training program of a normalizing flow: data-dependent initialization before the first step, then one phase that minimizes the exact negative log-likelihood in bits
/// per dimension with Adam.
/// - Source: Dinh et al. 2017; Kingma and Dhariwal 2018
struct FlowProgram {
    /// From numbers of `FlowData` [batch, h, w, c] to standard normal latents [batch, h w c].
    let flow: any FlowLayer
    let images: ExampleShape
    let batchSize: Int
    let steps: Int
    let adam: Adam
    let learningRate: ScalarSchedule
    /// Bound of the gradient's norm over all parameters; 0 for none.
    let gradientClip: Double
    /// Examples that the data-dependent initialization reads.
    let initializationExamples: Int
    /// Standard deviation of the latents when sampling.
    let temperature: Double
    /// Whether gradients compute the activations of each step again rather than keep them.
    let recomputesActivations: Bool

    /// Prefix of all parameters.
    static let prefix = "flow"

    private var data: FlowData { FlowData(images: images) }
    private var field: BatchField { .images(images) }
    private var latents: RandomSource { RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)) }

    func build() throws(PlanError) -> TrainingProgram {
        let (phase, entries) = try training()
        let group = UpdateGroup("model", phases: [phase.name])
        return TrainingProgram(
            batchSize: batchSize, steps: steps, fields: [field], parameters: entries, phases: [phase], rule: .single, updateGroups: [group],
            scalarInputs: [.adamRate("rate", adam, learningRate: learningRate, group: group.name)], metrics: phase.plan.outputs.map(\.name),
            initialization: try initialization(), generation: try generation(), likelihood: try likelihood())
    }

    // MARK: Density

    /// log N(z; 0, 1) summed over the latents, and the log-determinant, in nats. - Shapes: y [batch, h, w, c] -> [batch] each
    private func densities(_ y: Tensor, _ context: FlowContext) -> (prior: Tensor, logDeterminant: Tensor) {
        flow.forward(y, context).densities(dimensions: images.count)
    }

    /// Nats of an example to bits per dimension.
    private var bits: Float { FlowResult.bits(dimensions: images.count) }

    private func training() throws(PlanError) -> (Phase, [ParameterSet.Entry]) {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: Self.prefix)
        let y = data.dequantized(graph.input(field.name, data.shape(batchSize)), stream: FlowData.noiseStream)
        var context = FlowContext(parameters)
        context.recomputesActivations = recomputesActivations
        let (prior, logDeterminant) = densities(y, context)
        let priorBits = prior.mean() * bits, determinantBits = logDeterminant.mean() * bits
        let loss = Float(data.levels == nil ? 0 : 8) - (priorBits + determinantBits)
        let trainable = parameters.trainable
        var gradients = graph.gradients(of: loss, for: trainable.map(\.tensor))
        let norm = gradients.dropFirst().reduce(gradients[0].squared().sum()) { $0 + $1.squared().sum() }.squareRoot()
        if gradientClip > 0 { gradients = clipped(gradients, toGlobalNorm: Float(gradientClip)) }
        let rate = graph.input("rate", .scalar)
        let updates = zip(trainable, gradients).flatMap { adam.updates($0.tensor, named: $0.name, gradient: $1, rate: rate) }
        let outputs = [
            ("loss", loss), ("latent_bits_per_dimension", -priorBits), ("log_determinant_bits_per_dimension", determinantBits), ("gradient_norm", norm),
        ]
        return (Phase("training", try Plan(graph, outputs: outputs, updates: updates)), parameters.entries)
    }

    private func initialization() throws(PlanError) -> DataInitialization {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: Self.prefix)
        let x = graph.input(field.name, data.shape(initializationExamples))
        _ = flow.forward(data.dequantized(x, stream: "initialization/\(FlowData.noiseStream)"), FlowContext(parameters, isInitializing: true))
        return DataInitialization(plan: try Plan(graph, outputs: [], updates: parameters.statisticUpdates), examples: initializationExamples)
    }

    private func generation() throws(PlanError) -> Generation {
        let graph = Graph()
        let z = graph.input("latents", [batchSize, images.count]) * Float(temperature)
        let y = flow.inverse(z, FlowContext(ParameterSet(graph, prefix: Self.prefix))).value
        return Generation(
            plan: try Plan(graph, outputs: [("images", data.examples(y))]), images: images, latents: .init(dimensions: images.count, source: latents))
    }

    private func likelihood() throws(PlanError) -> Likelihood {
        let graph = Graph(), shape = data.shape(batchSize)
        let y = data.continuous(graph.input(field.name, shape), noise: images.isPoint ? nil : graph.input("noise", shape))
        let (prior, logDeterminant) = densities(y, FlowContext(ParameterSet(graph, prefix: Self.prefix)))
        return Likelihood(
            plan: try Plan(graph, outputs: [("log_likelihoods", prior + logDeterminant)]), dimensions: images.count, levels: data.levels)
    }
}
