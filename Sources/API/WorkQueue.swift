import Dispatch
import HTTPServer
import HTTPTypes
import Synchronization

/// A queue for slow responses with bounded concurrency, outside the cooperative pool, so that fast responses never wait for them.
///
/// Each requester, and all guests together, can occupy only a part of the lanes and of the waiting places, and the least recently served requester is next:
/// nobody can starve the others. Waiting work is dropped when its request ends, and running work is cancelled: statements of the catalog are
/// interrupted, and long computations check `Task.isCancelled`.
final class WorkQueue: Sendable {
    struct Limits: Sendable {
        /// Maximum concurrency: in total, per requester, and for all guests together.
        var lanes: Int
        var lanesOfOne: Int
        var lanesOfGuests = 1
        /// Maximum waiting: in total, per requester, and for all guests together.
        var places = 128
        var placesOfOne = 48
        var placesOfGuests = 16
        /// The time limit, from the start of the work.
        var time: Duration
    }

    /// The requester.
    struct Asker: Sendable, Hashable {
        var name: String
        var isGuest: Bool
    }

    private struct Waiting {
        let number: Int
        let asker: Asker
        let begin: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var next = 0
        var waiting: [Waiting] = []
        var running: [Asker: Int] = [:]
        /// When each requester was last served, counted in responses; old entries are dropped.
        var served: [Asker: Int] = [:]
        /// Requests that ended before they were queued.
        var gone: Set<Int> = []
    }

    let limits: Limits
    private let state = Mutex(State())
    private let executor: WorkExecutor

    init(_ name: String, _ limits: Limits) {
        self.limits = limits
        executor = WorkExecutor(name)
    }

    /// The waiting and running requests.
    var count: Int { state.withLock { $0.waiting.count + $0.running.values.reduce(0, +) } }

    /// Does `work` when its turn comes.
    /// - Parameter isLimited: whether the time limit applies.
    /// - Errors: 503 `overloaded` if no place is left, 503 `too-slow` for work over the time limit, `CancellationError`, and those of `work`
    func perform<T: Sendable>(for asker: Asker, isLimited: Bool = true, _ work: @escaping @Sendable () async throws -> T) async throws -> T {
        try await begin(asker)
        defer { end(asker) }
        guard isLimited else {
            return try await withTaskExecutorPreference(executor) { try await work() }
        }
        return try await limited(work)
    }

    private func limited<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask(executorPreference: executor) { try await work() }
            group.addTask { [time = limits.time] in
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw WorkQueue.tooSlow(limits.time) }
            return result
        }
    }

    // MARK: - Turns

    private func begin(_ asker: Asker) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                admit(Waiting(number: number, asker: asker, begin: continuation))
            }
        } onCancel: {
            leave(number)
        }
        state.withLock { _ = $0.gone.remove(number) }
    }

    private func admit(_ waiting: Waiting) {
        let refusal = state.withLock { state -> (any Error)? in
            if state.gone.remove(waiting.number) != nil { return CancellationError() }
            let mayBegin = mayBegin(waiting.asker, state)
            if !mayBegin, !hasPlace(for: waiting.asker, state) { return WorkQueue.overloaded }
            state.waiting.append(waiting)
            return nil
        }
        if let refusal { waiting.begin.resume(throwing: refusal) }
        beginNext()
    }

    private func leave(_ number: Int) {
        let waiting = state.withLock { state -> Waiting? in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
                state.gone.insert(number)
                return nil
            }
            return state.waiting.remove(at: place)
        }
        waiting?.begin.resume(throwing: CancellationError())
    }

    private func end(_ asker: Asker) {
        state.withLock { state in
            let left = (state.running[asker] ?? 1) - 1
            state.running[asker] = left == 0 ? nil : left
        }
        beginNext()
    }

    /// Starts whatever may start.
    private func beginNext() {
        let ready = state.withLock { state in
            var ready: [Waiting] = []
            while let place = nextPlace(state) {
                let waiting = state.waiting.remove(at: place)
                state.running[waiting.asker, default: 0] += 1
                state.next += 1
                if state.served.count > 1000 { state.served = [:] }
                state.served[waiting.asker] = state.next
                ready.append(waiting)
            }
            return ready
        }
        for waiting in ready { waiting.begin.resume() }
    }

    /// Among the work that may start, that of the least recently served requester; for one requester, the longest waiting.
    private func nextPlace(_ state: State) -> Int? {
        state.waiting.indices.filter { mayBegin(state.waiting[$0].asker, state) }.min { a, b in
            (state.served[state.waiting[a].asker] ?? 0, a) < (state.served[state.waiting[b].asker] ?? 0, b)
        }
    }

    private func mayBegin(_ asker: Asker, _ state: State) -> Bool {
        guard state.running.values.reduce(0, +) < limits.lanes, (state.running[asker] ?? 0) < limits.lanesOfOne else { return false }
        return !asker.isGuest || state.running.reduce(0) { $0 + ($1.key.isGuest ? $1.value : 0) } < limits.lanesOfGuests
    }

    private func hasPlace(for asker: Asker, _ state: State) -> Bool {
        guard state.waiting.count < limits.places, state.waiting.count(where: { $0.asker == asker }) < limits.placesOfOne else { return false }
        return !asker.isGuest || state.waiting.count(where: \.asker.isGuest) < limits.placesOfGuests
    }

    // MARK: - Refusals

    private static let overloaded = ServerError(
        .serviceUnavailable, code: "overloaded", "The server is processing as many requests of this kind as it accepts. Try again in a few seconds.", headerFields: [.retryAfter: "2"])

    private static func tooSlow(_ time: Duration) -> ServerError {
        ServerError(
            .serviceUnavailable, code: "too-slow",
            "The request exceeded the time limit of \(time.components.seconds) s and was stopped. Request less: add a filter on `study`, `state`, "
                + "`model`, or `id`, use one `order_by` field, or fewer studies, models, or points.", headerFields: [.retryAfter: "10"])
    }
}

/// Runs the parts of tasks on its own threads.
private final class WorkExecutor: TaskExecutor {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name, qos: .utility, attributes: .concurrent) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor { unsafe UnownedTaskExecutor(ordinary: self) }
}
