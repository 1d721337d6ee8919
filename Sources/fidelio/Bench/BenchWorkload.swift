import Models
import Studies

/// A named benchmark.
protocol BenchWorkload {
    var name: String { get }
    func measure(_ settings: BenchSettings) throws -> [BenchResult]
}

/// All benchmarks. Adversarial models in the catalog, and the VAE, get a step benchmark automatically.
enum BenchCatalog {
    /// Image sizes of the study: MNIST and Fashion-MNIST, CIFAR-10, CelebA.
    static let sizes = [(28, 1), (32, 3), (64, 3)]
    static let mainModel = "ns-gan"

    /// The benchmarks that run by default.
    static var standard: [any BenchWorkload] {
        sizes.map { StepBench(model: mainModel, size: $0, channels: $1) } + otherModels
            + [ProductsBench(size: 28, channels: 1), AdamBench(), FrechetBench(), BudgetBench(), MemoryStreamBench(), SamplingBench(), MemoryBench(), FirstStepBench()]
    }

    /// The benchmarks that run only if named.
    static var further: [any BenchWorkload] {
        [ProductsBench(size: 32, channels: 3), ProductsBench(size: 64, channels: 3), MetricsBench()] + sizes.map { KernelsBench(size: $0, channels: $1) }
            + [SuperResolutionStepBench(), SuperResolutionStepBench(recomputes: true), SuperResolutionSamplingBench(), FeaturesBench(), KernelsBench(size: 32, channels: 3, isSuperResolution: true)]
    }

    private static var otherModels: [any BenchWorkload] {
        // The networks of the study. A step of a flow of published width takes seconds, and its shape depends on other settings; conditional models need a second field.
        ModelCatalog.all.filter { $0.schema.name != mainModel && !$0.schema.hasLikelihood && $0.condition == nil }.map(\.schema.name).map { StepBench(model: $0, size: 28, channels: 1) }
    }

    /// - Errors: `CommandFailure` for an unknown name
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
