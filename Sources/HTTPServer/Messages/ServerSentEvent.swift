/// A server-sent event (HTML standard, section 9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// Event id, which the client sends as `Last-Event-ID` when it reconnects.
    public var id: String?
    /// Event type; nil means "message".
    public var event: String?
    /// The data; may contain line breaks.
    public var data: String
    /// Reconnection delay of the client.
    public var retry: Duration?

    /// Creates an event.
    public init(_ data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
    }

    /// The event as sent. Line breaks in id and type, and NUL in the id, would change the meaning of
    /// what follows and are removed; line breaks in the data start new data lines.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(data.utf8.count + 32)
        if let retry { Self.append("retry", String(retry.milliseconds), to: &result) }
        if let event { Self.append("event", Self.oneLine(event), to: &result) }
        if let id { Self.append("id", Self.oneLine(id), to: &result) }
        for line in Self.lines(data) { Self.append("data", line, to: &result) }
        result.append(.lineFeed)
        return result
    }

    private static func append(_ field: String, _ value: some StringProtocol, to result: inout [UInt8]) {
        result.append(contentsOf: field.utf8)
        result.append(contentsOf: [UInt8(ascii: ":"), .space])
        result.append(contentsOf: value.utf8)
        result.append(.lineFeed)
    }

    private static func lines(_ data: String) -> [Substring] {
        data.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
    }

    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0 != "\0" }.map(Character.init))
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
