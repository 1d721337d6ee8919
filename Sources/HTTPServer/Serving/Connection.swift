/// A client connection: plain state, modified only by the event loop.
final class Connection {
    /// What the connection waits for; each kind has its own timeout.
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
    /// Bytes that were read but not parsed (from `pendingStart` on), because earlier requests are not answered yet.
    var pending: [UInt8] = []
    var pendingStart = 0
    var output = OutputQueue()
    /// The request being answered.
    var exchange: Exchange?
    var exchangeNumber: UInt32 = 0

    /// Whether reading may yield data.
    var isReadable = false
    /// Whether writing may succeed.
    var isWritable = true
    /// The client closed its sending side; reading will reach the end.
    var isEnding = false
    /// Reading has reached the end of the client's data.
    var hasEnded = false
    /// No more requests are read; the connection closes after the current response.
    var isClosing = false
    /// The server closed its sending side and waits for the client to close its own.
    var isLingering = false
    var isClosed = false
    /// Whether it is in the queue of connections that need another turn.
    var isQueued = false

    var wait = Wait.nothing
    /// When the wait times out, in milliseconds of the loop's clock.
    var deadline = Int64.max
    /// When the timer wheel fires for this connection; `max` if it is not in the wheel.
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

    /// Whether parsing may continue now.
    var acceptsInput: Bool {
        if isClosed || isLingering { return false }
        guard let exchange else { return !isClosing && output.isEmpty }
        return exchange.awaitsBody && !exchange.isBodyPaused
    }

    /// Whether another turn could make progress.
    var isRunnable: Bool {
        if isClosed { return false }
        if !output.isEmpty && isWritable { return true }
        if isLingering { return isReadable }
        return acceptsInput && (hasPending || (isReadable && !hasEnded))
    }
}

/// Identifies a connection to tasks. The serial number distinguishes connections that reuse a descriptor.
struct ConnectionID: Hashable, Sendable {
    let descriptor: Int32
    /// Counted from 1; 0 for listeners.
    let serial: UInt32

    init(descriptor: Int32, serial: UInt32) {
        self.descriptor = descriptor
        self.serial = serial
    }

    init(token: UInt64) {
        descriptor = Int32(truncatingIfNeeded: token)
        serial = UInt32(truncatingIfNeeded: token >> 32)
    }

    var token: UInt64 { UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
