/// The peak memory of a process that trains the main model on 28x28 images.
struct MemoryBench: BenchWorkload {
    let name = "memory-28"

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let child = try BenchChild(threads: settings.threads, kernels: settings.kernels, seconds: 0.5)
        _ = try child.firstStep()
        child.go()
        let peak = try child.finish().peakResidentBytes
        return [BenchResult(name: name, title: "peak memory of \(BenchCatalog.mainModel) training 28x28x1", value: .bytes(peak))]
    }
}

/// Time from process start to the end of the first step on 28x28 images.
struct FirstStepBench: BenchWorkload {
    let name = "first-step"

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let times = try (0..<(settings.isQuick ? 3 : 7)).map { _ in
            let child = try BenchChild(threads: settings.threads, kernels: settings.kernels, seconds: 0)
            let seconds = try child.firstStep()
            child.go()
            _ = try child.finish()
            return seconds
        }
        return [BenchResult(name: name, title: "from process start to the end of the first step", value: .seconds(BenchTimes(times)))]
    }
}
