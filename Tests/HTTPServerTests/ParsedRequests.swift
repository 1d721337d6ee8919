import HTTPTypes

@testable import HTTPServer

/// The result of parsing bytes: the complete requests, and the fault that ended them.
struct ParsedRequests: Equatable {
    struct Item: Equatable {
        var method: String
        var path: String
        var fields: [String]
        /// Bytes rather than text: a body divided within a character is the same body.
        var bytes: [UInt8] = []
        var isComplete: Bool
        var keepAlive: Bool

        var body: String { String(decoding: bytes, as: UTF8.self) }
    }

    var items: [Item] = []
    var fault: RequestFault?
    /// Whether the parser is between two requests.
    var isAtRest = false

    /// Feeds the bytes in pieces of the given sizes; the last size repeats.
    init(_ bytes: [UInt8], pieces: [Int] = [.max], limits: RequestLimits = RequestLimits()) {
        var parser = RequestParser(limits: limits)
        var start = 0
        var turn = 0
        do throws(RequestFault) {
            while start < bytes.count {
                let size = max(1, pieces[min(turn, pieces.count - 1)])
                turn += 1
                let end = size >= bytes.count - start ? bytes.count : start + size
                try feed(Array(bytes[start..<end]), to: &parser)
                start = end
            }
        } catch {
            fault = error
        }
        isAtRest = parser.isBetweenRequests
    }

    init(_ text: String, limits: RequestLimits = RequestLimits()) {
        self.init(Array(text.utf8), limits: limits)
    }

    private mutating func feed(_ piece: [UInt8], to parser: inout RequestParser) throws(RequestFault) {
        var offset = 0
        while let event = try parser.next(piece.span, from: &offset) {
            switch event {
            case .head(let head): add(head)
            case .body(let range): items[items.count - 1].bytes += piece[range]
            case .end: items[items.count - 1].isComplete = true
            }
        }
    }

    private mutating func add(_ head: RequestHead) {
        items.append(
            Item(
                method: head.method.rawValue, path: head.target.path,
                fields: head.fields.map { "\($0.name.canonicalName): \($0.value)" }, isComplete: !head.framing.hasBody,
                keepAlive: head.keepAlive))
    }
}
