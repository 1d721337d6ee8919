public import Catalog
public import Logging
import Synchronization

/// The owner of the queue and of the catalog: everything that changes either goes through here, one thing at a time.
///
/// `start` takes up what an earlier process left; `stop` lets the workers save. Between the two, the workbench may be killed at
/// any moment: what it acknowledged is committed, and its workers either go on alone or leave files to go on from.
public actor Workbench {
    /// Before `start` runs are taken into the queue but not begun.
    enum Stage { case idle, working, stopping }

    public nonisolated let storage: StorageFolder
    /// For questions; changes go through the workbench.
    public nonisolated let catalog: Catalog
    public nonisolated let hub: LiveHub
    public nonisolated let settings: WorkbenchSettings
    nonisolated let logger: Logger

    private nonisolated let queue = WorkbenchQueue()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    nonisolated let executor: any WorkerExecutor
    let schedule: Schedule
    var active: [String: ActiveRun] = [:] {
        didSet { busy.withLock { $0 = active.count } }
    }
    /// The number of those, for who must not wait for the workbench.
    private nonisolated let busy = Mutex(0)
    var focus: Set<String> = []
    /// No run is started before this moment (of `uptime`), because the last start failed.
    var holdUntil = 0.0
    /// The last disk that took nothing more, in one sentence; nil while files and the catalog can be written.
    var obstacle: String?
    var stage = Stage.idle
    var isStopping: Bool { stage == .stopping }
    var nextGeneration = 0
    /// Studies whose progress changed since it was last told, and when that was.
    var changedStudies: Set<String> = []
    var toldStudiesAt = -1.0
    private var ticker: Task<Void, Never>?

    public init(
        storage: StorageFolder, catalog: Catalog, executor: any WorkerExecutor, settings: WorkbenchSettings = .init(),
        logger: Logger = Logger(label: "workbench")
    ) {
        self.storage = storage
        self.catalog = catalog
        self.executor = executor
        self.settings = settings
        self.logger = logger
        self.schedule = Schedule(limit: settings.workerLimit, cores: settings.cores)
        self.hub = LiveHub(startedAt: settings.now())
    }

    /// For what is written down.
    var now: Double { settings.now() }
    /// For what is waited for: a clock that is set back must not hold the queue, nor one set forward kill a worker that saves.
    var uptime: Double { settings.uptime() }

    /// Takes up every run that is queued or running, and begins to work.
    /// - Errors: those of the catalog; nothing is started then.
    public func start() throws {
        stage = .working
        try reviewVerifications()
        try recover()
        try startQueued()
        ticker = Task { [weak self, interval = settings.pollInterval] in
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                await self?.tick()
            }
        }
    }

    /// Lets the workers save and end, and waits for them; those that take longer than the grace are killed, and go on
    /// from their newest checkpoint next time.
    public func stop() async {
        stage = .stopping
        for run in active.values { run.worker.stop() }
        let end = uptime + settings.stopGrace
        while !active.isEmpty {
            if uptime > end { for run in active.values { run.worker.kill() } }
            try? await Task.sleep(for: .milliseconds(50))
        }
        ticker?.cancel()
        hub.close()
    }

    /// Ends the workers at once: for the second Ctrl-C.
    public func kill() {
        stage = .stopping
        for run in active.values { run.worker.kill() }
    }

    /// Stops watching without a word to anybody, as if the process were killed: for tests of what comes after.
    func vanish() {
        stage = .stopping
        ticker?.cancel()
        active = [:]
    }

    /// Starts only these runs from now on (with `WorkbenchSettings.isFocused`).
    public func focus(on runs: [String]) throws {
        focus.formUnion(runs)
        try recover()
        try startQueued()
    }

    /// Workers that train. Answers at once, whatever the workbench is doing.
    public nonisolated var busyWorkers: Int { busy.withLock { $0 } }

    /// Notes that a disk takes nothing more, where that is what the error tells.
    func note(obstacle error: any Error) {
        if ObstacleToWriting.isOne(error) { obstacle = "\(error)" }
    }

    private func tick() {
        followAll()
        for run in active.values {
            if let asked = run.stopAsked, uptime > asked + settings.stopGrace { run.worker.kill() }
        }
        if holdUntil > 0, uptime > holdUntil {
            holdUntil = 0
            startQueuedReporting()
        }
        tellStudies()
    }
}
