import Graphs
import Models
import Numerics
import Engine

/// Generation of 10,000 images of 28x28, including latents, as in an evaluation.
struct SamplingBench: BenchWorkload {
    let name = "sampling"
    private let images = 10_000

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let program = try StepRunner.program(model: BenchCatalog.mainModel, size: 28, channels: 1)
        let store = TensorStore()
        program.initialize(store, seed: 0)
        guard let latents = program.generation.latents else { throw CommandFailure("\(BenchCatalog.mainModel) has no latents", code: CommandFailure.Code.badInput) }
        let session = Session(program.generation.plan, store: store, device: settings.device(), seed: 0)
        let stream = RandomStream(seed: 0, name: "bench/latents")
        let batches = (images + program.batchSize - 1) / program.batchSize
        let numbers = program.batchSize * latents.dimensions
        let operations = program.generation.plan.productOperations * Double(batches)
        var drawn = [Float](repeating: 0, count: images * 28 * 28)
        let times = settings.repeated(warmUp: settings.isQuick ? 0 : 1, least: settings.isQuick ? 1 : 3) {
            for batch in 0..<batches {
                session.setInput("latents", stream.numbers(latents.source.distribution, step: UInt64(batch), count: numbers))
                session.run(step: 0)
                let values = session.output("images")
                let start = batch * values.count
                let count = min(values.count, drawn.count - start)
                drawn.replaceSubrange(start..<(start + count), with: values[..<count])
            }
        }
        return [BenchResult(name: name, title: "\(images) images 28x28x1 generated", value: .seconds(times), operations: operations)]
    }
}
