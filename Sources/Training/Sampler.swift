import Graphs
internal import Datasets
internal import Metrics
internal import Models
internal import Numerics
internal import Engine
internal import Studies

/// Generates images from the current parameters, using moving averages, and numbered latents: a stream gives the same latents to every run with the
/// same latent dimension, whatever its seed. Image i of a conditional model is generated for example i of the given examples.
struct Sampler {
    let program: TrainingProgram
    /// That of the program, or the same at another temperature.
    private let generation: Generation
    private let store: TensorStore
    private let device: CPUDevice
    private let session: Session
    private let conditions: (any BatchSource)?
    private let repeating = RepeatedSampling()

    /// - Parameters:
    ///   - conditions: examples on which generation is conditioned; required if the program has a condition
    ///   - generation: nil for that of the program
    ///   - sharing: a session of the same device whose scratch memory may be reused
    init(
        _ program: TrainingProgram, generation: Generation? = nil, store: TensorStore, device: CPUDevice, conditions: (any BatchSource)? = nil, sharing: Session? = nil
    ) {
        precondition(program.generation.condition == nil || conditions != nil, "the condition \(program.generation.condition?.name ?? "") requires examples")
        self.program = program
        self.generation = generation ?? program.generation
        self.store = store
        self.device = device
        self.conditions = conditions
        session = Session(self.generation.plan, store: store, device: device, seed: 0, sharing: sharing)
    }

    /// A session of the program's inversion; nil if it has none.
    func makeInversion() -> Session? { program.inversion.map { Session($0, store: store, device: device, seed: 0) } }

    /// A session of the program's likelihood; nil if it has none.
    func makeLikelihood() -> Session? { program.likelihood.map { Session($0.plan, store: store, device: device, seed: 0, sharing: session) } }

    /// Latents start ..< start + count of a stream; empty if the model has none. - Shapes: [count, latents]
    /// - Parameter draw: other numbers are other latents for the same images
    func latents(stream: RandomStream, start: Int, count: Int, draw: Int = 0) -> [Float] {
        guard let latents = generation.latents else { return [] }
        return stream.numbers(latents.source.distribution, step: UInt64(draw), start: start * latents.dimensions, count: count * latents.dimensions)
    }

    /// The conditions of images start ..< start + count; empty if the model is unconditional. - Shapes: [count] + the field's shape
    func conditions(start: Int, count: Int) -> [Float] {
        guard let field = generation.condition, let conditions else { return [] }
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
        let elements = generation.images.count
        var done = 0
        while done < count {
            if generation.latents != nil { session.setInput("latents", latents(stream: stream, start: start + done, count: batch, draw: draw)) }
            if let field = generation.condition { session.setInput(field.name, conditions(start: start + done, count: batch)) }
            session.run(step: 0)
            let wanted = Swift.min(batch, count - done)
            let images = session.output("images")
            try receive(wanted == batch ? images : Array(images.prefix(wanted * elements)), wanted)
            done += wanted
        }
    }
}

// MARK: - Given latents

extension Sampler {
    /// The images of given latents, passed on batch by batch. - Shapes: [count, dimensions] -> [count, height, width, channels]
    /// - Precondition: the model has latents and no condition.
    func images(ofLatents latents: [Float], _ receive: (_ images: [Float]) throws -> Void) rethrows {
        guard let dimensions = program.generation.latents?.dimensions, program.generation.condition == nil else { preconditionFailure("no images of latents alone") }
        let batch = program.batchSize * dimensions, elements = program.generation.images.count
        for start in stride(from: 0, to: latents.count, by: batch) {
            let given = latents[start..<Swift.min(start + batch, latents.count)]
            session.setInput("latents", Array(given) + [Float](repeating: 0, count: batch - given.count))
            session.run(step: 0)
            try receive(Array(session.output("images").prefix(given.count / dimensions * elements)))
        }
    }
}

// MARK: - Another temperature, and latents of images

extension Sampler {
    /// The sampler with another temperature in place of that of the hyperparameters: the bits of a run that has it. A model without latents is its own.
    /// - Errors: `MetricError.notApplicable` if the model has latents but no temperature; those of planning
    func tempered(_ temperature: Double, _ specification: Specification, models: [any StudyModel]) throws -> Sampler {
        guard program.generation.latents != nil else { return self }
        var values = specification.hyperparameters
        guard let model = models.model(named: specification.model) as? any ResolutionModel, values[MetricChoice.temperatureOption] != nil else {
            throw MetricError.notApplicable("the samples of \(specification.model) have no temperature")
        }
        values[MetricChoice.temperatureOption] = .real(temperature)
        return Sampler(program, generation: try model.generation(configuration(values, specification)), store: store, device: device, conditions: conditions)
    }

    private func configuration(_ values: Hyperparameters, _ specification: Specification) -> ModelConfiguration {
        ModelConfiguration(
            hyperparameters: values, architecture: specification.architecture, images: program.generation.images, batchSize: program.batchSize, steps: program.steps,
            fields: program.fields)
    }

    /// The model's map between images and latents, with the current parameters; nil if it has none.
    /// - Errors: those of planning
    func latentMapping(_ specification: Specification, models: [any StudyModel]) throws -> LatentMapping? {
        guard let model = models.model(named: specification.model) as? any ResolutionModel,
            let map = try model.latentMap(configuration(specification.hyperparameters, specification))
        else { return nil }
        return try LatentMapping(map, batch: program.batchSize, store: store, device: device)
    }
}

// MARK: - Several samples of each condition

extension Sampler {
    /// Samples of images start ..< start + count for each of some draws, with the values that `images` gives for each draw. What depends on the condition alone, such as an
    /// encoder of low-resolution images, is computed once for all draws.
    /// - Parameter receive: gets the samples of one batch for one draw, [count, height, width, channels]; batch by batch, and within a batch draw by draw
    func samples(
        stream: RandomStream, start: Int, count: Int, draws: Range<Int>, _ receive: (_ images: [Float], _ first: Int, _ draw: Int) throws -> Void
    ) throws {
        let batch = program.batchSize, elements = generation.images.count
        let sessions = draws.count > 1 ? try repeating.sessions(conditions: batch, generation, store, device) : nil
        for first in stride(from: start, to: start + count, by: batch) {
            let wanted = Swift.min(batch, start + count - first)
            if let sessions { prepare(sessions, start: first, count: batch) }
            for draw in draws {
                if let sessions {
                    let images = completed(sessions, latents(stream: stream, start: first, count: batch, draw: draw))
                    try receive(Array(images.prefix(wanted * elements)), first, draw)
                } else {
                    try images(stream: stream, start: first, count: wanted, draw: draw) { images, _ in try receive(images, first, draw) }
                }
            }
        }
    }

    /// Samples of one image for some draws, in batches of them. - Parameter receive: gets the samples of consecutive draws, [draws, height, width, channels]
    func samples(of image: Int, stream: RandomStream, draws: Range<Int>, _ receive: (_ images: [Float], _ draws: Range<Int>) throws -> Void) throws {
        let batch = program.batchSize, elements = generation.images.count
        guard let sessions = try repeating.sessions(conditions: 1, generation, store, device) else {
            return try samples(stream: stream, start: image, count: 1, draws: draws) { try receive($0, $2..<$2 + 1) }
        }
        prepare(sessions, start: image, count: 1)
        for first in stride(from: draws.lowerBound, to: draws.upperBound, by: batch) {
            let wanted = first..<Swift.min(first + batch, draws.upperBound)
            let drawn = (first..<first + batch).flatMap { latents(stream: stream, start: image, count: 1, draw: $0) }
            try receive(Array(completed(sessions, drawn).prefix(wanted.count * elements)), wanted)
        }
    }

    private func prepare(_ sessions: RepeatedSampling.Sessions, start: Int, count: Int) {
        if let field = generation.condition { sessions.preparation.setInput(field.name, conditions(start: start, count: count)) }
        sessions.preparation.run(step: 0)
    }

    private func completed(_ sessions: RepeatedSampling.Sessions, _ latents: [Float]) -> [Float] {
        sessions.completion.setInput("latents", latents)
        sessions.completion.run(step: 0)
        return sessions.completion.output("images")
    }
}

/// The sessions for several samples of each condition, made when they are first needed.
private final class RepeatedSampling {
    struct Sessions {
        let preparation: Session
        let completion: Session
    }

    private var made: [Int: Sessions] = [:]

    /// Nil if the model has no such plans.
    func sessions(conditions: Int, _ generation: Generation, _ store: TensorStore, _ device: CPUDevice) throws(PlanError) -> Sessions? {
        if let known = made[conditions] { return known }
        guard let plans = try generation.repeated?(conditions) else { return nil }
        let preparation = Session(plans.preparation, store: store, device: device, seed: 0)
        let completion = Session(plans.completion, store: store, device: device, seed: 0, sharing: preparation, preparation: preparation)
        let sessions = Sessions(preparation: preparation, completion: completion)
        made[conditions] = sessions
        return sessions
    }
}
