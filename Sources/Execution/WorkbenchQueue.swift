import Dispatch

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
