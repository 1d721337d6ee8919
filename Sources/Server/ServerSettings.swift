public import Execution
public import HTTPServer
public import Storage
public import Studies

/// Everything that `fidelio serve` can be told.
public struct ServerSettings: Sendable {
    public var storage: StorageFolder
    /// A numeric address, or `localhost`.
    public var host: String
    /// Further names under which the server may be asked, as behind a proxy.
    public var hostNames: [String]
    /// Proxies whose word on a request's origin is taken: addresses, networks (`10.0.0.0/8`), `unix`.
    public var trustedProxies: [String] = []
    /// Listen to other machines although nobody can sign in as an owner yet.
    public var allowsWithoutMembers = false
    /// The port to try first; 0 takes any free one.
    public var port: Int
    /// How many ports to try, one after the other.
    public var portAttempts: Int
    /// Further addresses, of this machine alone.
    public var listen: [ListenAddress] = []
    /// What one client may cost; see HTTPServer for the defaults.
    public var requestLimits = RequestLimits()
    public var timeouts = ServerTimeouts()
    public var connectionLimits = ConnectionLimits()
    /// Connections that the system holds until they are taken.
    public var backlog = 1024
    /// For answers in work to end when the server stops.
    public var stopGrace = Duration.seconds(5)
    /// The folder of the page; nil serves the API alone.
    public var publicFolder: String?
    /// The program that workers are started from: this one.
    public var executable: String
    /// Where each request is written down: a file, or "-" for standard error; nowhere when nil.
    public var accessLog: String?
    public var workbench: WorkbenchSettings
    /// The models that can be asked for.
    public var models: [ModelSchema]

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
