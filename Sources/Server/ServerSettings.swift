public import Execution
public import HTTPServer
public import Storage
public import Studies

/// All settings of `fidelio serve`.
public struct ServerSettings: Sendable {
    /// The storage folder.
    public var storage: StorageFolder
    /// A numeric address, or `localhost`.
    public var host: String
    /// Further host names under which the server answers, for example behind a proxy.
    public var hostNames: [String]
    /// Proxies whose forwarding headers are trusted: addresses, networks (`10.0.0.0/8`), `unix`.
    public var trustedProxies: [String] = []
    /// Whether to listen to other machines although no owner can sign in yet.
    public var allowsWithoutMembers = false
    /// The first port to try; 0 for any free one.
    public var port: Int
    /// How many consecutive ports to try.
    public var portAttempts: Int
    /// Additional addresses, of this machine only.
    public var listen: [ListenAddress] = []
    /// Limits per client; see HTTPServer for the defaults.
    public var requestLimits = RequestLimits()
    /// Timeouts of connections and requests; see HTTPServer for the defaults.
    public var timeouts = ServerTimeouts()
    /// Limits on connections; see HTTPServer for the defaults.
    public var connectionLimits = ConnectionLimits()
    /// The length of the kernel's queue of connections that were not accepted yet.
    public var backlog = 1024
    /// How long responses in progress may take when the server stops.
    public var stopGrace = Duration.seconds(5)
    /// The folder of the web page; nil to serve only the API.
    public var publicFolder: String?
    /// The program that workers run: this one.
    public var executable: String
    /// Where each request is logged: a file, or "-" for standard error; nil for no log.
    public var accessLog: String?
    /// The address that is told when a study or a single run ends; nil for none.
    public var webhook: String?
    /// How the workbench divides the machine.
    public var workbench: WorkbenchSettings
    /// The executors that runs can ask for, the usual one first: "local", and the names of partitions (`slurm`).
    public var executors = ["local"]
    /// The partitions of Slurm that execute runs.
    public var slurm: [SlurmSettings] = []
    /// The models that can be requested.
    public var models: [ModelSchema]

    /// Makes settings; the defaults are those of `fidelio serve`.
    public init(
        storage: StorageFolder, host: String = "127.0.0.1", hostNames: [String] = [], port: Int = 8642,
        portAttempts: Int = 20, publicFolder: String? = nil,
        executable: String, workbench: WorkbenchSettings = .init(), models: [ModelSchema]
    ) {
        self.storage = storage
        self.host = host
        self.hostNames = hostNames
        self.port = port
        self.portAttempts = portAttempts
        self.publicFolder = publicFolder
        self.executable = executable
        self.workbench = workbench
        self.models = models
    }
}
