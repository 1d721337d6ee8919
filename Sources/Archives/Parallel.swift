import Dispatch
import Synchronization

/// Runs independent work on several threads. The result does not depend on the number of threads.
enum Parallel {
    /// The results of `body(i)` for i in `0..<count`, in this order.
    static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        let next = Atomic<Int>(0)
        let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
            while case let index = next.add(1, ordering: .relaxed).oldValue, index < count {
                let result = body(index)
                results.withLock { $0[index] = result }
            }
        }
        return results.withLock { $0.map { $0! } }
    }
}
