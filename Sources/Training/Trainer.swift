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

/// The training loop. Everything it reports except times and rates is a function of the specification.
final class Trainer {
    private let run: TrainingRun
    private let specification: Specification
    private let log: EventLog
    private let device: CPUDevice
    private let archives: ArchiveStore
    private let dataset: ImageDataset
    private let train: DatasetSplit
    private let seed: UInt64
    private let program: TrainingProgram
    private let store = TensorStore()
    private let sessions: StepSessions
    private var loader: BatchLoader
    private let sampler: Sampler
    private var evaluator: Evaluator?
    private lazy var scatter = ScatterPicture(background: train)
    private var best: [String: RunEvent.Best] = [:]
    /// The value whose best evaluation keeps a checkpoint.
    private let objective: String
    /// The state at the best value of the objective, if that is newer than the newest checkpoint. It is stored before the next one.
    private var bestState: (step: Int, metrics: [String: RunEvent.Best], archive: Archive)?
    /// The steps after the one from which this worker continues at which an earlier one stored a checkpoint: each is stored again, because it may be missing or
    /// damaged, and it may be one that a stop saved and that no interval brings back.
    private var stepsToRepeat: Set<Int> = []
    private var pace = Pace()

    init(run: TrainingRun, specification: Specification, log: EventLog) throws {
        self.run = run
        self.specification = specification
        self.log = log
        objective = run.objective ?? Objective(measuring: specification.evaluation.metrics).metric
        device = CPUDevice(threads: run.threads, kernels: run.kernels)
        archives = try ArchiveStore(root: "\(run.storage)/archives")
        try log.append(.phase("dataset", fraction: 0))
        dataset = try DatasetStore(root: "\(run.storage)/datasets").load(specification.dataset.name)
        guard dataset.digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(name: dataset.name, expected: specification.dataset.digest.hex, actual: dataset.digest.hex)
        }
        train = try dataset.split("train")
        program = try run.program(specification, of: dataset)
        seed = UInt64(specification.seed)
        program.initialize(store, seed: seed)
        sessions = StepSessions(program, store: store, device: device, seed: seed)
        loader = BatchLoader(program, source: TrainingBatches(train, of: dataset), seed: seed)
        let reference = try dataset.split(specification.evaluation.referenceSplit)
        sampler = Sampler(program, store: store, device: device, conditions: SplitBatches(reference, of: dataset), sharing: sessions.main)
    }

    func trainToEnd() throws -> TrainingOutcome {
        let resumed = try resume()
        let begin = resumed ?? 0
        try log.append(
            .started(
                .init(
                    step: begin, threads: run.threads, kernels: run.kernels.rawValue, host: Self.hostName, process: Int(getpid()), program: Version.program,
                    resumed: begin > 0, provenance: Provenance.json(of: specification))))
        if resumed == nil, let reason = try initializeFromData(afterStep: 0) { return try diverged(0, reason) }
        if begin == 0 { _ = try saveGrid(step: 0) }
        try log.append(.phase("training", fraction: Double(begin) / Double(specification.steps)))
        pace.begin(step: begin)
        let limit = TimeLimit(seconds: run.timeLimit, earlier: log.earlier)
        var step = begin
        while step < specification.steps {
            if run.shouldStop() || step == run.stopsAfter {
                if step > begin { _ = try save(step: step, isFinal: false) }
                return .interrupted(step: step)
            }
            if let seconds = limit.exceeded {
                if step > begin { _ = try save(step: step, isFinal: false) }
                return .timedOut(step: step, reason: "timed out: the limit of \(seconds) seconds was reached after step \(step) of \(specification.steps)")
            }
            step += 1
            if let reason = try self.step(step) ?? initializeFromData(afterStep: step) ?? measure(step) { return try diverged(step, reason) }
            try reportProgress(step)
        }
        let digest = try soundLastDigest() ?? save(step: specification.steps, isFinal: true)
        return outcome(finalDigest: digest)
    }

    private func diverged(_ step: Int, _ reason: String) throws -> TrainingOutcome {
        try saveBest()
        return .diverged(step: step, reason: reason)
    }

    private func outcome(finalDigest: String) -> TrainingOutcome {
        guard case .imageDiversity(let images, let threshold)? = program.collapse else { return .done(finalDigest: finalDigest) }
        let diversity = ImageDiversity(sampler, train: train, count: images)
        guard diversity.ratio < threshold else { return .done(finalDigest: finalDigest) }
        let share = (diversity.ratio * 10_000).rounded() / 100
        return .collapsed(finalDigest: finalDigest, reason: "collapsed: the standard deviation across generated images is \(share)% of that across training images")
    }

    // MARK: One step

    /// Runs the data-dependent initialization if it is due after this step. One before the first step is followed by a checkpoint at once; a later one is part of its
    /// step's checkpoint. - Returns: why the run has diverged, or nil
    private func initializeFromData(afterStep t: Int) throws -> String? {
        guard loader.initialize(store, afterStep: t, device: device, sharing: sessions.main) else { return nil }
        if let name = firstNotFinite { return "\(name) is not finite after the data-dependent initialization" }
        if t == 0 { _ = try save(step: 0, isFinal: false) }
        return nil
    }

    private var firstNotFinite: String? { store.names.first { name in !store[name].allSatisfy(\.isFinite) } }

    /// Runs step t. Metrics are recorded at about a thousand steps of each recorded phase. - Returns: why the run has diverged, or nil
    private func step(_ t: Int) throws -> String? {
        let session = sessions[step: t]
        loader.load(step: t, into: session)
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

    /// Writes the grid, evaluation, and checkpoint that are due after a step. - Returns: why the run has diverged, or nil
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
        let isDue = savesCheckpoint(after: t)
        // Where only a stop saved one, nothing was checked.
        if isDue, let name = firstNotFinite { return "\(name) is no longer finite" }
        if !isLast, isDue || stepsToRepeat.contains(t) { _ = try save(step: t, isFinal: false) }
        return nil
    }

    /// Whether a checkpoint is due after a step, whatever was measured there.
    private func savesCheckpoint(after t: Int) -> Bool { t % specification.checkpointEvery == 0 || t == specification.steps || t == program.initialization?.step }

    // MARK: Output

    /// - Returns: whether all images are finite
    private func saveGrid(step: Int) throws -> Bool {
        let isPoints = dataset.shape == ScatterPicture.pointShape
        let (rows, columns) = isPoints ? (1, 1) : (SampleGrid.rows, SampleGrid.columns)
        var images: [Float] = []
        let wanted = isPoints ? ScatterPicture.points : rows * columns
        sampler.images(stream: RandomStream(seed: 0, name: "samples/latents"), count: wanted) { batch, _ in images += batch }
        let shape = program.generation.images
        let grid = SampleGrid(rows: rows, columns: columns, height: shape.height, width: shape.width, channels: shape.channels)
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
            try log.append(measured.event(step: t, evaluator: evaluator, referenceSplit: specification.evaluation.referenceSplit))
        }
        if best[objective]?.step == t { keepBest(t) }
    }

    /// Keeps the state after a step as that of the best value, unless its checkpoint is due anyway, or a tensor is not finite.
    private func keepBest(_ t: Int) {
        bestState = nil
        guard !savesCheckpoint(after: t), firstNotFinite == nil else { return }
        bestState = (t, best, Checkpoint(step: t, metrics: best).archive(of: store, specification: specification, program: program))
    }

    private func preparedEvaluator() throws -> Evaluator {
        if let evaluator { return evaluator }
        let (made, provenance) = try Evaluator.prepared(
            specification, dataset: dataset, storage: run.storage, device: device, models: run.models
        ) { [log] fraction in
            try log.append(.phase("encoder", fraction: fraction))
        }
        try made.describe(in: log, provenance: provenance)
        evaluator = made
        pace.begin(step: pace.lastStep)
        try log.append(.phase("training", fraction: Double(pace.lastStep) / Double(specification.steps)))
        return made
    }

    private func save(step: Int, isFinal: Bool) throws -> String {
        try saveBest()
        let checkpoint = Checkpoint(step: step, metrics: best)
        return try put(checkpoint.archive(of: store, specification: specification, program: program), step, best, isFinal: isFinal)
    }

    /// Stores the state at the best value, if no checkpoint has it yet. A worker that is killed before this loses nothing: the steps since the newest checkpoint are repeated.
    private func saveBest() throws {
        guard let state = bestState else { return }
        bestState = nil
        _ = try put(state.archive, state.step, state.metrics, isFinal: false)
    }

    private func put(_ archive: Archive, _ step: Int, _ metrics: [String: RunEvent.Best], isFinal: Bool) throws -> String {
        let kept = try archives.put(archive, threads: run.threads)
        try log.append(.checkpoint(.init(step: step, digest: kept.digest.hex, bytes: Int64(kept.bytes), final: isFinal, best: metrics, weights: Checkpoint.weights(of: archive))))
        try log.synchronize()
        return kept.digest.hex
    }

    // MARK: Resuming

    /// Restores the newest intact checkpoint of the log. - Returns: its step, or nil if there is no checkpoint
    private func resume() throws -> Int? {
        let known = log.earlier.compactMap { if case .checkpoint(let kept) = $0.kind { kept } else { nil } }
        stepsToRepeat = Set(known.map(\.step))
        for kept in known.reversed() {
            guard let digest = try? Digest(hex: kept.digest), let archive = try? archives.read(digest),
                let checkpoint = try? Checkpoint.restore(archive, into: store, specification: specification)
            else { continue }
            best = checkpoint.metrics
            stepsToRepeat = stepsToRepeat.filter { $0 > checkpoint.step }
            return checkpoint.step
        }
        return nil
    }

    /// The digest of the final checkpoint, if the log has it and its archive is intact.
    private func soundLastDigest() -> String? {
        let kept = log.earlier.reversed().lazy.compactMap { if case .checkpoint(let kept) = $0.kind, kept.final { kept.digest } else { nil } }.first
        guard let kept, let digest = try? Digest(hex: kept), (try? archives.read(digest, threads: run.threads)) != nil else { return nil }
        return kept
    }

    private func reportProgress(_ t: Int) throws {
        guard let rate = pace.due(step: t) else { return }
        try log.append(.progress(step: t, steps: specification.steps, rate: rate, remaining: Double(specification.steps - t) / rate))
    }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        unsafe gethostname(&name, 255)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
