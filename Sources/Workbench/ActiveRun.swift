import Catalog

/// A run with a worker.
struct ActiveRun {
    let id: String
    let number: Int64
    let study: String?
    let worker: any WorkerProcess
    /// Tells this worker's end from that of an earlier worker of the same run.
    let generation: Int
    /// The length of the run's log when this worker was started.
    let logStart: UInt64
    var tail: EventTail
    /// When (of `uptime`) the worker was told to stop because of a cancellation.
    var stopAsked: Double?
    /// The last problem with its files, so that it is told once.
    var problem: String?
}
