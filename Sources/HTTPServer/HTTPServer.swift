public import Logging
import Synchronization

/// An HTTP/1.1 server: bytes to requests and answers to bytes (RFC 9110, RFC 9112), from one serial Dispatch queue.
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

    public init(configuration: ServerConfiguration = ServerConfiguration(), logger: Logger = Logger(label: "http"), handler: any HTTPHandler) {
        self.configuration = configuration
        self.logger = logger
        self.handler = handler
    }

    /// Starts to listen and serve, and returns where: the addresses of the configuration with their real ports.
    /// - Errors: `ListenError` when one of the addresses cannot be had; the server then listens on none, and may be started again.
    @discardableResult
    public func start() throws(ListenError) -> [ListenAddress] {
        try state.withLock { (state) throws(ListenError) in
            guard case .new = state else { preconditionFailure("a server is started once") }
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

    /// Stops listening at once, lets answers in progress finish for at most `grace`, then breaks off what is left.
    /// Streams of events are ended at once. Returns when all connections are closed.
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
