import Graphs
import Engine
import Canonical

/// One training step.
struct StepBench: BenchWorkload {
    let model: String
    let size: Int
    let channels: Int

    var name: String { model == BenchCatalog.mainModel ? "step-\(size)" : "\(model)-step-\(size)" }

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let runner = try StepRunner(model: model, size: size, channels: channels, device: settings.device())
        let times = settings.repeated { runner.run() }
        let plan = runner.session.plan
        return [
            BenchResult(
                name: name, title: "\(model) step \(size)x\(size)x\(channels), batch \(StepRunner.batchSize)", value: .seconds(times),
                operations: plan.productOperations, details: ["plan": .string(plan.digest)])
        ]
    }
}
