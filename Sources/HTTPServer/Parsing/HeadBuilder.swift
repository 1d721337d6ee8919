import HTTPTypes

/// Collects the lines of a request's head and validates their combination.
struct HeadBuilder {
    private let method: HTTPRequest.Method
    private let target: RequestTarget
    private let minorVersion: Int
    private var fields = HTTPFields()
    private var fieldCount = 0
    private var host: String?
    private var contentLength: Int?
    private var isChunked = false
    private var wantsClose = false
    private var wantsKeepAlive = false
    private var expectsContinue = false

    /// Parses a request line (RFC 9112, section 3).
    init(requestLine line: Span<UInt8>) throws(RequestFault) {
        for index in line.indices where line[index] == .carriageReturn { throw .bareCarriageReturn }
        guard let methodEnd = line.first(.space) else { throw .malformedRequestLine }
        let rest = line.extracting((methodEnd + 1)..<line.count)
        guard let targetEnd = rest.first(.space) else { throw .malformedRequestLine }
        minorVersion = try Self.version(rest.extracting((targetEnd + 1)..<rest.count))
        method = try Self.method(line.extracting(0..<methodEnd))
        target = try RequestTarget(rest.extracting(0..<targetEnd), method: method)
    }

    private static func version(_ bytes: Span<UInt8>) throws(RequestFault) -> Int {
        guard bytes.count == 8, bytes.extracting(0..<5).equalsIgnoringCase("http/"), bytes[0] == UInt8(ascii: "H"),
            bytes[1] == UInt8(ascii: "T"), bytes[2] == UInt8(ascii: "T"), bytes[3] == UInt8(ascii: "P"),
            bytes[5].isDigit, bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { throw .malformedRequestLine }
        guard bytes[5] == UInt8(ascii: "1"), bytes[7] <= UInt8(ascii: "1") else { throw .unsupportedVersion }
        return Int(bytes[7] - UInt8(ascii: "0"))
    }

    private static func method(_ bytes: Span<UInt8>) throws(RequestFault) -> HTTPRequest.Method {
        if bytes.count == 3, bytes[0] == UInt8(ascii: "G"), bytes[1] == UInt8(ascii: "E"), bytes[2] == UInt8(ascii: "T") {
            return .get
        }
        guard bytes.count <= 32, let method = HTTPRequest.Method(rawValue: bytes.text) else { throw .malformedMethod }
        guard method != .connect else { throw .unsupportedMethod }
        return method
    }

    /// Parses a field line (RFC 9112, section 5).
    mutating func add(line: Span<UInt8>, limits: RequestLimits) throws(RequestFault) {
        let (nameEnd, valueRange) = try FieldLine.split(line)
        fieldCount += 1
        guard fieldCount <= limits.headerFields else { throw .fieldsTooLarge }
        guard let name = FieldName.parse(line.extracting(0..<nameEnd)) else { throw .malformedFieldName }
        let value = line.extracting(valueRange)
        try note(name, value)
        fields.append(unsafe value.withUnsafeBufferPointer { unsafe HTTPField(name: name, value: $0) })
    }

    private mutating func note(_ name: HTTPField.Name, _ value: Span<UInt8>) throws(RequestFault) {
        switch name {
        case .hostField:
            guard host == nil else { throw .repeatedHost }
            guard Authority.isValid(value) else { throw .malformedHost }
            host = value.text
        case .contentLength:
            guard contentLength == nil else { throw .repeatedLength }
            contentLength = try Self.length(value)
        case .transferEncoding:
            try noteTransferCoding(value)
        case .connection:
            noteConnection(value)
        case .expect:
            guard value.equalsIgnoringCase("100-continue") else { throw .unknownExpectation }
            expectsContinue = true
        default:
            break
        }
    }

    private static func length(_ value: Span<UInt8>) throws(RequestFault) -> Int {
        guard value.first(UInt8(ascii: ",")) == nil else { throw .repeatedLength }
        guard !value.isEmpty, value.count <= 18 else { throw .malformedLength }
        var length = 0
        for index in value.indices {
            guard value[index].isDigit else { throw .malformedLength }
            length = length * 10 + Int(value[index] - UInt8(ascii: "0"))
        }
        return length
    }

    private mutating func noteTransferCoding(_ value: Span<UInt8>) throws(RequestFault) {
        guard !isChunked else { throw .malformedTransferCoding }
        if value.equalsIgnoringCase("chunked") {
            isChunked = true
            return
        }
        // Unsupported codings that end in chunked are well-formed; anything else does not delimit the body reliably.
        var names: [String] = []
        FieldLine.forEachElement(value) { names.append($0.text.lowercased()) }
        let isUnknown = names.dropLast().allSatisfy { $0 != "chunked" } && !names.isEmpty
            && names.allSatisfy { $0.utf8.allSatisfy(\.isToken) }
        throw isUnknown ? .unknownTransferCoding : .malformedTransferCoding
    }

    private mutating func noteConnection(_ value: Span<UInt8>) {
        var close = false
        var keep = false
        FieldLine.forEachElement(value) { element in
            if element.equalsIgnoringCase("close") { close = true }
            if element.equalsIgnoringCase("keep-alive") { keep = true }
        }
        wantsClose = wantsClose || close
        wantsKeepAlive = wantsKeepAlive || keep
    }

    /// Validates the combination of all lines.
    func finish() throws(RequestFault) -> RequestHead {
        if host == nil, minorVersion == 1 { throw .missingHost }
        if let host, let authority = target.authority, host.lowercased() != authority.lowercased() { throw .contradictoryHost }
        return RequestHead(
            method: method, target: target, minorVersion: minorVersion, fields: fields,
            authority: host ?? target.authority ?? "", framing: try framing(),
            keepAlive: !wantsClose && (minorVersion == 1 || wantsKeepAlive),
            expectsContinue: expectsContinue && minorVersion == 1)
    }

    private func framing() throws(RequestFault) -> BodyFraming {
        if isChunked {
            guard contentLength == nil else { throw .lengthWithTransferCoding }
            guard minorVersion == 1 else { throw .malformedTransferCoding }
            return .chunked
        }
        guard let contentLength, contentLength > 0 else { return .none }
        return .length(contentLength)
    }
}
