import Foundation

/// How a workbench divides the machine, and its timeouts.
public struct WorkbenchSettings: Sendable {
    /// Processor cores to divide among the workers; by default all that this process may use.
    public var cores: Int
    /// Maximum number of concurrent workers.
    public var workerLimit: Int
    /// How often workers' files are polled.
    public var pollInterval: Duration
    /// Seconds that a worker may take to save before it is killed.
    public var stopGrace: Double
    /// Consecutive deaths without a new checkpoint before a run fails.
    public var mostRestarts: Int
    /// Seconds that a run may take before it times out; nil for no limit.
    public var timeLimit: Int?
    /// Whether trainings compute activations again also where there is memory to keep them.
    public var recomputesActivations: Bool
    /// Starts only runs named by `focus(on:)`; for commands that work without a server.
    public var isFocused: Bool
    /// Unix seconds, for times that are stored and shown. This clock may be set back or forward.
    public var now: @Sendable () -> Double
    /// Monotonic seconds, for timeouts and delays.
    public var uptime: @Sendable () -> Double

    /// Makes settings; the defaults are those of `fidelio serve`.
    public init(
        cores: Int? = nil, workerLimit: Int? = nil,
        pollInterval: Duration = .milliseconds(100), stopGrace: Double = 20, mostRestarts: Int = 5, timeLimit: Int? = nil, recomputesActivations: Bool = false,
        isFocused: Bool = false,
        now: (@Sendable () -> Double)? = nil, uptime: (@Sendable () -> Double)? = nil
    ) {
        self.cores = cores ?? ProcessInfo.processInfo.activeProcessorCount
        self.workerLimit = workerLimit ?? self.cores
        self.pollInterval = pollInterval
        self.stopGrace = stopGrace
        self.mostRestarts = mostRestarts
        self.timeLimit = timeLimit
        self.recomputesActivations = recomputesActivations
        self.isFocused = isFocused
        self.now = now ?? { Date().timeIntervalSince1970 }
        self.uptime = uptime ?? { ProcessInfo.processInfo.systemUptime }
    }
}
