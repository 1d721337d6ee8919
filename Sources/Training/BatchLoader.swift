internal import Datasets
internal import Engine
internal import Graphs
internal import Models

/// Fills the inputs of each step with the next examples in the run's data order, and runs the data-dependent initialization.
struct BatchLoader {
    private let program: TrainingProgram
    private let source: any BatchSource
    private let seed: UInt64
    private var order: DataOrder

    init(_ program: TrainingProgram, source: any BatchSource, seed: UInt64) {
        self.program = program
        self.source = source
        self.seed = seed
        order = DataOrder(images: source.count, batchSize: program.batchSize, seed: seed)
    }

    /// Fills the fields that a session's plan reads with the batch of step 1, 2, ...
    mutating func load(step: Int, into session: Session) {
        load(from: (step - 1) * program.batchSize, count: program.batchSize, into: session)
    }

    /// Runs the data-dependent initialization if it is due after this step.
    /// - Parameter sharing: a session whose scratch memory may be reused
    /// - Returns: whether it was due
    mutating func initialize(_ store: TensorStore, afterStep step: Int, device: CPUDevice, sharing: Session? = nil) -> Bool {
        guard let initialization = program.initialization, initialization.step == step else { return false }
        let session = Session(initialization.plan, store: store, device: device, seed: seed, sharing: sharing)
        load(from: step * program.batchSize, count: initialization.examples, into: session)
        session.run(step: UInt64(step))
        return true
    }

    /// Fills the fields with examples number first, first + 1, ... of the data order.
    private mutating func load(from first: Int, count: Int, into session: Session) {
        let batch = ExampleBatch(indices: order.indices(from: first, count: count), first: first, seed: seed)
        let source = self.source
        for field in program.fields where session.plan.inputs.contains(where: { $0.name == field.name }) {
            session.withInput(field.name) { span in
                unsafe span.withUnsafeMutableBufferPointer { unsafe source.copy(field.name, of: batch, into: $0) }
            }
        }
    }
}
