import Graphs
import Archives
import Canonical
import Models
import Studies
import Numerics
import Engine

@testable import Training

/// A few steps of a model at a tiny width on noise images, and the digest of all results: metrics, every tensor of the store, images.
struct ShortTraining {
    struct NotFinite: Error {
        let step: Int
        let output: String
    }

    /// Seven, or as many as it takes until the generator is updated.
    var steps: Int { program.rule == .intensive ? 26 : 7 }
    let specification: Specification
    let program: TrainingProgram

    /// - Parameter isPoints: points and fully connected networks instead of images of 12x12
    init(model name: String, isPoints: Bool) throws {
        let model = ModelCatalog.model(named: name)!
        var specification = try TrainingFixture.specification(model: name, steps: 26)
        specification.architecture.name = isPoints ? ModelSchema.pointArchitecture : model.schema.architectures[0]
        // So that both kinds of step occur more than once.
        if case .integer? = specification.hyperparameters["disc_iters"] { specification.hyperparameters["disc_iters"] = .integer(2) }
        self.specification = specification
        let images = isPoints ? ExampleShape(height: 1, width: 1, channels: 2) : ExampleShape(height: 12, width: 12, channels: 1)
        program = try model.program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: images,
                batchSize: specification.batchSize, steps: specification.steps))
    }

    /// - Parameter resumingAfter: the step after which all state passes through an archive into a new store
    func digest(threads: Int = 1, kernels: KernelSet = .best, resumingAfter stop: Int? = nil) throws -> String {
        let device = CPUDevice(threads: threads, kernels: kernels)
        var bytes = Digest.Builder()
        var store = TensorStore()
        program.initialize(store, seed: 3)
        initialize(store, device)
        var sessions = StepSessions(program, store: store, device: device, seed: 3)
        for t in 1...steps {
            let session = sessions[step: t]
            let images = RandomStream(seed: 0, name: "test/images").numbers(
                .uniform(low: 0, high: 1), step: UInt64(t), count: program.batchSize * program.generation.images.count)
            session.setInput("images", images)
            for (name, value) in program.scalars(step: t) { session.setInput(name, value) }
            session.run(step: UInt64(t))
            for output in session.plan.outputs {
                let value = session.output(output.name)[0]
                guard value.isFinite else { throw NotFinite(step: t, output: output.name) }
                bytes.update("\(t) \(output.name) \(value.bitPattern)\n")
            }
            if t == stop {
                let archive = Checkpoint(step: t, metrics: [:]).archive(of: store, specification: specification, program: program)
                store = TensorStore()
                program.initialize(store, seed: 4)
                _ = try Checkpoint.restore(archive, into: store, specification: specification)
                sessions = StepSessions(program, store: store, device: device, seed: 3)
            }
        }
        for name in store.names { bytes.update("\(name) \(store[name].map(\.bitPattern))\n") }
        let sampler = Sampler(program, store: store, device: device)
        sampler.images(stream: RandomStream(seed: 0, name: "test/latents"), count: 11) { images, _ in bytes.update("\(images.map(\.bitPattern))\n") }
        if program.likelihood != nil {
            let images = RandomStream(seed: 0, name: "test/images").numbers(.uniform(low: 0, high: 1), step: 0, count: 11 * program.generation.images.count)
            bytes.update("\(try LikelihoodEvaluation(sampler).logLikelihoods(of: images, count: 11, draws: 2).map(\.bitPattern))\n")
        }
        return bytes.finish().hex
    }

    /// The data-dependent initialization, if the model has one.
    private func initialize(_ store: TensorStore, _ device: CPUDevice) {
        guard let initialization = program.initialization else { return }
        let session = Session(initialization.plan, store: store, device: device, seed: 3)
        session.setInput(
            "images",
            RandomStream(seed: 0, name: "test/images").numbers(
                .uniform(low: 0, high: 1), step: 0, count: initialization.examples * program.generation.images.count))
        session.run(step: 0)
    }
}
