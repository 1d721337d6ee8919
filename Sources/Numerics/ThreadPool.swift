internal import Synchronization
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The only numeric code that knows threads: distributes numbered tasks over a fixed set of threads and waits for all of them.
/// Tasks write disjoint outputs, so neither their order nor the thread they run on can change a bit.
package final class ThreadPool: Sendable {
    @safe private final class State: @unchecked Sendable {
        // @unchecked because all non-atomic state is guarded by `mutex`.
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var work: SharedWork?
        var taskCount = 0
        var stopping = false
        let generation = Atomic<Int>(0)
        let nextTask = Atomic<Int>(0)
        let running = Atomic<Int>(0)

        init() {
            unsafe pthread_mutex_init(mutex, nil)
            unsafe pthread_cond_init(wake, nil)
        }

        deinit {
            unsafe pthread_mutex_destroy(mutex)
            unsafe pthread_cond_destroy(wake)
            unsafe mutex.deallocate()
            unsafe wake.deallocate()
        }
    }

    /// Number of threads, including the caller's.
    package let threads: Int
    private let state = State()

    /// Starts threads - 1 threads, which end with the pool.
    /// - Precondition: threads >= 1.
    package init(threads: Int) {
        precondition(threads >= 1, "\(threads) threads, expected at least 1")
        self.threads = threads
        for index in 1..<threads {
            let state = self.state
            Self.spawn { Self.work(state, index) }
        }
    }

    deinit {
        unsafe pthread_mutex_lock(state.mutex)
        state.stopping = true
        unsafe pthread_cond_broadcast(state.wake)
        unsafe pthread_mutex_unlock(state.mutex)
    }

    /// Runs body(context, task, thread) for every task in 0..<count on all threads including the caller's; returns when all are done. Does not allocate.
    package func run(_ count: Int, context: UnsafeRawPointer, _ body: SharedWork.Function) { unsafe run(count, .function(body, context)) }

    /// Runs body(task, thread) in the same way.
    package func run(_ count: Int, _ body: @escaping SharedWork.Body) { unsafe run(count, .body(body)) }

    /// Runs body(row, column) for the tiles column <= row < size of a triangle, each after the tile to its left and the one above it.
    package func runTriangle(_ size: Int, _ body: @escaping (_ row: Int, _ column: Int) -> Void) {
        // By row + column, so that a tile waits only for tiles that have begun.
        let tiles: [(row: Int, column: Int)] = (0..<Swift.max(0, 2 * size - 1)).flatMap { sum in
            ((sum + 1) / 2...Swift.min(sum, size - 1)).map { (row: $0, column: sum - $0) }
        }
        // By row, how many of its tiles are done.
        let done = (0..<size).map { _ in Progress() }
        run(tiles.count) { index, _ in
            let (row, column) = tiles[index]
            done[row].wait(for: column)
            if row > column { done[row - 1].wait(for: column + 1) }
            body(row, column)
            done[row].count.store(column + 1, ordering: .releasing)
        }
    }

    private final class Progress: Sendable {
        let count = Atomic<Int>(0)

        /// Spins for a short while, and then lets other threads run between two looks.
        func wait(for wanted: Int) {
            var spins = 0
            while count.load(ordering: .acquiring) < wanted {
                spins += 1
                if spins > 20_000 { sched_yield() }
            }
        }
    }

    private func run(_ count: Int, _ work: SharedWork) {
        if threads == 1 || count <= 1 {
            for task in 0..<count { unsafe work.perform(task, thread: 0) }
            return
        }
        unsafe pthread_mutex_lock(state.mutex)
        unsafe state.work = work
        state.taskCount = count
        state.nextTask.store(0, ordering: .relaxed)
        state.running.store(threads - 1, ordering: .relaxed)
        state.generation.add(1, ordering: .releasing)
        unsafe pthread_cond_broadcast(state.wake)
        unsafe pthread_mutex_unlock(state.mutex)
        unsafe Self.drain(state, work, count, thread: 0)
        var spins = 0
        while state.running.load(ordering: .acquiring) != 0 {
            spins += 1
            if spins > 4000 { sched_yield() }
        }
        unsafe state.work = nil
    }

    private static func drain(_ state: State, _ work: SharedWork, _ count: Int, thread: Int) {
        while true {
            let task = state.nextTask.add(1, ordering: .relaxed).oldValue
            guard task < count else { return }
            unsafe work.perform(task, thread: thread)
        }
    }

    /// A worker spins for a short while, because the next kernel usually follows within microseconds, and then sleeps.
    private static func work(_ state: State, _ index: Int) {
        var seen = 0
        while true {
            var spins = 0
            while state.generation.load(ordering: .acquiring) == seen, spins < 20_000 { spins += 1 }
            unsafe pthread_mutex_lock(state.mutex)
            while state.generation.load(ordering: .acquiring) == seen, !state.stopping { unsafe pthread_cond_wait(state.wake, state.mutex) }
            let work = unsafe state.work
            let count = state.taskCount
            let stopping = state.stopping
            seen = state.generation.load(ordering: .acquiring)
            unsafe pthread_mutex_unlock(state.mutex)
            if stopping { return }
            if let work = unsafe work { unsafe drain(state, work, count, thread: index) }
            state.running.subtract(1, ordering: .releasing)
        }
    }

    private final class Box { let body: () -> Void; init(_ body: @escaping () -> Void) { self.body = body } }

    private static func spawn(_ body: @escaping () -> Void) {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
        let status = unsafe pthread_create(&thread, nil, { raw in
            let box = unsafe Unmanaged<Box>.fromOpaque(raw!).takeRetainedValue()
            box.body()
            return nil
        }, box)
        precondition(status == 0, "cannot start a thread: error \(status)")
        pthread_detach(thread)
    }
}

/// The work of a task: a C function with its context, or a closure.
@unsafe package enum SharedWork {
    /// A function of a context, the task's index, and the thread's index.
    package typealias Function = @convention(c) (_ context: UnsafeRawPointer, _ task: Int, _ thread: Int) -> Void
    /// A closure of the task's index and the thread's index.
    ///
    package typealias Body = (_ task: Int, _ thread: Int) -> Void

    case function(Function, UnsafeRawPointer)
    case body(Body)

    func perform(_ task: Int, thread: Int) {
        switch unsafe self {
        case .function(let function, let context): unsafe function(context, task, thread)
        case .body(let body): body(task, thread)
        }
    }
}
