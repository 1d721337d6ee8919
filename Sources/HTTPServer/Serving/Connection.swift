/// One client's connection: plain state, changed by the event loop alone.
final class Connection {
    /// What the connection waits for; each kind of wait has its own timeout.
    enum Wait {
        case nothing
        case head
        case body
        case write
        case idle
        case linger
        case events
    }

    let id: ConnectionID
    let remote: RemoteAddress
    var parser: RequestParser
    /// Bytes that have been read, and are not parsed from `pendingStart` on, because the requests before them are not answered.
    var pending: [UInt8] = []
    var pendingStart = 0
    var output = OutputQueue()
    /// The request being answered.
    var exchange: Exchange?
    var exchangeNumber: UInt32 = 0

    /// Whether reading may bring something.
    var isReadable = false
    /// Whether writing may bring something.
    var isWritable = true
    /// The client has said that it will send no more; reading will find that out.
    var isEnding = false
    /// Reading has found the end of what the client sends.
    var hasEnded = false
    /// No more requests are read; the connection ends when the answer is out.
    var isClosing = false
    /// The server has ended its side and waits for the client to end its own.
    var isLingering = false
    var isClosed = false
    /// Whether it stands in the queue of connections that want another turn.
    var isQueued = false

    var wait = Wait.nothing
    /// When the wait has lasted too long, in milliseconds of the loop's clock.
    var deadline = Int64.max
    /// When the timer wheel will bring the connection up; `max` when it is not in the wheel.
    var timer = Int64.max

    init(id: ConnectionID, remote: RemoteAddress, limits: RequestLimits) {
        self.id = id
        self.remote = remote
        parser = RequestParser(limits: limits)
    }

    var hasPending: Bool { !pending.isEmpty }

    func dropPending() {
        pending = []
        pendingStart = 0
    }

    /// Whether parsing may go on now.
    var acceptsInput: Bool {
        if isClosed || isLingering { return false }
        guard let exchange else { return !isClosing && output.isEmpty }
        return exchange.awaitsBody && !exchange.isBodyPaused
    }

    /// Whether another turn could get anywhere.
    var isRunnable: Bool {
        if isClosed { return false }
        if !output.isEmpty && isWritable { return true }
        if isLingering { return isReadable }
        return acceptsInput && (hasPending || (isReadable && !hasEnded))
    }
}
