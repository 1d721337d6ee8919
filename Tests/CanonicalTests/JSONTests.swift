import Canonical
import TestSupport
import Testing

@Suite struct JSONTests {
    static let good: [(String, JSONValue)] = [
        ("null", nil), ("true", true), (" false\n", false), ("0", 0), ("-0", 0), ("-12", -12),
        ("9223372036854775807", 9_223_372_036_854_775_807), ("1.0", 1.0), ("1e2", .number(100)), ("-1.5E-3", -0.0015),
        ("\"\"", ""), ("\"a\\u00e9\\n\\/\"", "a\u{e9}\n/"), ("\"\\ud83d\\ude00\"", "\u{1F600}"), ("\"\u{20ac}\"", "\u{20ac}"),
        ("[]", []), ("[1, [2]]", [1, [2]]), ("{}", [:]), ("{\"b\": 1, \"a\": {\"\": null}}", ["a": ["": nil], "b": 1]),
    ]

    @Test(arguments: good) func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    static let bad: [(String, Int)] = [
        ("", 0), (" ", 1), ("nul", 0), ("1 2", 2), ("01", 1), ("-", 1), ("1.", 2), (".5", 0), ("+1", 0), ("1e", 2),
        ("1e999", 0), ("9223372036854775808", 0), ("NaN", 0), ("\"a", 0), ("\"\t\"", 1), ("\"\\x\"", 1),
        ("\"\\u12g4\"", 5), ("\"\\ud800\"", 1), ("\"\\udc00\"", 1), ("\"\\ud800\\u0041\"", 1), ("[1,]", 3), ("[1 2]", 3),
        ("[", 1), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\" 1}", 5), ("{\"a\":1,\"a\":2}", 7), ("\u{feff}1", 0), ("'a'", 0),
        ("{\"a\":1} x", 8), ("// no\n1", 0),
    ]

    @Test(arguments: bad) func refuses(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset)
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]])
    func refusesBytesThatAreNotUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
        #expect(error?.offset == 1)
    }

    @Test func saysLineAndColumn() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\n  \"a\": 1,\n  b") }
        #expect(error?.description == "line 3, column 3 (byte 14): expected a key in double quotes")
    }

    @Test func boundsDepth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
    }

    static let numbers: [(Double, String)] = [
        (0, "0"), (-0.0, "0"), (1, "1"), (-4000, "-4000"), (9_007_199_254_740_992, "9007199254740992"),
        (9_007_199_254_740_994, "9.007199254740994e15"), (1e20, "1e20"), (1.25e20, "1.25e20"), (0.1, "0.1"), (1.5, "1.5"),
        (0.0002, "0.0002"), (1e-4, "0.0001"), (5e-5, "5e-5"), (1.0 / 3, "0.3333333333333333"), (-123.456, "-123.456"),
        (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e308"), (12345678.9, "12345678.9"), (1e-5 + 1e-12, "1.0000001e-5"),
    ]

    @Test(arguments: numbers) func writesNumbers(value: Double, text: String) throws {
        #expect(JSONNumber.text(value) == text)
        #expect(try JSONValue(parsing: text).numberValue == value)
    }

    @Test func numbersSurviveTheirText() throws {
        var random = TestRandom(seed: 1)
        for _ in 0..<5000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let text = JSONNumber.text(value)
            #expect(try JSONValue(parsing: text).numberValue == value)
        }
    }

    @Test func canonicalTextIsOne() throws {
        let value = try JSONValue(parsing: "{ \"b\" : [1.0, 2.50, 1e2], \"a\" : \"x\\u0001\\\"\\u002F\", \"\u{e9}\": {}, \"B\":null}")
        let text = #"{"B":null,"a":"x\u0001\"/","b":[1,2.5,100],"é":{}}"#
        #expect(value.canonicalText == text)
        #expect(try JSONValue(parsing: text).canonicalText == text)
        #expect(try JSONValue(parsing: value.prettyText).canonicalText == text)
        #expect(value.digest == Digest.sha256(text))
        #expect(JSONValue.integer(1).digest == JSONValue.number(1).digest)
    }

    /// Keys are in the order of their UTF-8 bytes: the empty one first, a beginning before what goes on, U+FFFD before U+1F600 (whose UTF-16 units come the other way).
    @Test func keysAreInTheOrderOfTheirBytes() {
        let keys = ["", "A", "a", "aa", "a\u{301}", "b", "\u{e9}", "\u{fffd}", "\u{1f600}"]
        let value = JSONValue.object(Dictionary(uniqueKeysWithValues: keys.reversed().map { ($0, .null) }))
        #expect(value.canonicalText == "{" + keys.map { "\"\($0)\":null" }.joined(separator: ",") + "}")
    }

    @Test func prettyTextIsIndented() {
        let value: JSONValue = ["a": [1, 2], "b": [:], "c": []]
        #expect(value.prettyText == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}\n")
    }

    /// Damaged documents are rejected or parsed, but never trap.
    @Test func survivesMutation() throws {
        let text = #"{"a":[1,-2.5e-3,"x\u00e9\n",true,null],"b":{"c":"\ud83d\ude00"}}"#
        var random = TestRandom(seed: 2)
        for _ in 0..<3000 {
            var bytes = Array(text.utf8)
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...3, using: &random))
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect(try JSONValue(parsing: value.canonicalText).canonicalText == value.canonicalText)
        }
    }
}
