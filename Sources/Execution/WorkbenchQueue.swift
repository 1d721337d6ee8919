import Dispatch

/// Runs an actor's work on a dispatch queue of its own instead of the cooperative pool, so that it may wait for the disk.
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
