import Graphs
import Models
import Studies
import Numerics
import Engine

/// A training step of a model with default hyperparameters on the study's network at width 1, updating both networks, on noise images.
final class StepRunner {
    static let batchSize = 64
    /// Number of steps of the simulated run, on which learning-rate schedules depend.
    private static let steps = 100_000

    let program: TrainingProgram
    let store = TensorStore()
    let session: Session
    private(set) var step: Int

    convenience init(model name: String, size: Int, channels: Int, device: CPUDevice) throws {
        self.init(try Self.program(model: name, size: size, channels: channels), device: device)
    }

    /// The main phase of a program, from its first step on.
    init(_ program: TrainingProgram, device: CPUDevice) {
        self.program = program
        step = ((1...program.steps).first { program.phase(ofStep: $0).name == program.mainPhase.name } ?? 1) - 1
        program.initialize(store, seed: 0)
        session = Session(program.mainPhase.plan, store: store, device: device, seed: 0)
        for field in program.fields where session.plan.inputs.contains(where: { $0.name == field.name }) {
            let count = program.batchSize * field.shape.count
            session.setInput(field.name, RandomStream(seed: 0, name: "bench/\(field.name)").numbers(.uniform(low: 0, high: 1), step: 0, count: count))
        }
    }

    static func program(model name: String, size: Int, channels: Int) throws -> TrainingProgram {
        guard let model = ModelCatalog.model(named: name) else {
            throw CommandFailure("there is no model \(name)", code: CommandFailure.Code.badInput)
        }
        return try model.program(
            ModelConfiguration(
                hyperparameters: model.schema.defaults, architecture: .init(name: model.schema.architectures[0], width: 1),
                images: ExampleShape(height: size, width: size, channels: channels), batchSize: batchSize, steps: steps))
    }

    func run(profiled: Bool = false) {
        step += 1
        for (name, value) in program.scalars(step: step) where session.plan.inputs.contains(where: { $0.name == name }) { session.setInput(name, value) }
        session.run(step: UInt64(step), profiled: profiled)
    }
}
