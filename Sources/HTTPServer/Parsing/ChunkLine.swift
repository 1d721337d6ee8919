/// The line before a chunk: its size in hexadecimal, and extensions that are validated and ignored (RFC 9112, section 7.1).
enum ChunkLine {
    /// Maximum number of digits, so that sizes cannot overflow and leading zeros are bounded.
    static let maximumDigits = 15

    static func size(_ line: Span<UInt8>) throws(RequestFault) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = line[index].hexadecimalValue {
            guard index < maximumDigits else { throw .malformedChunk }
            size = size << 4 | Int(digit)
            index += 1
        }
        guard index > 0 else { throw .malformedChunk }
        guard index < line.count else { return size }
        guard line[index] == UInt8(ascii: ";") else { throw .malformedChunk }
        for rest in index..<line.count where !line[rest].isFieldContent { throw .malformedChunk }
        return size
    }
}

/// How a request's body is delimited (RFC 9112, section 6.3).
enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked

    var hasBody: Bool { self != .none }
}
