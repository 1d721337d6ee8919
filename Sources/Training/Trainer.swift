import Graphs
internal import Archives
internal import Canonical
internal import Codecs
internal import Datasets
internal import Events
internal import Metrics
internal import Models
internal import Studies
internal import Numerics
internal import Engine
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The loop over steps. Everything that it reports but times and rates is a function of the specification.
final class Trainer {
    private let run: TrainingRun
    private let specification: Specification
    private let log: EventLog
    private let executor: Executor
    private let archives: ArchiveStore
    private let dataset: ImageDataset
    private let train: DatasetSplit
    private let program: TrainingProgram
    private let store = TensorStore()
    private let sessions: StepSessions
    private let sampler: Sampler
    private var evaluator: Evaluator?
    private lazy var scatter = ScatterPicture(background: train)
    private var best: [String: RunEvent.Best] = [:]
    private var pace = Pace()

    private var seed: UInt64 { UInt64(specification.seed) }

    init(run: TrainingRun, specification: Specification, log: EventLog) throws {
        self.run = run
        self.specification = specification
        self.log = log
        guard let model = ModelCatalog.model(named: specification.model) else { throw TrainingError.unknownModel(specification.model) }
        executor = Executor(threads: run.threads, kernels: run.kernels)
        archives = try ArchiveStore(root: "\(run.storage)/archives")
        try log.append(.phase("dataset", fraction: 0))
        dataset = try DatasetStore(root: "\(run.storage)/datasets").load(specification.dataset.name)
        guard dataset.digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(name: dataset.name, expected: specification.dataset.digest.hex, actual: dataset.digest.hex)
        }
        train = try dataset.split("train")
        let images = ExampleShape(height: dataset.height, width: dataset.width, channels: dataset.channels)
        guard (specification.architecture.name == ModelSchema.pointArchitecture) == images.isPoint else {
            throw TrainingError.unsuitableArchitecture(specification.architecture.name, dataset: dataset.name)
        }
        program = try model.program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: images,
                batchSize: specification.batchSize))
        program.initialize(store, seed: UInt64(specification.seed))
        sessions = StepSessions(program, store: store, executor: executor, seed: UInt64(specification.seed))
        sampler = Sampler(
            program: program, session: Session(program.sampling, store: store, executor: executor, seed: 0, sharing: sessions.main),
            makeInversion: { [program, store, executor] in Session(program.inversion, store: store, executor: executor, seed: 0) })
    }

    func trainToEnd() throws -> TrainingOutcome {
        let begin = try resume()
        try log.append(
            .started(
                .init(
                    step: begin, threads: run.threads, kernels: run.kernels.rawValue, host: Self.hostName, process: Int(getpid()), program: Version.program,
                    resumed: begin > 0)))
        if begin == 0 { _ = try saveGrid(step: 0) }
        var order = DataOrder(images: train.count, batchSize: specification.batchSize, seed: seed)
        try log.append(.phase("training", fraction: Double(begin) / Double(specification.steps)))
        pace.begin(step: begin)
        let limit = TimeLimit(seconds: run.timeLimit, earlier: log.earlier)
        var step = begin
        while step < specification.steps {
            if run.shouldStop() {
                if step > begin { _ = try save(step: step, isFinal: false) }
                return .interrupted(step: step)
            }
            if let seconds = limit.exceeded {
                if step > begin { _ = try save(step: step, isFinal: false) }
                return .timedOut(step: step, reason: "timed out: \(seconds) seconds were over after step \(step) of \(specification.steps)")
            }
            step += 1
            if let reason = try self.step(step, &order) { return .diverged(step: step, reason: reason) }
            if let reason = try measure(step) { return .diverged(step: step, reason: reason) }
            try reportProgress(step)
        }
        let digest = try soundLastDigest() ?? save(step: specification.steps, isFinal: true)
        return outcome(finalDigest: digest)
    }

    private func outcome(finalDigest: String) -> TrainingOutcome {
        let diversity = ImageDiversity(sampler, train: train)
        guard diversity.hasCollapsed else { return .done(finalDigest: finalDigest) }
        let share = (diversity.ratio * 10_000).rounded() / 100
        return .collapsed(finalDigest: finalDigest, reason: "collapsed: generated images differ by \(share)% of what the data's do")
    }

    // MARK: One step

    /// Metrics are recorded at about a thousand steps that update all networks. - Returns: why the run has diverged, or nil.
    private func step(_ t: Int, _ order: inout DataOrder) throws -> String? {
        let session = sessions[step: t]
        let indices = order.indices(step: t)
        let train = self.train
        session.withInput("images") { span in
            unsafe span.withUnsafeMutableBufferPointer { unsafe train.copyImages(at: indices, into: $0) }
        }
        for (name, value) in program.scalars(step: t) { session.setInput(name, value) }
        session.run(step: UInt64(t))
        guard program.isRecorded(step: t, interval: Swift.max(1, specification.steps / 1000)) || t == specification.steps else { return nil }
        var values: [RunEvent.Value] = []
        for name in program.metrics where session.plan.outputs.contains(where: { $0.name == name }) {
            let value = session.output(name)[0]
            guard value.isFinite else { return "\(name) is no longer finite" }
            values.append(RunEvent.Value(name: name, value: Double(value)))
        }
        try log.append(.metrics(step: t, values: values))
        return nil
    }

    /// Grids, evaluations and checkpoints that are due after a step.
    private func measure(_ t: Int) throws -> String? {
        let isLast = t == specification.steps
        if t % specification.sampleEvery == 0 || isLast {
            guard try saveGrid(step: t) else { return "a generated image is no longer finite" }
        }
        if t % specification.evaluation.every == 0 || isLast {
            do {
                try evaluate(t)
            } catch MetricError.notFinite {
                return "a generated image is no longer finite"
            }
        }
        guard t % specification.checkpointEvery == 0 || isLast else { return nil }
        if let name = store.names.first(where: { name in !store[name].allSatisfy(\.isFinite) }) { return "\(name) is no longer finite" }
        if !isLast { _ = try save(step: t, isFinal: false) }
        return nil
    }

    // MARK: What is kept

    /// - Returns: whether all images are finite.
    private func saveGrid(step: Int) throws -> Bool {
        let isPoints = dataset.shape == ScatterPicture.pointShape
        let (rows, columns) = isPoints ? (1, 1) : (8, 8)
        var images: [Float] = []
        let wanted = isPoints ? ScatterPicture.points : rows * columns
        sampler.images(stream: RandomStream(seed: 0, name: "samples/latents"), count: wanted) { batch, _ in images += batch }
        let grid = SampleGrid(rows: rows, columns: columns, height: dataset.height, width: dataset.width, channels: dataset.channels)
        let image = isPoints ? scatter.image(images) : grid.image(images)
        let name = run.folder.sampleName(step: step)
        try FileSystem.makeFolder(run.folder.samples)
        try AtomicFile.write(PNG.encode(image), to: "\(run.folder.path)/\(name)")
        try log.append(
            .samples(
                .init(
                    step: step, file: name, digest: Digest.sha256(image.pixels).hex, rows: rows, columns: columns, width: isPoints ? image.width : dataset.width,
                    height: isPoints ? image.height : dataset.height, channels: isPoints ? image.channels : dataset.channels)))
        return images.allSatisfy(\.isFinite)
    }

    private func evaluate(_ t: Int) throws {
        let evaluator = try preparedEvaluator()
        for measured in try evaluator.measure(sampler, isLast: t == specification.steps) {
            if let value = measured.value, measured.isBetter(than: best[measured.name]?.value) { best[measured.name] = RunEvent.Best(step: t, value: value) }
            try log.append(
                .evaluation(
                    .init(
                        step: t, metric: measured.name, value: measured.value, protocolDigest: measured.protocolDigest.hex, encoder: evaluator.encoder.name,
                        encoderDigest: evaluator.encoder.digest.hex, samples: measured.samples, referenceSplit: specification.evaluation.referenceSplit,
                        problem: measured.problem)))
        }
    }

    private func preparedEvaluator() throws -> Evaluator {
        if let evaluator { return evaluator }
        let datasets = DatasetStore(root: "\(run.storage)/datasets")
        let description = try datasets.description(named: specification.dataset.name)
        if description.kind == .points { return try pointEvaluator() }
        let wanted = try EncoderSpecification(encoder: specification.evaluation.encoder, for: description, in: datasets)
        let encoders = EncoderStore(folder: "\(run.storage)/encoders", datasets: datasets)
        let encoder = try encoders.encoder(wanted, executor: executor) { [log] fraction in
            try log.append(.phase("encoder", fraction: fraction))
        }
        let made = try Evaluator(specification, encoder: encoder, dataset: dataset)
        evaluator = made
        pace.begin(step: pace.lastStep)
        try log.append(.phase("training", fraction: Double(pace.lastStep) / Double(specification.steps)))
        return made
    }

    /// For points no encoder is trained; metrics that need class scores have none.
    private func pointEvaluator() throws -> Evaluator {
        let wanted = specification.evaluation.encoder
        guard wanted == Encoder.coordinatesName else { throw TrainingError.unknownEncoder(wanted, dataset: dataset.name) }
        let made = try Evaluator(specification, encoder: Encoder(coordinates: dataset.channels), dataset: dataset)
        evaluator = made
        return made
    }

    private func save(step: Int, isFinal: Bool) throws -> String {
        let checkpoint = Checkpoint(step: step, metrics: best)
        let kept = try archives.put(checkpoint.archive(of: store, specification: specification, program: program), threads: run.threads)
        try log.append(.checkpoint(.init(step: step, digest: kept.digest.hex, bytes: Int64(kept.bytes), final: isFinal, best: best)))
        try log.synchronise()
        return kept.digest.hex
    }

    // MARK: Going on

    /// Restores the newest checkpoint of the log whose archive is sound. - Returns: the step to go on from.
    private func resume() throws -> Int {
        for event in log.earlier.reversed() {
            guard case .checkpoint(let kept) = event.kind, let digest = try? Digest(hex: kept.digest), let archive = try? archives.read(digest),
                let checkpoint = try? Checkpoint.restore(archive, into: store, specification: specification)
            else { continue }
            best = checkpoint.metrics
            return checkpoint.step
        }
        return 0
    }

    /// The digest of the final checkpoint where the log has it already and its archive is what that says.
    private func soundLastDigest() -> String? {
        let kept = log.earlier.reversed().lazy.compactMap { if case .checkpoint(let kept) = $0.kind, kept.final { kept.digest } else { nil } }.first
        guard let kept, let digest = try? Digest(hex: kept), (try? archives.read(digest, threads: run.threads)) != nil else { return nil }
        return kept
    }

    private func reportProgress(_ t: Int) throws {
        guard let rate = pace.due(step: t) else { return }
        try log.append(.progress(step: t, steps: specification.steps, rate: rate, remaining: Double(specification.steps - t) / rate))
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        unsafe gethostname(&name, 255)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
