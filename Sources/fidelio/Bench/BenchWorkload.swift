import Models
import Studies

/// Something that can be measured under a name.
protocol BenchWorkload {
    var name: String { get }
    func measure(_ settings: BenchSettings) throws -> [BenchResult]
}

/// All that can be measured. The step of a new model comes by itself once the model is in the catalog.
enum BenchCatalog {
    /// Image sizes of the study: MNIST and its kin, CIFAR-10, CelebA.
    static let sizes = [(28, 1), (32, 3), (64, 3)]
    static let mainModel = "ns-gan"

    /// What is measured when nothing is named.
    static var standard: [any BenchWorkload] {
        sizes.map { StepBench(model: mainModel, size: $0, channels: $1) } + otherModels
            + [ProductsBench(size: 28, channels: 1), AdamBench(), FrechetBench(), BudgetBench(), MemoryStreamBench(), SamplingBench(), MemoryBench(), FirstStepBench()]
    }

    /// What is measured when it is named.
    static var further: [any BenchWorkload] {
        [ProductsBench(size: 32, channels: 3), ProductsBench(size: 64, channels: 3), MetricsBench()] + sizes.map { KernelsBench(size: $0, channels: $1) }
    }

    private static var otherModels: [any BenchWorkload] {
        ModelCatalog.schemas.map(\.name).filter { $0 != mainModel }.map { StepBench(model: $0, size: 28, channels: 1) }
    }

    /// - Errors: `CommandFailure` where there is no such workload.
    static func workloads(_ names: [String]) throws -> [any BenchWorkload] {
        if names.isEmpty { return standard }
        let all = standard + further
        return try names.map { name in
            guard let found = all.first(where: { $0.name == name }) else {
                throw CommandFailure("there is no benchmark \(name); allowed: \(all.map(\.name).joined(separator: ", "))", code: CommandFailure.Code.badInput)
            }
            return found
        }
    }
}
