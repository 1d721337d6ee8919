import Engine
import Graphs


/// The kernels of a step of the main model, or of SRFlow, measured within the step, slowest first: where the time of a step goes.
struct KernelsBench: BenchWorkload {
    let size: Int
    let channels: Int
    var isSuperResolution = false

    var name: String { isSuperResolution ? "srflow-kernels-\(size)" : "kernels-\(size)" }

    private func runner(_ device: CPUDevice) throws -> StepRunner {
        if isSuperResolution { return StepRunner(try SuperResolutionStepBench.program(size: size), device: device) }
        return try StepRunner(model: BenchCatalog.mainModel, size: size, channels: channels, device: device)
    }

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let runner = try runner(settings.device())
        let work = runner.session.plan.work
        var before = [Double](repeating: 0, count: work.count)
        var times = [[Double]](repeating: [], count: work.count)
        runner.run()
        _ = settings.repeated(warmUp: 0) {
            runner.run(profiled: true)
            for (index, seconds) in runner.session.profile.enumerated() { times[index].append(seconds - before[index]) }
            before = runner.session.profile
        }
        let results = work.indices.map { index in
            BenchResult(
                name: "\(name)/\(index)", title: String(work[index].description.prefix(100)), value: .seconds(BenchTimes(times[index])),
                operations: work[index].product == nil ? nil : work[index].operations, bytes: work[index].product == nil ? work[index].bytes : nil)
        }
        let medians = times.map { BenchTimes($0).median }
        return results.indices.sorted { (-medians[$0], $0) < (-medians[$1], $1) }.map { results[$0] }
    }
}
