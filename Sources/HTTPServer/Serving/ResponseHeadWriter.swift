import HTTPTypes

/// Formats status lines and header fields.
struct ResponseHeadWriter {
    private let defaultFields: HTTPFields
    /// The default fields, formatted.
    private let defaultLines: [UInt8]

    init(defaultFields: HTTPFields) {
        self.defaultFields = defaultFields
        var lines: [UInt8] = []
        for field in defaultFields { Self.append(field, to: &lines) }
        defaultLines = lines
    }

    enum Persistence {
        case keep
        /// Sent explicitly for HTTP/1.0 clients.
        case keepExplicitly
        case close
    }

    func write(
        status: HTTPResponse.Status, fields: HTTPFields, framing: ResponsePlan.Framing, persistence: Persistence,
        dateLine: [UInt8], to bytes: inout [UInt8]
    ) {
        Self.appendStatusLine(status, to: &bytes)
        bytes.append(contentsOf: dateLine)
        var overridesDefaults = false
        for field in fields {
            switch field.name {
            case .contentLength, .transferEncoding, .connection, .date: continue
            default: break
            }
            if !overridesDefaults, defaultFields.contains(field.name) { overridesDefaults = true }
            Self.append(field, to: &bytes)
        }
        if overridesDefaults {
            for field in defaultFields where !fields.contains(field.name) { Self.append(field, to: &bytes) }
        } else {
            bytes.append(contentsOf: defaultLines)
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            Self.append("Content-Length: ", to: &bytes)
            Self.appendDecimal(length, to: &bytes)
            Self.append("\r\n", to: &bytes)
        case .chunked: Self.append("Transfer-Encoding: chunked\r\n", to: &bytes)
        }
        switch persistence {
        case .keep: Self.append("\r\n", to: &bytes)
        case .keepExplicitly: Self.append("Connection: keep-alive\r\n\r\n", to: &bytes)
        case .close: Self.append("Connection: close\r\n\r\n", to: &bytes)
        }
    }

    private static func appendStatusLine(_ status: HTTPResponse.Status, to bytes: inout [UInt8]) {
        if status.code == 200 {
            append("HTTP/1.1 200 OK\r\n", to: &bytes)
            return
        }
        append("HTTP/1.1 ", to: &bytes)
        appendDecimal(status.code, to: &bytes)
        bytes.append(.space)
        bytes.append(contentsOf: status.reasonPhrase.utf8)
        append("\r\n", to: &bytes)
    }

    private static func append(_ field: HTTPField, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.name.rawName.utf8)
        append(": ", to: &bytes)
        unsafe field.withUnsafeBytesOfValue { unsafe bytes.append(contentsOf: $0) }
        append("\r\n", to: &bytes)
    }

    static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func appendDecimal(_ value: Int, to bytes: inout [UInt8]) {
        if value >= 10 { appendDecimal(value / 10, to: &bytes) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// The size of a chunk in hexadecimal.
    static func appendHexadecimal(_ value: Int, to bytes: inout [UInt8]) {
        if value >= 16 { appendHexadecimal(value / 16, to: &bytes) }
        let digit = UInt8(value % 16)
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
