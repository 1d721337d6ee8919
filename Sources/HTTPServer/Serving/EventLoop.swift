import Dispatch
import Glibc
import Logging

/// Serves all connections on one serial queue: reads, parses, runs immediate handlers, and starts tasks for all others.
///
/// A Dispatch source on the poller wakes the queue when sockets are ready, a Dispatch timer at the next deadline, and tasks when
/// they post messages. Nothing here blocks. Each turn reads, parses, and writes a bounded amount per connection,
/// so no download or upload starves the others. Extensions contain the parts: accepting, reading, answering,
/// streaming, writing, timing.
final class EventLoop: @unchecked Sendable {
    // @unchecked because everything except `mailbox` and `finished` is used only on `queue` after `start`.

    static let readBytes = 64 * 1024
    /// Bytes written to one connection per turn.
    static let turnBytes = 128 * 1024
    /// Bytes written to queued connections before new events are collected.
    static let roundBytes = 256 * 1024
    /// Requests of one connection handled per turn.
    static let turnRequests: UInt32 = 32
    /// Rounds before the queue's thread is returned to Dispatch.
    static let rounds = 256
    /// Bodies up to this size are copied behind their heads.
    static let copiedBytes = 16 * 1024

    let configuration: ServerConfiguration
    let allowedHosts: AllowedHosts
    let handler: any HTTPHandler
    let logger: Logger
    let mailbox: Mailbox
    let finished = ShutdownSignal()

    /// A serial queue without a target queue gets its own thread whenever it has work, rather than one of the cooperative pool's, which may all be computing.
    let queue = DispatchQueue(label: "http", qos: .userInteractive)
    let poller: Poller
    /// Wakes the queue when the poller has events.
    private var events: (any DispatchSourceRead)?
    /// Wakes the queue at `wakesAt`.
    var timer: (any DispatchSourceTimer)?
    /// When the timer fires; `max` if it is not set.
    var wakesAt = Int64.max
    var listeners: [Listener]
    let headWriter: ResponseHeadWriter
    var clock = LoopClock()
    var wheel: TimerWheel
    /// Indexed by descriptor.
    var connections: [Connection?] = []
    var connectionCount = 0
    let connectionLimit: Int
    var connectionsByAddress: [RemoteAddress: Int] = [:]
    var nextSerial: UInt32 = 1
    var activeRequests = 0
    /// Connections that need another turn.
    var ready: [Connection] = []
    /// When listening resumes after the process ran out of descriptors.
    var listeningResumesAt: Int64?
    /// When running out of descriptors is logged again.
    var exhaustionIsToldAt: Int64 = 0
    /// When a shutdown closes the remaining connections.
    var shutdownDeadline: Int64?

    /// Bytes read in this turn.
    var input = [UInt8](repeating: 0, count: EventLoop.readBytes)
    /// Bytes that the current connection sends before its queue.
    var outgoing: [UInt8] = []
    /// Bytes written in this round.
    var writtenBytes = 0

    init?(configuration: ServerConfiguration, handler: any HTTPHandler, logger: Logger, listeners: [Listener]) {
        guard let poller = Poller() else { return nil }
        self.configuration = configuration
        allowedHosts = configuration.allowedHosts.normalized
        self.handler = handler
        self.logger = logger
        self.listeners = listeners
        self.poller = poller
        mailbox = Mailbox()
        headWriter = ResponseHeadWriter(defaultFields: configuration.defaultFields)
        wheel = TimerWheel(now: clock.now)
        connectionLimit = min(configuration.connectionLimits.connections, max(16, Self.descriptorLimit() - 128))
        outgoing.reserveCapacity(2 * Self.copiedBytes)
        guard listen() else { return nil }
    }

    private static func descriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Starts watching the listening sockets.
    func listen() -> Bool {
        listeners.allSatisfy { listener in
            poller.add(listener.descriptor, token: ConnectionID(descriptor: listener.descriptor, serial: 0).token, .readingLevel)
        }
    }

    /// Starts serving, until a shutdown completes.
    func start() {
        queue.async { self.activateSources() }
    }

    private func activateSources() {
        let events = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
        events.setEventHandler { self.work() }
        // The handlers keep the loop alive, and thereby the poller's descriptor, until they are cancelled.
        events.setCancelHandler { self.finished.signal() }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler {
            self.wakesAt = .max
            self.work()
        }
        self.events = events
        self.timer = timer
        events.activate()
        timer.activate()
        work()
    }

    /// Serves while there is something to do.
    private func work() {
        dispatchPrecondition(condition: .onQueue(queue))
        for _ in 0..<Self.rounds {
            if isFinished {
                stop()
                return
            }
            let hasWorked = workRound()
            if !hasWorked, !isFinished, mailbox.sleep(wake: { self.queue.async { self.work() } }) {
                setTimer()
                return
            }
        }
        queue.async { self.work() }
    }

    /// Processes all pending messages, events, and timers once. Returns whether there was or is something to do.
    private func workRound() -> Bool {
        clock.update()
        let messages = mailbox.take()
        for message in messages { receive(message) }
        poller.collect()
        writtenBytes = 0
        for index in 0..<poller.count { receive(poller[index]) }
        serveReady()
        runTimers()
        return !messages.isEmpty || poller.count > 0 || !ready.isEmpty
    }

    private var isFinished: Bool { shutdownDeadline != nil && connectionCount == 0 }

    /// Cancels the sources; the end of their handlers releases the loop.
    private func stop() {
        listeners = []
        mailbox.close()
        timer?.cancel()
        timer = nil
        events?.cancel()
        events = nil
    }

    private func receive(_ event: Poller.Event) {
        let id = ConnectionID(token: event.token)
        guard id.serial != 0 else {
            acceptConnections(id.descriptor)
            return
        }
        guard let connection = connection(id) else { return }
        if event.isBroken {
            close(connection)
            return
        }
        if event.isReadable || event.isEnding { connection.isReadable = true }
        if event.isWritable { connection.isWritable = true }
        if event.isEnding {
            connection.isEnding = true
            // The client of an event stream that closed its sending side is gone.
            if connection.exchange?.isEventStream == true {
                close(connection)
                return
            }
            connection.exchange?.client?.leave()
        }
        if !connection.isReadable, !connection.output.isEmpty {
            // More of a long response: it takes its turn after the events of this round.
            enqueue(connection)
        } else {
            serve(connection)
        }
    }

    private func receive(_ message: Mailbox.Message) {
        switch message {
        case .answer(let id, let response):
            activeRequests -= 1
            guard let connection = connection(id) else { return }
            answer(response, on: connection)
            serve(connection)
        case .piece(let id, let bytes):
            guard let connection = connection(id) else { return }
            send(piece: bytes, on: connection)
            enqueue(connection)
        case .end(let id, let isComplete):
            guard let connection = connection(id) else { return }
            endStream(on: connection, isComplete: isComplete)
            enqueue(connection)
        case .leaseEnded(let id):
            guard let connection = connection(id) else { return }
            breakOff(connection)
            enqueue(connection)
        case .bodyWanted(let id):
            guard let connection = connection(id) else { return }
            resumeBody(on: connection)
            serve(connection)
        case .shutdown(let grace):
            shutDown(grace: grace)
        }
    }

    // MARK: Turns

    func connection(_ id: ConnectionID) -> Connection? {
        let index = Int(id.descriptor)
        guard index < connections.count, let connection = connections[index], connection.id == id else { return nil }
        return connection
    }

    /// The connection, if it is still at this exchange.
    private func connection(_ id: ExchangeID) -> Connection? {
        guard let connection = connection(id.connection), connection.exchange?.id == id else { return nil }
        return connection
    }

    func enqueue(_ connection: Connection) {
        guard !connection.isQueued, !connection.isClosed else { return }
        connection.isQueued = true
        ready.append(connection)
    }

    /// Gives each queued connection a turn, until a round's worth of bytes is written.
    private func serveReady() {
        guard !ready.isEmpty else { return }
        let waiting = ready
        ready = []
        var index = 0
        while index < waiting.count, writtenBytes < Self.roundBytes {
            waiting[index].isQueued = false
            if !waiting[index].isClosed { serve(waiting[index]) }
            index += 1
        }
        if index < waiting.count { ready = Array(waiting[index...]) + ready }
    }

    /// One turn of a connection: writes, reads, and parses within the bounds.
    func serve(_ connection: Connection) {
        if connection.isLingering {
            drain(connection)
        } else {
            flush(connection)
            settle(connection)
            readRequests(connection)
            flush(connection)
            settle(connection)
        }
        guard !connection.isClosed else { return }
        if connection.isRunnable { enqueue(connection) }
        updateTimer(connection)
    }

    /// Completes an exchange whose response is sent, and closes the connection after its last one.
    func settle(_ connection: Connection) {
        guard !connection.isClosed, connection.output.isEmpty else { return }
        if let exchange = connection.exchange, exchange.stage == .sending { complete(exchange, on: connection) }
        guard connection.exchange == nil else { return }
        if connection.isClosing {
            end(connection)
        } else if connection.hasEnded && !connection.hasPending {
            close(connection)
        }
    }
}
