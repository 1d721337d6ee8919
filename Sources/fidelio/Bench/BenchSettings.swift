import Engine

/// Settings of a measurement.
struct BenchSettings {
    var threads: Int
    var kernels: KernelSet
    /// Measuring time of one workload.
    var seconds: Double
    var isQuick: Bool

    func device() -> CPUDevice { CPUDevice(threads: threads, kernels: kernels) }

    /// Runs the work a few times to warm up, then until the time is spent, at least `least` times.
    func repeated(warmUp: Int = 2, least: Int = 3, seconds: Double? = nil, _ work: () throws -> Void) rethrows -> BenchTimes {
        for _ in 0..<warmUp { try work() }
        var times: [Double] = []
        let begin = BenchClock.now
        repeat {
            let start = BenchClock.now
            try work()
            times.append(BenchClock.now - start)
        } while times.count < least || BenchClock.now - begin < seconds ?? self.seconds
        return BenchTimes(times)
    }
}
