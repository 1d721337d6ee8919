import Foundation

/// How a workbench shares out the machine and how patient it is.
public struct WorkbenchSettings: Sendable {
    /// Processor cores to share out among the workers; as many as this process may use unless said otherwise.
    public var cores: Int
    /// Most workers at a time.
    public var workerLimit: Int
    /// How often files of workers are looked at.
    public var pollInterval: Duration
    /// How long a worker may take to save before it is killed, in seconds.
    public var stopGrace: Double
    /// Deaths in a row without a new checkpoint before a run is given up.
    public var mostRestarts: Int
    /// Seconds that a run may take before it counts as failed; nil: as long as it takes.
    public var timeLimit: Int?
    /// Only runs that are named by `focus(on:)` are started; for commands that work without a server.
    public var isFocused: Bool
    /// Unix seconds, for times that are kept and shown. The clock behind them may be set back or forward.
    public var now: @Sendable () -> Double
    /// Seconds that only ever grow, for how long something may take or has to wait.
    public var uptime: @Sendable () -> Double

    public init(
        cores: Int? = nil, workerLimit: Int? = nil,
        pollInterval: Duration = .milliseconds(100), stopGrace: Double = 20, mostRestarts: Int = 5, timeLimit: Int? = nil, isFocused: Bool = false,
        now: (@Sendable () -> Double)? = nil, uptime: (@Sendable () -> Double)? = nil
    ) {
        self.cores = cores ?? ProcessInfo.processInfo.activeProcessorCount
        self.workerLimit = workerLimit ?? self.cores
        self.pollInterval = pollInterval
        self.stopGrace = stopGrace
        self.mostRestarts = mostRestarts
        self.timeLimit = timeLimit
        self.isFocused = isFocused
        self.now = now ?? { Date().timeIntervalSince1970 }
        self.uptime = uptime ?? { ProcessInfo.processInfo.systemUptime }
    }
}
