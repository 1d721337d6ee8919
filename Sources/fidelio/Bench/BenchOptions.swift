import ArgumentParser
import Foundation
import Engine

/// Options of all measurements.
struct BenchOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to compute with. Default: the number of cores.", valueName: "n")) var threads: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("scalar, avx2, avx512 or neon. Default: the widest supported by this processor.", valueName: "set")) var kernels: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Measuring time per row.", valueName: "seconds")) var seconds: Double?
    @Flag(help: "Use fewer repetitions.") var quick = false
    @Flag(help: "Write JSON to standard output, for scripts.") var json = false

    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads \(threads) is not in 1...256") }
        if let seconds, !(seconds >= 0 && seconds <= 600) { throw ValidationError("--seconds \(seconds) is not in 0...600") }
        _ = try kernelSet()
    }

    func settings() throws -> BenchSettings {
        BenchSettings(threads: threads ?? Self.cores, kernels: try kernelSet(), seconds: seconds ?? (quick ? 0.4 : 2), isQuick: quick)
    }

    private func kernelSet() throws -> KernelSet {
        guard let kernels else { return .best }
        guard let set = KernelSet(rawValue: kernels) else {
            throw ValidationError("--kernels \(kernels) is unknown; allowed: \(KernelSet.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard set.isAvailable else { throw ValidationError("--kernels \(kernels): not supported by this processor") }
        return set
    }
}
