import Graphs
import Numerics
import Studies

@testable import Models

/// A test model that is not a GAN: a flow with one affine layer, x -> z = (x + noise - b - C label) exp(s), with the exact likelihood of z ~ N(0, 1). Its optimum is known: b + C label
/// is the mean of a class and exp(-s) the standard deviation within the classes.
///
/// It uses what a training program supports and no model of the study uses: data-dependent initialization of b and s, a stage in which C is frozen, cosine learning-rate schedules, noise that
/// ends, generation for given labels, no inversion, and no collapse rule.
struct AffineFlow: StudyModel {
    /// Whether the model has C, and examples are generated for the labels of given examples.
    var isConditional = true

    var schema: ModelSchema {
        ModelSchema(
            name: isConditional ? "affine-flow" : "affine-flow-plain", title: "Affine flow", description: "For tests",
            hyperparameters: [
                .real("learning_rate", in: 1e-7...1, default: 0.05, description: "Adam's learning rate before its schedule"),
                .integer("initialization_examples", in: 2...4096, default: 40, description: "Examples that the initialization reads"),
                .integer("initialization_step", in: 0...1000, default: 0, description: "After how many steps it comes"),
            ], architectures: ["infogan", ModelSchema.pointArchitecture], condition: isConditional ? "labels" : nil)
    }

    func program(_ configuration: ModelConfiguration) throws -> TrainingProgram {
        try AffineFlowProgram(configuration, labels: isConditional ? configuration.field("labels") : nil).build()
    }
}

struct AffineFlowProgram {
    let configuration: ModelConfiguration
    let labels: BatchField?

    init(_ configuration: ModelConfiguration, labels: BatchField?) {
        (self.configuration, self.labels) = (configuration, labels)
    }

    private var images: BatchField { .images(configuration.images) }
    private var numbers: Int { configuration.images.count }
    private var batch: Int { configuration.batchSize }

    func build() throws -> TrainingProgram {
        let frozen = try phase("flow", trainsConditioner: false), joint = try phase("joint", trainsConditioner: true)
        let rate = ScalarSchedule.product([.constant(configuration.hyperparameters.real("learning_rate")), .cosine(end: 0.001, periods: 1)])
        let adam = Adam()
        return TrainingProgram(
            batchSize: batch, steps: configuration.steps, fields: [images] + (labels.map { [$0] } ?? []), parameters: joint.entries,
            phases: [frozen.phase] + (labels == nil ? [] : [joint.phase]), rule: labels == nil ? .single : .stages(until: [0.5]),
            updateGroups: [
                UpdateGroup("flow", phases: labels == nil ? ["flow"] : ["flow", "joint"]), UpdateGroup("conditioner", phases: labels == nil ? [] : ["joint"]),
            ],
            scalarInputs: [
                .adamRate("flow_rate", adam, learningRate: rate, group: "flow"), .adamRate("conditioner_rate", adam, learningRate: rate, group: "conditioner"),
                .schedule("noise", .product([.constant(0.02), .stepDecay(factor: 0, at: [0.6])])),
            ],
            metrics: ["nats_per_dimension"], initialization: try initialization(), generation: try generation())
    }

    /// The layer's own parameters b and s, and its conditioner's C.
    private struct Layer {
        let flow: ParameterSet
        let conditioner: ParameterSet
        let numbers: Int

        init(_ graph: Graph, numbers: Int) {
            (flow, conditioner, self.numbers) = (ParameterSet(graph, prefix: "flow"), ParameterSet(graph, prefix: "conditioner"), numbers)
        }

        var bias: Tensor { flow("bias", [numbers], .zeros) }
        var logScale: Tensor { flow("log_scale", [numbers], .zeros) }

        func mean(_ labels: Tensor?) -> Tensor {
            guard let labels else { return bias }
            return bias + Tensor.matmul(labels, conditioner("means", [labels.shape[1], numbers], .zeros))
        }
    }

    private func flat(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], numbers]) }

    private func phase(_ name: String, trainsConditioner: Bool) throws -> (phase: Phase, entries: [ParameterSet.Entry]) {
        let graph = Graph(), layer = Layer(graph, numbers: numbers)
        let x = flat(graph.input("images", images.shape(examples: batch)))
        let noise = graph.random(RandomSource(stream: "flow/noise", distribution: .normal(mean: 0, deviation: 1)), x.shape) * graph.input("noise", .scalar)
        let given = labels.map { graph.input($0.name, $0.shape(examples: batch)) }
        let z = (x + noise - layer.mean(given)) * layer.logScale.exp()
        let constant = Float(0.9189385)  // log(2 pi) / 2
        let loss = (z.squared() * 0.5).mean() - layer.logScale.mean() + constant
        var updates: [(parameter: Tensor, value: Tensor)] = []
        for (parameters, rate) in [(layer.flow, "flow_rate")] + (trainsConditioner && labels != nil ? [(layer.conditioner, "conditioner_rate")] : []) {
            let trainable = parameters.trainable, gradients = graph.gradients(of: loss, for: trainable.map(\.tensor))
            for (parameter, gradient) in zip(trainable, gradients) {
                updates += Adam().updates(parameter.tensor, named: parameter.name, gradient: gradient, rate: graph.input(rate, .scalar))
            }
        }
        return (Phase(name, try Plan(graph, outputs: [("nats_per_dimension", loss)], updates: updates)), layer.flow.entries + layer.conditioner.entries)
    }

    /// b and s for which z has mean 0 and variance 1, per component, over the examples that are read.
    private func initialization() throws -> DataInitialization {
        let graph = Graph(), layer = Layer(graph, numbers: numbers), examples = configuration.hyperparameters.integer("initialization_examples")
        let x = flat(graph.input("images", images.shape(examples: examples)))
        let mean = x.mean(axes: [0])
        let variance = (x - mean).squared().mean(axes: [0])
        let updates: [(parameter: Tensor, value: Tensor)] = [(layer.bias, mean), (layer.logScale, (variance + 1e-6).log() * -0.5)]
        return DataInitialization(
            plan: try Plan(graph, outputs: [], updates: updates), examples: examples, afterStep: configuration.hyperparameters.integer("initialization_step"))
    }

    private func generation() throws -> Generation {
        let graph = Graph(), layer = Layer(graph, numbers: numbers)
        let z = graph.input("latents", [batch, numbers])
        let given = labels.map { graph.input($0.name, $0.shape(examples: batch)) }
        let x = z * (-layer.logScale).exp() + layer.mean(given)
        let latents = Generation.Latents(dimensions: numbers, source: RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)))
        return Generation(
            plan: try Plan(graph, outputs: [("images", x.reshaped(images.shape(examples: batch)))]), images: configuration.images, latents: latents, condition: labels)
    }
}
