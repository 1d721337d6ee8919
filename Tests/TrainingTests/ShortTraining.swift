import Graphs
import Archives
import Canonical
import Datasets
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

    /// Seven, or as many as it takes until the generator is updated or every stage has run.
    var steps: Int { program.rule == .intensive ? 26 : isStaged ? specification.steps : 7 }
    private var isStaged: Bool { if case .stages = program.rule { true } else { false } }
    let specification: Specification
    let program: TrainingProgram

    /// - Parameters:
    ///   - isPoints: points and fully connected networks instead of images of 12x12
    ///   - recomputesActivations: as in `ModelConfiguration`
    init(model name: String, isPoints: Bool, recomputesActivations: Bool = false) throws {
        let model = ModelCatalog.model(named: name)!
        // Stages share a short run, so that each of them occurs.
        var specification = try TrainingFixture.specification(model: name, steps: model.condition == nil ? 26 : 8)
        specification.architecture.name = isPoints ? ModelSchema.pointArchitecture : model.schema.architectures[0]
        // So that both kinds of step occur more than once.
        if case .integer? = specification.hyperparameters["disc_iters"] { specification.hyperparameters["disc_iters"] = .integer(2) }
        let isPair = model.condition == "low_resolution"
        if isPair {
            specification.architecture.width = 0.25
            if specification.hyperparameters["depth"] != nil { specification.hyperparameters["depth"] = .integer(1) }
        }
        self.specification = specification
        let images = isPoints ? ExampleShape(height: 1, width: 1, channels: 2) : isPair ? ExampleShape(height: 16, width: 16, channels: 1) : ExampleShape(height: 12, width: 12, channels: 1)
        program = try model.program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: images,
                batchSize: specification.batchSize, steps: specification.steps, fields: isPair ? [BatchField("low_resolution", [4, 4, 1])] : [],
                recomputesActivations: recomputesActivations))
    }

    /// Fills the fields that a session reads with noise.
    private func fill(_ session: Session, step: UInt64, _ count: Int) {
        for field in program.fields where session.plan.inputs.contains(where: { $0.name == field.name }) {
            session.setInput(
                field.name, RandomStream(seed: 0, name: "test/\(field.name)").numbers(.uniform(low: 0, high: 1), step: step, count: count * field.shape.count))
        }
    }

    /// - Parameter resumingAfter: the step after which all state passes through an archive into a new store
    func digest(threads: Int = 1, kernels: KernelSet = .best, resumingAfter stop: Int? = nil) throws -> String {
        let device = CPUDevice(threads: threads, kernels: kernels)
        var bytes = Digest.Builder()
        var store = TensorStore()
        program.initialize(store, seed: 3)
        initialize(store, device, afterStep: 0)
        var sessions = StepSessions(program, store: store, device: device, seed: 3)
        for t in 1...steps {
            let session = sessions[step: t]
            fill(session, step: UInt64(t), program.batchSize)
            for (name, value) in program.scalars(step: t) { session.setInput(name, value) }
            session.run(step: UInt64(t))
            for output in session.plan.outputs {
                let value = session.output(output.name)[0]
                guard value.isFinite else { throw NotFinite(step: t, output: output.name) }
                bytes.update("\(t) \(output.name) \(value.bitPattern)\n")
            }
            initialize(store, device, afterStep: t)
            if t == stop {
                let archive = Checkpoint(step: t, metrics: [:]).archive(of: store, specification: specification, program: program)
                store = TensorStore()
                program.initialize(store, seed: 4)
                _ = try Checkpoint.restore(archive, into: store, specification: specification)
                sessions = StepSessions(program, store: store, device: device, seed: 3)
            }
        }
        for name in store.names { bytes.update("\(name) \(store[name].map(\.bitPattern))\n") }
        let sampler = Sampler(program, store: store, device: device, conditions: NoiseConditions(program.generation.condition))
        sampler.images(stream: RandomStream(seed: 0, name: "test/latents"), count: 11) { images, _ in bytes.update("\(images.map(\.bitPattern))\n") }
        if program.likelihood != nil {
            let images = RandomStream(seed: 0, name: "test/images").numbers(.uniform(low: 0, high: 1), step: 0, count: 11 * program.generation.images.count)
            bytes.update("\(try LikelihoodEvaluation(sampler).logLikelihoods(of: images, count: 11, draws: 2).map(\.bitPattern))\n")
        }
        return bytes.finish().hex
    }

    /// The data-dependent initialization, if the model has one that is due.
    private func initialize(_ store: TensorStore, _ device: CPUDevice, afterStep step: Int) {
        guard let initialization = program.initialization, initialization.step == step else { return }
        let session = Session(initialization.plan, store: store, device: device, seed: 3)
        // Before the first step its examples are those of step 0; later, those of a step that training does not have.
        fill(session, step: step == 0 ? 0 : 1000, initialization.examples)
        session.run(step: UInt64(step))
    }
}

/// Noise as the condition of eleven examples.
struct NoiseConditions: BatchSource {
    let fields: [ExampleField]
    let count = 11
    private let noise: String

    init?(_ field: BatchField?, noise: String = "test/condition") {
        guard let field else { return nil }
        fields = [ExampleField(name: field.name, shape: field.shape.extents)]
        self.noise = noise
    }

    func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>) {
        let size = fields[0].elements, stream = RandomStream(seed: 0, name: noise)
        for (row, index) in batch.indices.enumerated() {
            let values = stream.numbers(.uniform(low: 0, high: 1), step: 0, start: index * size, count: size)
            for (place, value) in values.enumerated() { unsafe buffer[row * size + place] = value }
        }
    }
}
