import Canonical
import Graphs
import Engine

/// The peak rates of this machine for a number of threads and a kernel set, measured: the two limits of every kernel.
///
/// - Source: Williams, Waterman, and Patterson 2009, "Roofline".
struct Roofline {
    /// Rate of fma chains in registers; an fma counts as two operations.
    var operationsPerSecond: Double
    /// Rate of an in-place pass over a buffer larger than all caches; reads and writes count.
    var bytesPerSecond: Double

    private static let floats = 1 << 24
    private static let rounds = 1 << 16

    init(_ settings: BenchSettings) throws {
        let device = settings.device()
        // Software fma is about a hundred times slower.
        let rounds = settings.kernels == .scalar ? Self.rounds / 128 : Self.rounds
        var operations = 0.0
        let spins = settings.repeated(least: 5, seconds: 0.05) { operations = device.spinPeak(rounds: rounds) }
        operationsPerSecond = operations / spins.minimum

        let graph = Graph()
        let buffer = graph.parameter("buffer", [Self.floats])
        let plan = try Plan(graph, outputs: [], updates: [(buffer, buffer * 0.5)])
        let session = Session(plan, store: TensorStore(), device: device, seed: 0)
        let passes = settings.repeated(warmUp: 1, least: 5, seconds: 0.05) { session.run(step: 1) }
        bytesPerSecond = plan.work.reduce(0) { $0 + $1.bytes } / passes.minimum
    }

    var json: JSONValue {
        ["peak_gflops": .number(operationsPerSecond / 1e9), "peak_gigabytes_per_second": .number(bytesPerSecond / 1e9)]
    }

    var text: String {
        "at most \(BenchResult.fixed(operationsPerSecond / 1e9, 0)) GFLOP/s in registers, \(BenchResult.fixed(bytesPerSecond / 1e9, 1)) GB/s of memory"
    }
}
