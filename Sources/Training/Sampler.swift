import Graphs
internal import Datasets
internal import Models
internal import Numerics
internal import Engine

/// Generates images from the current parameters, using moving averages, and numbered latents: a stream gives the same latents to every run with the
/// same latent dimension, whatever its seed. Image i of a conditional model is generated for example i of the given examples.
struct Sampler {
    let program: TrainingProgram
    private let store: TensorStore
    private let device: CPUDevice
    private let session: Session
    private let conditions: (any BatchSource)?

    /// - Parameters:
    ///   - conditions: examples on which generation is conditioned; required if the program has a condition
    ///   - sharing: a session of the same device whose scratch memory may be reused
    init(_ program: TrainingProgram, store: TensorStore, device: CPUDevice, conditions: (any BatchSource)? = nil, sharing: Session? = nil) {
        precondition(program.generation.condition == nil || conditions != nil, "the condition \(program.generation.condition?.name ?? "") requires examples")
        self.program = program
        self.store = store
        self.device = device
        self.conditions = conditions
        session = Session(program.generation.plan, store: store, device: device, seed: 0, sharing: sharing)
    }

    /// A session of the program's inversion; nil if it has none.
    func makeInversion() -> Session? { program.inversion.map { Session($0, store: store, device: device, seed: 0) } }

    /// A session of the program's likelihood; nil if it has none.
    func makeLikelihood() -> Session? { program.likelihood.map { Session($0.plan, store: store, device: device, seed: 0, sharing: session) } }

    /// Latents start ..< start + count of a stream; empty if the model has none. - Shapes: [count, latents]
    /// - Parameter draw: other numbers are other latents for the same images
    func latents(stream: RandomStream, start: Int, count: Int, draw: Int = 0) -> [Float] {
        guard let latents = program.generation.latents else { return [] }
        return stream.numbers(latents.source.distribution, step: UInt64(draw), start: start * latents.dimensions, count: count * latents.dimensions)
    }

    /// The conditions of images start ..< start + count; empty if the model is unconditional. - Shapes: [count] + the field's shape
    func conditions(start: Int, count: Int) -> [Float] {
        guard let field = program.generation.condition, let conditions else { return [] }
        var values = [Float](repeating: 0, count: count * field.shape.count)
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe conditions.copy(field.name, of: ExampleBatch(start..<start + count, of: conditions), into: buffer)
        }
        return values
    }

    /// Images start ..< start + count, passed on batch by batch. - Shapes: [count, height, width, channels] in the data set's range
    /// - Parameter draw: other numbers are other samples for the same conditions
    func images(stream: RandomStream, start: Int = 0, count: Int, draw: Int = 0, _ receive: (_ images: [Float], _ count: Int) throws -> Void) rethrows {
        let batch = program.batchSize
        let elements = program.generation.images.count
        var done = 0
        while done < count {
            if program.generation.latents != nil { session.setInput("latents", latents(stream: stream, start: start + done, count: batch, draw: draw)) }
            if let field = program.generation.condition { session.setInput(field.name, conditions(start: start + done, count: batch)) }
            session.run(step: 0)
            let wanted = Swift.min(batch, count - done)
            let images = session.output("images")
            try receive(wanted == batch ? images : Array(images.prefix(wanted * elements)), wanted)
            done += wanted
        }
    }
}
