internal import Archives
internal import Canonical
internal import Datasets
internal import Engine
internal import Events
internal import Studies
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Somebody asked an evaluation to stop.
struct EvaluationStopped: Error {}

/// Measures one checkpoint. Everything that it reports but times and rates is a function of the archive and the request.
final class CheckpointEvaluator {
    private let run: EvaluationRun
    private let log: EventLog
    private let device: CPUDevice
    private let generator: FrozenGenerator
    /// The run's specification with the evaluation that was asked for in place of its own.
    private let specification: Specification
    private let dataset: ImageDataset
    private var pace = Pace()

    /// - Errors: `ArchiveError` for a missing or damaged checkpoint; `TrainingError`, `DatasetError`
    init(run: EvaluationRun, asked: CheckpointEvaluation, log: EventLog) throws {
        self.run = run
        self.log = log
        device = CPUDevice(threads: run.threads, kernels: run.kernels)
        try log.append(.phase("dataset", fraction: 0))
        let datasets = DatasetStore(root: "\(run.storage)/datasets")
        let archive = try ArchiveStore(root: "\(run.storage)/archives").read(asked.checkpoint, threads: run.threads)
        generator = try FrozenGenerator(archive, datasets: datasets, device: device, models: run.models)
        var specification = generator.specification
        specification.evaluation = asked.evaluation
        self.specification = specification
        dataset = try datasets.load(specification.dataset.name)
        guard dataset.digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(name: dataset.name, expected: specification.dataset.digest.hex, actual: dataset.digest.hex)
        }
    }

    /// - Errors: `EvaluationStopped`; `MetricError.notFinite`
    func measure() throws {
        try log.append(
            .started(
                .init(
                    step: generator.step, threads: run.threads, kernels: run.kernels.rawValue, host: Trainer.hostName, process: Int(getpid()),
                    program: Version.program, resumed: log.earlier.contains { if case .started = $0.kind { true } else { false } },
                    provenance: Provenance.json(of: specification))))
        let (evaluator, provenance) = try Evaluator.prepared(
            specification, dataset: dataset, storage: run.storage, device: device, models: run.models
        ) { fraction in
            try stopIfAsked()
            try log.append(.phase("encoder", fraction: fraction))
        }
        try evaluator.describe(in: log, provenance: provenance)
        let reference = try dataset.split(specification.evaluation.referenceSplit)
        let sampler = Sampler(
            generator.program, store: generator.store, device: device, conditions: SplitBatches(reference, of: dataset))
        try log.append(.phase("samples", fraction: nil))
        pace.begin(step: 0)
        try evaluator.measure(sampler, except: measured(by: evaluator), tell: tell) { values in
            for value in values {
                try log.append(value.event(step: generator.step, evaluator: evaluator, referenceSplit: specification.evaluation.referenceSplit))
            }
        }
    }

    /// The protocols under which an earlier worker measured all values of their metric.
    private func measured(by evaluator: Evaluator) -> Set<Digest> {
        var values: [String: Set<String>] = [:]
        for event in log.earlier {
            if case .evaluation(let one) = event.kind, one.step == generator.step { values[one.protocolDigest, default: []].insert(one.metric) }
        }
        return Set(
            evaluator.protocols.filter { meaning in
                MetricChoice.named(meaning.metric)?.values.allSatisfy { values[meaning.digest.hex]?.contains($0.name) == true } == true
            }.map(\.digest))
    }

    private func tell(_ stage: Evaluator.Stage) throws {
        try stopIfAsked()
        switch stage {
        case .images(let done, let total):
            guard let rate = pace.due(step: done) else { return }
            try log.append(.progress(step: done, steps: total, rate: rate, remaining: rate > 0 ? Double(total - done) / rate : nil))
        case .metric(let name): try log.append(.phase(name, fraction: nil))
        }
    }

    private func stopIfAsked() throws {
        if run.shouldStop() { throw EvaluationStopped() }
    }
}
