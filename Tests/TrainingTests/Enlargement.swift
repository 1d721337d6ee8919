import Graphs
import Numerics
import Studies

@testable import Models

/// A test model of super-resolution: the low-resolution image enlarged by repeating pixels, plus a learned gray level, plus normal noise of a fixed standard deviation, if any.
struct Enlargement: StudyModel {
    /// The standard deviation of the noise; 0: one output per low-resolution image.
    var deviation: Double = 0

    var schema: ModelSchema {
        ModelSchema(
            name: deviation > 0 ? "noisy-enlargement" : "enlargement", title: "Enlargement", description: "For tests",
            hyperparameters: [.real("learning_rate", in: 1e-7...1, default: 0.001, description: "Adam's learning rate")], condition: ModelSchema.lowResolution)
    }

    func program(_ configuration: ModelConfiguration) throws -> TrainingProgram {
        let small = try configuration.field("low_resolution"), images = configuration.images, batch = configuration.batchSize
        func output(_ graph: Graph, _ parameters: ParameterSet) -> Tensor {
            let enlarged = graph.input(small.name, small.shape(examples: batch)).resizedNearest(height: images.height, width: images.width)
            return enlarged + parameters("gray", [images.channels], .zeros)
        }
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "level")
        let loss = (output(graph, parameters) - graph.input("images", BatchField.images(images).shape(examples: batch))).squared().mean()
        let gradients = graph.gradients(of: loss, for: parameters.trainable.map(\.tensor))
        var updates: [(parameter: Tensor, value: Tensor)] = []
        for (parameter, gradient) in zip(parameters.trainable, gradients) {
            updates += Adam().updates(parameter.tensor, named: parameter.name, gradient: gradient, rate: graph.input("rate", .scalar))
        }
        let made = Graph(), latents = deviation > 0 ? images.count : 0
        var generated = output(made, ParameterSet(made, prefix: "level"))
        if latents > 0 { generated = generated + made.input("latents", [batch, latents]).reshaped(BatchField.images(images).shape(examples: batch)) * Float(deviation) }
        return TrainingProgram(
            batchSize: batch, steps: configuration.steps, fields: [.images(images), small], parameters: parameters.entries,
            phases: [Phase("level", try Plan(graph, outputs: [("squared_error", loss)], updates: updates))], rule: .single,
            updateGroups: [UpdateGroup("level", phases: ["level"])],
            scalarInputs: [.adamRate("rate", Adam(), learningRate: .constant(configuration.hyperparameters.real("learning_rate")), group: "level")],
            metrics: ["squared_error"],
            generation: Generation(
                plan: try Plan(made, outputs: [("images", generated)]), images: images,
                latents: latents > 0 ? .init(dimensions: latents, source: RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1))) : nil, condition: small))
    }
}
