/// An incremental request parser (RFC 9112). A value without socket or clock.
///
/// Each byte is examined a bounded number of times, however the input is divided. Memory is bounded by the
/// longest line that `RequestLimits` allows plus the fields parsed so far. After an error the parser must not be used again.
struct RequestParser {
    enum Event {
        /// The head of a request. If its framing has a body, `body` and finally `end` follow.
        case head(RequestHead)
        /// A piece of the body, as a range of the input.
        case body(Range<Int>)
        /// The body is complete.
        case end
    }

    private enum State: Equatable {
        case requestLine
        case fields
        case fixed(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
    }

    private let limits: RequestLimits
    private var state = State.requestLine
    /// The start of a line whose end has not arrived.
    private var partialLine: [UInt8] = []
    private var builder: HeadBuilder?
    /// Bytes of the current section of field lines, or of the body's chunks.
    private var sectionBytes = 0
    private var hasSkippedEmptyLine = false

    init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
    }

    /// Whether an event is available without further input.
    var hasEvent: Bool { state == .fixed(remaining: 0) }

    /// Whether no byte of a next request has arrived.
    var isBetweenRequests: Bool { state == .requestLine && partialLine.isEmpty }

    /// Whether a head has started and is incomplete.
    var isInsideHead: Bool { (state == .requestLine && !partialLine.isEmpty) || state == .fields }

    /// Parses from `offset`, which is advanced past the parsed bytes. Returns nil when the input is exhausted
    /// and more is needed.
    mutating func next(_ input: Span<UInt8>, from offset: inout Int) throws(RequestFault) -> Event? {
        while true {
            switch state {
            case .fixed(let remaining):
                guard let piece = Self.takePiece(input, &offset, remaining) else { return nil }
                return takeFixed(piece, remaining)
            case .chunk(let remaining):
                guard let piece = Self.takePiece(input, &offset, remaining) else { return nil }
                state = piece.count == remaining ? .chunkEnd : .chunk(remaining: remaining - piece.count)
                return .body(piece)
            case .requestLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard let lineEnd = input.firstLineFeed(from: offset) else {
                    try keepPartialLine(input.extracting(min(offset, input.count)..<input.count))
                    offset = input.count
                    return nil
                }
                let start = offset
                offset = lineEnd + 1
                if let event = try completeLine(input.extracting(start..<lineEnd)) { return event }
            }
        }
    }

    // MARK: Bodies

    private static func takePiece(_ input: Span<UInt8>, _ offset: inout Int, _ remaining: Int) -> Range<Int>? {
        // A body of which nothing remains still has to report its end.
        if remaining == 0 { return offset..<offset }
        let count = min(remaining, input.count - offset)
        guard count > 0 else { return nil }
        defer { offset += count }
        return offset..<(offset + count)
    }

    private mutating func takeFixed(_ piece: Range<Int>, _ remaining: Int) -> Event {
        if remaining == 0 {
            state = .requestLine
            return .end
        }
        state = .fixed(remaining: remaining - piece.count)
        return .body(piece)
    }

    // MARK: Lines

    private mutating func keepPartialLine(_ rest: Span<UInt8>) throws(RequestFault) {
        try checkLength(partialLine.count + rest.count)
        for index in rest.indices { partialLine.append(rest[index]) }
    }

    private mutating func completeLine(_ ending: Span<UInt8>) throws(RequestFault) -> Event? {
        if partialLine.isEmpty { return try take(lineWithReturn: ending) }
        try checkLength(partialLine.count + ending.count)
        for index in ending.indices { partialLine.append(ending[index]) }
        let line = partialLine
        partialLine = []
        return try take(lineWithReturn: line.span)
    }

    private func checkLength(_ count: Int) throws(RequestFault) {
        switch state {
        case .requestLine where count > limits.requestLineBytes + 1: throw .requestLineTooLong
        // A single carriage return may belong to the empty line that ends the section, which is not counted.
        case .fields where count > 1 && sectionBytes + count + 1 > limits.headerBytes: throw .fieldsTooLarge
        case .chunkSize where count > limits.chunkLineBytes: throw .malformedChunk
        case .chunkEnd where count > 1: throw .malformedChunk
        case .trailers where count > 1 && sectionBytes + count + 1 > limits.trailerBytes: throw .trailersTooLarge
        default: return
        }
    }

    private mutating func take(lineWithReturn line: Span<UInt8>) throws(RequestFault) -> Event? {
        try checkLength(line.count)
        guard line.count > 0, line[line.count - 1] == .carriageReturn else { throw .bareLineFeed }
        return try take(line: line.extracting(0..<(line.count - 1)))
    }

    private mutating func take(line: Span<UInt8>) throws(RequestFault) -> Event? {
        switch state {
        case .requestLine:
            try takeRequestLine(line)
        case .fields:
            if line.isEmpty { return .head(try finishHead()) }
            sectionBytes += line.count + 2
            try builder?.add(line: line, limits: limits)
        case .chunkSize:
            let size = try ChunkLine.size(line)
            sectionBytes += size
            guard sectionBytes <= limits.bodyBytes else { throw .bodyTooLarge }
            state = size == 0 ? .trailers : .chunk(remaining: size)
            if size == 0 { sectionBytes = 0 }
        case .chunkEnd:
            guard line.isEmpty else { throw .malformedChunk }
            state = .chunkSize
        case .trailers:
            if line.isEmpty {
                state = .requestLine
                return .end
            }
            sectionBytes += line.count + 2
            _ = try FieldLine.split(line)
        case .fixed, .chunk:
            break
        }
        return nil
    }

    private mutating func takeRequestLine(_ line: Span<UInt8>) throws(RequestFault) {
        // One empty line before a request is ignored (RFC 9112, section 2.2).
        if line.isEmpty, !hasSkippedEmptyLine {
            hasSkippedEmptyLine = true
            return
        }
        hasSkippedEmptyLine = false
        builder = try HeadBuilder(requestLine: line)
        sectionBytes = 0
        state = .fields
    }

    private mutating func finishHead() throws(RequestFault) -> RequestHead {
        guard let finished = builder else { throw .malformedRequestLine }
        builder = nil
        sectionBytes = 0
        let head = try finished.finish()
        switch head.framing {
        case .none: state = .requestLine
        case .chunked: state = .chunkSize
        case .length(let length):
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            state = .fixed(remaining: length)
        }
        return head
    }
}
