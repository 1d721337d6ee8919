public import Logging
import Synchronization

/// An HTTP/1.1 server (RFC 9110, RFC 9112) that runs on one serial Dispatch queue.
///
/// ```swift
/// let server = HTTPServer(configuration: ServerConfiguration(), logger: logger, handler: router)
/// let addresses = try server.start()
/// await server.shutdown(grace: .seconds(10))
/// ```
public final class HTTPServer: Sendable {
    private enum State {
        case new
        case running(EventLoop)
        case stopped
    }

    private let configuration: ServerConfiguration
    private let logger: Logger
    private let handler: any HTTPHandler
    private let state = Mutex(State.new)

    /// Creates a server; `start` opens its sockets.
    public init(configuration: ServerConfiguration = ServerConfiguration(), logger: Logger = Logger(label: "http"), handler: any HTTPHandler) {
        self.configuration = configuration
        self.logger = logger
        self.handler = handler
    }

    /// Opens the listening sockets and starts serving. Returns the addresses of the configuration with their actual ports.
    /// - Errors: `ListenError` if an address is not available; the server then listens on none and may be started again
    /// - Precondition: the server has not been started.
    @discardableResult
    public func start() throws(ListenError) -> [ListenAddress] {
        try state.withLock { (state) throws(ListenError) in
            guard case .new = state else { preconditionFailure("a server can be started only once") }
            var listeners: [Listener] = []
            for (index, address) in configuration.listen.enumerated() {
                let attempts = index == 0 ? configuration.portAttempts : 1
                listeners.append(try Listener.open(address, attempts: attempts, backlog: configuration.backlog, unsentBytes: configuration.connectionLimits.unsentBytes))
            }
            let addresses = listeners.map(\.address)
            guard let loop = EventLoop(configuration: configuration, handler: handler, logger: logger, listeners: listeners) else {
                throw ListenError(configuration.listen.first ?? .ipv4("127.0.0.1", port: 0), "epoll")
            }
            state = .running(loop)
            loop.start()
            return addresses
        }
    }

    /// Stops accepting connections, lets responses in progress finish for at most `grace`, then closes the remaining connections.
    /// Event streams end immediately. Returns when all connections are closed.
    public func shutdown(grace: Duration) async {
        let loop = state.withLock { state -> EventLoop? in
            guard case .running(let loop) = state else { return nil }
            return loop
        }
        guard let loop else { return }
        loop.mailbox.post(.shutdown(grace: grace))
        await loop.finished.wait()
        state.withLock { $0 = .stopped }
    }
}
