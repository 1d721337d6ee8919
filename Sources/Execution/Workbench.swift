public import Catalog
public import Logging
public import Storage
import Synchronization

/// The owner of the queue and of the catalog: everything that changes either goes through here, one thing at a time.
///
/// `start` takes up what an earlier process left; `stop` lets the workers save. Between the two, the workbench may be killed at
/// any moment: what it acknowledged is committed, and its workers either go on alone or leave files to go on from.
public actor Workbench {
    /// Before `start` runs are taken into the queue but not begun. Once it is gone, nothing is stored any more.
    package enum Stage { case idle, working, stopping, gone }

    public nonisolated let storage: StorageFolder
    /// For questions; changes go through the workbench.
    public nonisolated let catalog: Catalog
    public nonisolated let hub: LiveHub
    public nonisolated let settings: WorkbenchSettings
    nonisolated let logger: Logger

    private nonisolated let queue = WorkbenchQueue()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    nonisolated let executor: any RunExecutor
    /// Makes files on request.
    package nonisolated let exporter: any ExportRunner
    /// The attempts that have not ended, by the IDs of their runs and evaluations.
    var open: [String: OpenAttempt] = [:] {
        didSet { busy.withLock { $0 = open.count } }
    }
    /// The number of those, for who must not wait for the workbench.
    private nonisolated let busy = Mutex(0)
    var focus: Set<String> = []
    /// Whether the queue or the room for it may have changed since it was last looked at.
    var mayStart = false
    /// No run is started before this moment (of `uptime`), because the last start failed.
    var holdUntil = 0.0
    /// Nothing is stored before this moment (of `uptime`), because the last try failed.
    var storeAfter = 0.0
    /// When (of `uptime`) the executor is asked for states next, and whether it said that some have changed.
    var nextPoll = 0.0
    var isPollDue = false
    /// The last disk that took nothing more, or file that may not be used, in one sentence; nil while files and the catalog can be written.
    package var obstacle: String?
    /// The first problem of the last pass, so that it is told once.
    var passProblem: String?
    /// Where it is between its start and its end.
    package var stage = Stage.idle
    var isStopping: Bool { stage == .stopping || stage == .gone }
    nonisolated let wakeUp = WakeUp()
    var lastPass: Task<Void, any Error>?
    /// Studies whose progress changed since it was last told, and when that was.
    var changedStudies: Set<String> = []
    var toldStudiesAt = -1.0
    private var ticker: Task<Void, Never>?

    public init(
        storage: StorageFolder, catalog: Catalog, executor: any RunExecutor, exporter: any ExportRunner, settings: WorkbenchSettings = .init(),
        logger: Logger = Logger(label: "workbench")
    ) {
        self.storage = storage
        self.catalog = catalog
        self.executor = executor
        self.exporter = exporter
        self.settings = settings
        self.logger = logger
        self.hub = LiveHub(startedAt: settings.now())
    }

    /// For what is written down.
    var now: Double { settings.now() }
    /// For what is waited for: a clock that is set back must not hold the queue, nor one set forward kill a worker that saves.
    var uptime: Double { settings.uptime() }

    /// Takes up every run that is queued or running, and begins to work.
    /// - Errors: those of the catalog; nothing is started then.
    public func start() async throws {
        try await begin()
        let interval = max(min(settings.pollInterval, executor.pollInterval), .milliseconds(10))
        ticker = Task { [weak self, wakeUp] in
            while !Task.isCancelled {
                await wakeUp.wait(atMost: interval)
                await self?.reconcileReporting()
            }
        }
    }

    /// As `start`, without passes of its own.
    func begin() async throws {
        stage = .working
        executor.whenChanged { [weak self] in Task { await self?.lookAtJobs() } }
        do {
            try reviewVerifications()
            try takeUp()
            try await reconcile()
        } catch {
            stage = .idle
            throw error
        }
    }

    /// Opens the attempts that an earlier process left; the next pass asks for their jobs.
    func takeUp() throws {
        for (job, record) in try catalog.readNow({ try $0.openAttempts() }) where open[job.id] == nil {
            if settings.isFocused, !focus.contains(job.id) { continue }
            open[job.id] = OpenAttempt(of: job, record: record, work: work(of: job, threads: record.threads))
        }
        lookForWork()
    }

    /// The queue, or the room for it, has changed.
    func lookForWork() {
        mayStart = true
        wakeUp.ring()
    }

    private func lookAtJobs() {
        isPollDue = true
        wakeUp.ring()
    }

    /// Lets the workers save and end, and waits for them; those that take longer than the grace are killed, and go on
    /// from their newest checkpoint next time. Jobs of an executor that goes on without a server are left at work.
    public func stop() async {
        if stage == .working || stage == .idle { stage = .stopping }
        wakeUp.ring()
        // An executor that does not end its jobs must not keep the server.
        let end = uptime + 2 * settings.stopGrace + 10
        while executor.endsWithServer, !open.isEmpty, stage != .gone, uptime < end { try? await Task.sleep(for: .milliseconds(20)) }
        vanish()
        _ = await lastPass?.result
        hub.close()
    }

    /// Ends the workers at once: for the second Ctrl-C.
    public func kill() async {
        stage = .stopping
        try? await executor.cancel(open.values.compactMap(\.job), .atOnce)
        wakeUp.ring()
    }

    /// Stops watching without a word to anybody, as if the process were killed; jobs go on.
    func vanish() {
        stage = .gone
        ticker?.cancel()
        wakeUp.ring()
        open = [:]
    }

    /// Starts only these runs and evaluations from now on (with `WorkbenchSettings.isFocused`).
    public func focus(on jobs: [String]) throws {
        focus.formUnion(jobs)
        try takeUp()
    }

    /// Workers that train. Answers at once, whatever the workbench is doing.
    public nonisolated var busyWorkers: Int { busy.withLock { $0 } }

    /// Notes that a disk takes nothing more, or that files may not be used, where that is what the error tells.
    func note(obstacle error: any Error) {
        if ObstacleToWriting.isMachines(error) { obstacle = "\(error)" }
    }
}
