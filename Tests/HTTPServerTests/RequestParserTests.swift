import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("Request parser")
struct RequestParserTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let text: String
        let fault: RequestFault?
        var paths: [String] = ["/"]
        var bodies: [String] = [""]

        init(_ rule: String, _ text: String, _ fault: RequestFault) {
            (self.rule, self.text, self.fault) = (rule, text, fault)
        }

        init(_ rule: String, good text: String, paths: [String] = ["/"], bodies: [String] = [""]) {
            (self.rule, self.text, self.fault, self.paths, self.bodies) = (rule, text, nil, paths, bodies)
        }

        var testDescription: String { rule }
    }

    static let good = [
        Row("plain", good: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("one empty line before", good: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("blanks around a value", good: "GET / HTTP/1.1\r\nHost: \t a \t \r\n\r\n"),
        Row("no blank before a value", good: "GET / HTTP/1.1\r\nHost:a\r\n\r\n"),
        Row("empty value", good: "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n"),
        Row("any case of names", good: "GET / HTTP/1.1\r\nhOST: a\r\ncOnTeNt-LeNgTh: 2\r\n\r\nhi", bodies: ["hi"]),
        Row("port", good: "GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n"),
        Row("IPv6", good: "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        Row("bytes above ASCII in a value", good: "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n"),
        Row("extension method", good: "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("whole URL", good: "GET http://A:80/x?y HTTP/1.1\r\nHost: a:80\r\n\r\n", paths: ["/x"]),
        Row("whole URL without path", good: "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("server as a whole", good: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", paths: ["*"]),
        Row("HTTP/1.0 without Host", good: "GET / HTTP/1.0\r\n\r\n"),
        Row("length zero", good: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        Row("length", good: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", bodies: ["abc"]),
        Row("body of wide characters", good: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nŇx", bodies: ["Ňx"]),
        Row("length with zeros before it", good: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc", bodies: ["abc"]),
        Row("body with line ends", good: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\r\n\n\r", bodies: ["\r\n\n\r"]),
        Row(
            "chunked", good: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            bodies: ["abc0123456789"]),
        Row("chunked in any case", good: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
        Row(
            "chunk extensions and trailers",
            good: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b\"\r\nx\r\n000;c\r\nX-Sum: 1\r\n\r\n", bodies: ["x"]),
        Row(
            "pipelined", good: "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", paths: ["/1", "/2"],
            bodies: ["hi", ""]),
        Row("expectation", good: "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx", bodies: ["x"]),
    ]

    @Test("accepts", arguments: good)
    func accepts(_ row: Row) {
        let parsed = ParsedRequests(row.text)
        #expect(parsed.fault == nil)
        #expect(parsed.items.map(\.path) == row.paths)
        #expect(parsed.items.map(\.body) == row.bodies)
        #expect(parsed.items.allSatisfy { $0.isComplete })
        #expect(parsed.isAtRest)
    }

    static let bad = [
        // Lines
        Row("line feed alone after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        Row("line feed alone after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
        Row("line feed alone at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        Row("carriage return in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", .bareCarriageReturn),
        Row("carriage return in a value", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .bareCarriageReturn),
        Row("carriage return in a name", "GET / HTTP/1.1\r\nHo\rst: a\r\n\r\n", .bareCarriageReturn),
        Row("two carriage returns", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .bareCarriageReturn),
        Row("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        // The request line
        Row("no version", "GET /\r\n\r\n", .malformedRequestLine),
        Row("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("space at the beginning", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("version with two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Row("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
        Row("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        Row("version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unsupportedVersion),
        Row("version 0.9", "GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
        Row("method that is no token", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedMethod),
        Row("long method", "\(String(repeating: "A", count: 33)) / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedMethod),
        Row("connecting", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", .unsupportedMethod),
        Row("greeting of TLS", "\u{16}\u{3}\u{1}\u{0}\u{f0}\r\n", .malformedRequestLine),
        Row("asterisk for another method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("relative path", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("NUL in the target", "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("bytes above ASCII in the target", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Row("user in a URL", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        // Fields
        Row("folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", .foldedField),
        Row("folded first field", "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", .foldedField),
        Row("space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", .malformedFieldName),
        Row("no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", .malformedFieldName),
        Row("no name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", .malformedFieldName),
        Row("name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n", .malformedFieldName),
        Row("NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n", .malformedFieldName),
        Row("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0}\r\n\r\n", .malformedFieldValue),
        Row("control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{1b}\r\n\r\n", .malformedFieldValue),
        Row("no Host", "GET / HTTP/1.1\r\n\r\n", .missingHost),
        Row("no Host with a whole URL", "GET http://a/ HTTP/1.1\r\n\r\n", .missingHost),
        Row("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .repeatedHost),
        Row("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .repeatedHost),
        Row("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .malformedHost),
        Row("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
        Row("Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .malformedHost),
        Row("Host with a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .malformedHost),
        Row("Host with a bad port", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", .malformedHost),
        Row("Host with a port too large", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", .malformedHost),
        Row("Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .malformedHost),
        Row("Host against URL", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", .contradictoryHost),
        Row("unknown expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", .unknownExpectation),
        // Framing
        Row("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", .repeatedLength),
        Row("the same length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", .repeatedLength),
        Row("list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na", .repeatedLength),
        Row("signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", .malformedLength),
        Row("negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .malformedLength),
        Row("hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na", .malformedLength),
        Row("empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .malformedLength),
        Row("length with a blank inside", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\n", .malformedLength),
        Row("length beyond 64 bits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", .malformedLength),
        Row("length beyond the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n", .bodyTooLarge),
        Row(
            "length with chunked", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .lengthWithTransferCoding),
        Row(
            "chunked with length zero", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
            .lengthWithTransferCoding),
        Row("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .malformedTransferCoding),
        Row("chunked twice in a list", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .malformedTransferCoding),
        Row(
            "chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .malformedTransferCoding),
        Row(
            "chunked then another", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
            .malformedTransferCoding),
        Row("chunked before another", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .malformedTransferCoding),
        Row("chunked with a parameter", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;a=b\r\n\r\n", .malformedTransferCoding),
        Row("chunked in quotes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", .malformedTransferCoding),
        Row("empty coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .malformedTransferCoding),
        Row("unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unknownTransferCoding),
        Row("coding that is almost chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unknownTransferCoding),
        Row("identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .unknownTransferCoding),
    ]

    @Test("rejects", arguments: bad)
    func refuses(_ row: Row) {
        let parsed = ParsedRequests(row.text)
        #expect(parsed.fault == row.fault)
        #expect(parsed.items.isEmpty)
    }

    static let badChunks = [
        ("no size", "\r\n"), ("blank before the size", " 1\r\nx\r\n"), ("blank after the size", "1 \r\nx\r\n"), ("sign", "+1\r\nx\r\n"),
        ("prefix", "0x1\r\nx\r\n"), ("sixteen digits", "0000000000000001\r\nx\r\n"), ("largest number", "ffffffffffffffff\r\n"),
        ("letter after the size", "1g\r\nx\r\n"), ("data longer than the size", "1\r\nxy\r\n"), ("data shorter than the size", "2\r\nx\r\n\r\n"),
        ("line feed after the data", "1\r\nx\n\n"), ("control character in an extension", "1;\u{1}\r\nx\r\n"),
        ("carriage return in an extension", "1;\r\r\nx\r\n"),
    ]

    @Test("rejects chunks", arguments: badChunks)
    func refusesChunks(_ row: (rule: String, text: String)) {
        let parsed = ParsedRequests("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + row.text + "0\r\n\r\n")
        #expect(parsed.fault == .malformedChunk || parsed.fault == .bareLineFeed)
        #expect(parsed.items.first?.isComplete == false)
    }

    @Test("rejects a bare line feed around chunks", arguments: ["1\nx\r\n0\r\n\r\n", "1\r\nx\r\n0\n\r\n", "1\r\nx\r\n0\r\n\n"])
    func refusesLineFeedInChunks(_ text: String) {
        #expect(ParsedRequests("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + text).fault == .bareLineFeed)
    }

    @Test("the result does not depend on how the bytes are divided", arguments: good + bad)
    func cutting(_ row: Row) {
        let bytes = Array(row.text.utf8)
        let whole = ParsedRequests(bytes)
        #expect(ParsedRequests(bytes, pieces: [1]) == whole)
        for cut in 1..<bytes.count {
            let parsed = ParsedRequests(bytes, pieces: [cut, .max])
            if parsed != whole { Issue.record("cut at \(cut): \(parsed)") }
        }
    }

    @Test("keeps connections alive depending on version and field")
    func keepAlive() {
        func keeps(_ version: String, _ connection: String) -> Bool? {
            ParsedRequests("GET / HTTP/\(version)\r\nHost: a\r\n\(connection)\r\n").items.first?.keepAlive
        }
        #expect(keeps("1.1", "") == true)
        #expect(keeps("1.1", "Connection: close\r\n") == false)
        #expect(keeps("1.1", "Connection: x, Close\r\n") == false)
        #expect(keeps("1.1", "Connection: x\r\nConnection: close\r\n") == false)
        #expect(keeps("1.0", "") == false)
        #expect(keeps("1.0", "Connection: keep-alive\r\n") == true)
        #expect(keeps("1.0", "Connection: keep-alive, close\r\n") == false)
    }

    @Test("repeated fields are all kept")
    func repeatedFields() {
        let parsed = ParsedRequests("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\nX-A: 3\r\n\r\n")
        #expect(parsed.items.first?.fields == ["host: a", "x-a: 1", "x-b: 2", "x-a: 3"])
    }
}
