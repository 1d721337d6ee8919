import Canonical
import Engine
import Graphs
import Models
import Numerics
import Studies

/// A training step of SRFlow at its default configuration, 8x8 to 32x32, encoder and flow together.
struct SuperResolutionStepBench: BenchWorkload {
    /// Whether gradients compute activations again.
    var recomputes = false

    var name: String { recomputes ? "srflow-recomputed-step-32" : "srflow-step-32" }

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let program = try Self.program(size: 32, recomputesActivations: recomputes), runner = StepRunner(program, device: settings.device())
        let times = settings.repeated { runner.run() }
        let plan = runner.session.plan
        return [
            BenchResult(
                name: name, title: "srflow step 8x8 to 32x32, batch \(program.batchSize)\(recomputes ? ", activations computed again" : "")", value: .seconds(times),
                operations: plan.productOperations, details: ["scratch_bytes": .integer(Int64(plan.scratchBytes))])
        ]
    }

    /// SRFlow with its default hyperparameters at scale 4.
    static func program(size: Int, recomputesActivations: Bool = false) throws -> TrainingProgram {
        let model = SRFlow()
        return try model.program(
            ModelConfiguration(
                hyperparameters: model.schema.defaults, architecture: .init(name: SRFlow.architecture, width: 1), images: ExampleShape(height: size, width: size, channels: 3),
                batchSize: 16, steps: 100_000, fields: [BatchField("low_resolution", [size / 4, size / 4, 3])], recomputesActivations: recomputesActivations))
    }
}

/// Sixteen samples of one low-resolution image, 16x16 to 64x64: with the condition evaluated once for all, and for each.
struct SuperResolutionSamplingBench: BenchWorkload {
    let name = "srflow-sampling-64"

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let program = try SuperResolutionStepBench.program(size: 64), store = TensorStore(), device = settings.device(), count = program.batchSize
        program.initialize(store, seed: 0)
        guard let latents = program.generation.latents, let condition = program.generation.condition, let plans = try program.generation.repeated?(1) else {
            throw CommandFailure("srflow has no plans for several samples of a condition", code: CommandFailure.Code.failed)
        }
        let low = RandomStream(seed: 0, name: "bench/low_resolution").numbers(.uniform(low: 0, high: 1), step: 0, count: condition.shape.count)
        let z = RandomStream(seed: 0, name: "bench/latents").numbers(latents.source.distribution, step: 0, count: count * latents.dimensions)
        let whole = Session(program.generation.plan, store: store, device: device, seed: 0)
        whole.setInput(condition.name, (0..<count).flatMap { _ in low })
        let preparation = Session(plans.preparation, store: store, device: device, seed: 0)
        let completion = Session(plans.completion, store: store, device: device, seed: 0, sharing: preparation, preparation: preparation)
        preparation.setInput(condition.name, low)
        let together = settings.repeated(warmUp: 1, least: 2) {
            preparation.run(step: 0)
            completion.setInput("latents", z)
            completion.run(step: 0)
            _ = completion.output("images")
        }
        let further = settings.repeated(warmUp: 1, least: 2) {
            completion.setInput("latents", z)
            completion.run(step: 0)
            _ = completion.output("images")
        }
        let each = settings.repeated(warmUp: 1, least: 2) {
            whole.setInput("latents", z)
            whole.run(step: 0)
            _ = whole.output("images")
        }
        let operations = plans.completion.productOperations
        return [
            BenchResult(name: name, title: "\(count) srflow samples of one image, 16x16 to 64x64", value: .seconds(together), operations: plans.preparation.productOperations + operations),
            BenchResult(name: "\(name)/further", title: "\(count) further samples of the same image", value: .seconds(further), operations: operations),
            BenchResult(
                name: "\(name)/each", title: "the same with the condition evaluated for each sample", value: .seconds(each), operations: program.generation.plan.productOperations),
        ]
    }
}
