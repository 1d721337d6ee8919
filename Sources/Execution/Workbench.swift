package import Canonical
public import Catalog
import Datasets
import Dispatch
public import Logging
import Results
public import Storage
public import Studies
import Synchronization
import Training

/// The owner of the queue and of the catalog: every change to either goes through this actor.
///
/// `start` adopts what an earlier process left; `stop` lets the workers save. In between, the process may be killed at
/// any moment: what it acknowledged is committed, and its workers either continue on their own or leave files to resume from.
public actor Workbench {
    /// Before `start`, runs are queued but not started. In `gone`, nothing is stored any more.
    package enum Stage { case idle, working, stopping, gone }

    /// The storage folder it owns.
    public nonisolated let storage: StorageFolder
    /// For queries; changes go through the workbench.
    public nonisolated let catalog: Catalog
    /// Where live events are published.
    public nonisolated let hub: LiveHub
    /// The notebooks.
    package nonisolated let notebooks: NotebookKeeper
    /// The labs.
    package nonisolated let labs: LabKeeper
    /// How it divides the machine, and its timeouts.
    public nonisolated let settings: WorkbenchSettings
    nonisolated let logger: Logger

    private nonisolated let queue = WorkbenchQueue()
    /// The dispatch queue that the actor runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    /// Execute attempts; the first one those of runs that ask for no other.
    nonisolated let executors: [any RunExecutor]
    /// The names of the executors that runs can ask for, the usual one first. The others only end what they began.
    package nonisolated let offeredExecutors: [String]
    /// Creates files on request.
    package nonisolated let exporter: any ExportRunner
    /// The unfinished attempts, by the IDs of their runs and evaluations.
    var open: [String: OpenAttempt] = [:] {
        didSet { busy.withLock { $0 = open.count } }
    }
    /// Their number, for callers that must not wait for the workbench.
    private nonisolated let busy = Mutex(0)
    var focus: Set<String> = []
    /// Whether the queue or the available room may have changed since the last look.
    var mayStart = false
    /// The rules of the queue, as stored.
    var rules = QueueRules() {
        didSet { noteStanding() }
    }
    /// The rules and what the executors have, after the last pass or change, for those that must not wait for the workbench.
    nonisolated let queueStanding = Mutex(QueueStanding())
    /// What the hours of the queue and of studies allowed at the last look.
    var hoursSeen: [String] = []
    /// No run starts before this time (in `uptime`), because the last start failed.
    var holdUntil = 0.0
    /// Nothing is stored before this time (in `uptime`), because the last try failed.
    var storeAfter = 0.0
    /// When (in `uptime`) each executor is polled next, and which ones reported a change; by name.
    var nextPolls: [String: Double] = [:]
    var pollsDue: Set<String> = []
    /// The last full disk or inaccessible file, in one sentence; nil while files and the catalog can be written.
    package var obstacle: String?
    /// Why an executor did not answer its last question; by name.
    var executorProblems: [String: String] = [:]
    /// The first problem of the last pass, so that it is logged once.
    var passProblem: String?
    /// Whether what killed workers left of archives has been removed since the start.
    var isTidy = false
    /// When (in `uptime`) the trash is looked at next.
    var trashAfter = 0.0
    /// Its stage between start and end.
    package var stage = Stage.idle
    var isStopping: Bool { stage == .stopping || stage == .gone }
    nonisolated let wakeUp = WakeUp()
    var lastPass: Task<Void, any Error>?
    /// Studies whose progress changed since the last event, and when that was sent.
    var changedStudies: Set<String> = []
    var toldStudiesAt = -1.0
    private var ticker: Task<Void, Never>?
    /// Whether a proof of a notebook may go on: the end of a job, or of its own work.
    var areProofsDue = true
    /// The work of proofs beside the queue.
    var proofTasks: [String: Task<Void, Never>] = [:]
    /// The proofs that a focused workbench continues.
    var focusedProofs: Set<String> = []
    /// Whether cells may wait for an update, and when (in `uptime`) it is tried next.
    var areUpdatesDue = true
    var updateAfter = 0.0
    /// The turns of updates that are under way, and the turn at which each lane was served last.
    var updateTurns: [UpdateLane: UpdateTurn] = [:]
    var updatesServed: [UpdateLane: Int] = [:]
    var updateTurn = 0
    /// The turn at which an experiment of each notebook ran last.
    var experimentsServed: [String: Int] = [:]
    /// The open updates that are known to be of experiments: they have a turn of their own.
    var experimentUpdates: Set<Int64> = []
    /// Those who wait for the end of updates.
    var updateWaiters: [ObjectIdentifier: WakeUp] = [:]
    /// The notebooks whose cells a focused workbench updates.
    var focusedNotebooks: Set<String> = []
    /// How far the turns are, for those that must not wait for the workbench.
    nonisolated let updateWatch = Mutex(UpdateWatch())
    /// Draws the cells of notebooks again.
    nonisolated let views: ViewResolver
    /// Draws them anew, from files that have their digest.
    nonisolated let checkedViews: ViewResolver

    /// Makes a workbench that owns the storage's queue; `start` begins its work.
    /// - Parameters:
    ///   - others: executors beside the usual one, for runs that ask for them
    ///   - earlier: executors that take no more runs, for the attempts that they had before
    ///   - models: all known models, for the drawings of proofs
    public init(
        storage: StorageFolder, catalog: Catalog, executor: any RunExecutor, others: [any RunExecutor] = [], earlier: [any RunExecutor] = [], exporter: any ExportRunner, settings: WorkbenchSettings = .init(),
        logger: Logger = Logger(label: "workbench"), models: [ModelSchema] = []
    ) {
        self.storage = storage
        self.catalog = catalog
        let offered = [executor] + others.filter { $0.name != executor.name }
        offeredExecutors = offered.map(\.name)
        executors = offered + earlier.filter { old in !offered.contains { $0.name == old.name } }
        self.exporter = exporter
        self.settings = settings
        self.logger = logger
        self.hub = LiveHub(startedAt: settings.now())
        notebooks = NotebookKeeper(catalog: catalog, hub: hub, now: settings.now)
        labs = LabKeeper(labs: storage.labs, hub: hub, executable: (exporter as? LocalExecutor)?.executable, uptime: settings.uptime)
        let moment: @Sendable (String, String?, Int?) throws -> LabMoment = { try LabMoments.find($0, branch: $1, step: $2, in: storage.labs) }
        var checked = ViewResolver(models: models) { try SampleGridFile.picture(ofRun: $0, $1, in: storage) }
        checked.lab = moment
        let digest: @Sendable (String) -> Digest? = { (try? DatasetStore(root: storage.datasets).description(named: $0))?.digest }
        checked.dataset = digest
        checkedViews = checked
        // A damaged file is a difference that a proof has to find.
        var shown = ViewResolver(models: models) { run, sample in
            let path = storage.run(run).path + "/" + sample.file
            guard FileSystem.exists(path) else { throw ResultsError.nothingShown("the sample grid of run \(run) at step \(sample.step) is not in the storage") }
            return try FileSystem.read(path, limit: 1 << 28)
        }
        shown.lab = moment
        shown.dataset = digest
        views = shown
    }

    /// The digest that a data set of the storage has now; nil for one that it does not have.
    package nonisolated var datasetDigest: (@Sendable (_ name: String) -> Digest?)? { views.dataset }

    /// Wall-clock time, for what is stored.
    var now: Double { settings.now() }
    /// Monotonic time, for waiting: a clock that is set back must not stall the queue, and one set forward must not kill a saving worker.
    var uptime: Double { settings.uptime() }

    /// Adopts every queued or running run and starts working.
    /// - Errors: those of the catalog; nothing is started then.
    public func start() async throws {
        try await begin()
        let interval = max(executors.filter { offeredExecutors.contains($0.name) }.map(\.pollInterval).reduce(settings.pollInterval, min), .milliseconds(10))
        ticker = Task { [weak self, wakeUp] in
            while !Task.isCancelled {
                await wakeUp.wait(atMost: interval)
                await self?.reconcileReporting()
            }
        }
    }

    /// Like `start`, without periodic passes.
    func begin() async throws {
        stage = .working
        noteStanding()
        for executor in executors {
            let name = executor.name
            executor.whenChanged { [weak self] in Task { await self?.lookAtJobs(of: name) } }
        }
        do {
            rules = QueueRules(try catalog.readNow { try $0.queueRules() })
            try reviewVerifications()
            try takeUp()
            try await reconcile()
        } catch {
            stage = .idle
            throw error
        }
    }

    /// Opens the attempts that an earlier process left; the next pass looks for their jobs.
    func takeUp() throws {
        try takeUp { !settings.isFocused || focus.contains($0.id) }
        lookForWork()
    }

    /// Opens the attempts that an earlier process left at these jobs: before a job is changed, whoever changes it has to know of its worker, also
    /// before `start` and where others' jobs are not started (`WorkbenchSettings.isFocused`). A job that is cancelled is then settled, not forgotten.
    func takeUp(where isMeant: (JobRecord) -> Bool) throws {
        for (job, record) in try catalog.readNow({ try $0.openAttempts() }) where open[job.id] == nil && isMeant(job) {
            open[job.id] = OpenAttempt(of: job, record: record, work: work(of: job, threads: record.threads))
        }
    }

    /// Called when the queue, or the room for it, has changed.
    func lookForWork() {
        (mayStart, areProofsDue) = (true, true)
        wakeUp.ring()
    }

    private func lookAtJobs(of executor: String) {
        pollsDue.insert(executor)
        wakeUp.ring()
    }

    /// Lets the workers save and end, and waits for them. Those that exceed the grace period are killed and later resume
    /// from their newest checkpoint. Jobs of an executor that outlives the server keep running.
    public func stop() async {
        let wasWorking = stage == .working || stage == .stopping
        if stage != .gone { stage = .stopping }
        wakeUp.ring()
        await labs.stop()
        // An unresponsive executor must not keep the server from stopping.
        let end = uptime + 2 * settings.stopGrace + 10
        while wasWorking, open.values.contains(where: { endsWithServer($0) }), stage != .gone, uptime < end { try? await Task.sleep(for: .milliseconds(20)) }
        vanish()
        _ = await lastPass?.result
        hub.close()
    }

    /// Kills the workers immediately: for the second Ctrl-C.
    public func kill() async {
        stage = .stopping
        for executor in executors where executor.endsWithServer {
            try? await executor.cancel(open.values.filter { $0.record.executor == executor.name }.compactMap(\.job), .atOnce)
        }
        wakeUp.ring()
    }

    /// Stops supervising without notice, as if the process were killed; jobs continue.
    func vanish() {
        stage = .gone
        ticker?.cancel()
        for task in proofTasks.values { task.cancel() }
        for turn in updateTurns.values { turn.task?.cancel() }
        wakeUp.ring()
        open = [:]
    }

    /// Starts only these runs and evaluations from now on (with `WorkbenchSettings.isFocused`).
    public func focus(on jobs: [String]) throws {
        focus.formUnion(jobs)
        try takeUp()
    }

    /// The executor of this name; nil if the server was started without it.
    nonisolated func executor(named name: String) -> (any RunExecutor)? { executors.first { $0.name == name } }

    /// Whether an attempt is ended when the server stops.
    func endsWithServer(_ attempt: OpenAttempt) -> Bool { executor(named: attempt.record.executor)?.endsWithServer ?? false }

    /// The number of training workers. Returns immediately, whatever the workbench is doing.
    public nonisolated var busyWorkers: Int { busy.withLock { $0 } }

    /// Records that the disk is full or that files are inaccessible, if that is what the error says.
    func note(obstacle error: any Error) {
        if ObstacleToWriting.isMachines(error) { obstacle = "\(error)" }
    }
}

/// Runs an actor on its own dispatch queue instead of the cooperative pool, so that it may block on the disk.
final class WorkbenchQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "workbench")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }
}
