import Canonical
import Notebooks
import Testing
import TestSupport

@Suite("Fields of a cell")
struct CellFieldsTests {
    @Test(arguments: [
        ("", #"{}"#), ("# nothing\n\n", #"{}"#), ("study: small-polygons\nfigure: distribution", #"{"figure":"distribution","study":"small-polygons"}"#),
        ("n: 12\nx: -1.5e-3\ny: true\nz: null\nt: \"12\"\ns: 'it''s'", #"{"n":12,"s":"it's","t":"12","x":-0.0015,"y":true,"z":null}"#),
        ("models: [ns-gan, \"wgan: gp\", 3]  # two and a number\nempty: []\nnone: {}\nnested: [[1, 2], []]", #"{"empty":[],"models":["ns-gan","wgan: gp",3],"nested":[[1,2],[]],"none":{}}"#),
        ("a:\n  b: 1\n  c:\n    d: x y z\ne:\n- 1\n- two\nf:\n  - g: 1\n    h: 2\n  -\n    i: 3\n  - - 4\n    - 5", #"{"a":{"b":1,"c":{"d":"x y z"}},"e":[1,"two"],"f":[{"g":1,"h":2},{"i":3},[4,5]]}"#),
        ("url: http://x/y#z\r\ntime: 12:30\r\n\"odd: key\": a, b [c]\r\nday: 2026-11-29", #"{"day":"2026-11-29","odd: key":"a, b [c]","time":"12:30","url":"http://x/y#z"}"#),
        ("t: \"line\\nbreak \\u00e9\"", "{\"t\":\"line\\nbreak é\"}"),
    ])
    func whatIsRead(_ source: String, _ json: String) throws {
        #expect(try CellFields.value(of: source).canonicalText == json)
    }

    @Test(arguments: [
        ("figure", 1, 1, "expected a field"), ("a: 1\na: 2", 2, 1, "occurs twice"), ("a:\n", 1, 3, "has no value"), ("a: [1, 2", 1, 9, "comma or ]"), ("a: \"x", 1, 4, "not closed"),
        ("  a: 1", 1, 3, "must not be indented"), ("a: 1\n  b: 2", 2, 3, "indented more"), ("a: yes", 1, 4, "different things"), ("a: .5", 1, 4, "different things"), ("a: 0123", 1, 4, "different things"),
        ("a: &x 1", 1, 4, "needs quotation marks"), ("a: |\n  text", 1, 4, "needs quotation marks"), ("\ta: 1", 1, 1, "by tabs"), ("- a", 1, 1, "not a list"), ("a: b: c", 1, 4, "needs quotation marks"),
        ("---\na: 1", 1, 1, "expected a field"), ("a: {b: 1}", 1, 4, "braces"), ("a: \"\\x\"", 1, 5, "escapes of JSON"), ("é: \"a\" b", 1, 8, "end of the line"), ("a:\n  - 1\n - 2", 3, 2, ""), ("a:\n  -\nb: 1", 2, 3, "no value"),
        ("a: nan", 1, 4, "different things"), ("a: 1e999", 1, 4, "different things"), ("%YAML 1.2", 1, 1, "expected a field"), ("a: *b", 1, 4, "needs quotation marks"), ("a: !!str x", 1, 4, "needs quotation marks"),
    ])
    func whatIsRefusedAndWhere(_ source: String, _ line: Int, _ column: Int, _ problem: String) {
        let error = #expect(throws: NotebookError.self) { try CellFields.value(of: source) }
        #expect(error?.line == line && error?.column == column, "\(source.debugDescription): \(String(describing: error))")
        if !problem.isEmpty { #expect(error?.problem.contains(problem) == true, "\(String(describing: error))") }
    }

    @Test func nestingIsBounded() {
        let deep = (0..<3000).map { String(repeating: " ", count: min($0, 400)) + "a:" }.joined(separator: "\n")
        for source in [deep, "a: " + String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000), "a:\n" + String(repeating: "- ", count: 100_000) + "1"] {
            #expect(throws: NotebookError.self) { try CellFields.value(of: source) }
        }
    }

    static let texts = ["a", "", " ", "true", "yes", "1", "-", "- a", "a: b", "a:", "# x", "a #b", "'", "\"", "[", "a]", "é", "\u{1}", "a\nb", "2026-11-29", "nan(1)", "infinity", ".5", "~", "null", "x, y", "0x1F", "0o7", "a\u{2028}b", "\u{FEFF}", "---", "?", "@a", "`"]

    static func value(_ changes: inout ByteChanges, depth: Int) -> JSONValue {
        switch changes.below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .bool(changes.below(2) == 0)
        case 2: return .integer(Int64(changes.below(2000) - 1000))
        case 3: return .number(Double(changes.below(1000)) / 64 - 3)
        case 4, 5: return .string(texts[changes.below(texts.count)])
        case 6: return .array((0..<changes.below(4)).map { _ in value(&changes, depth: depth - 1) })
        default:
            return .object(Dictionary((0..<changes.below(4)).map { _ in (texts[changes.below(texts.count)], value(&changes, depth: depth - 1)) }) { first, _ in first })
        }
    }

    @Test func everyObjectIsWrittenAndReadBack() throws {
        var changes = ByteChanges(seed: 9)
        for _ in 0..<700 {
            let object = JSONValue.object(Dictionary(Self.texts.prefix(changes.below(12)).map { ($0, Self.value(&changes, depth: 4)) }) { first, _ in first })
            let source = CellFields.source(of: object)
            #expect(try CellFields.value(of: source).canonicalText == object.canonicalText, "\(source)")
            let other = JSONValue.object(Dictionary(Self.texts.prefix(changes.below(12)).map { ($0, Self.value(&changes, depth: 3)) }) { first, _ in first })
            let changed = CellFields.source(of: other, changing: source)
            #expect(try CellFields.value(of: changed).canonicalText == other.canonicalText, "\(source)\n->\n\(changed)")
        }
    }

    @Test func linesOfOtherFieldsStay() throws {
        let source = "# What it shows\nstudy: x   # ours\n\nmodels:\n  - a   # first\n  - b\nfigure: curves"
        let changed = CellFields.source(of: ["study": "x", "models": ["a", "b"], "figure": "table", "width": 600], changing: source)
        #expect(changed == "# What it shows\nstudy: x   # ours\n\nmodels:\n  - a   # first\n  - b\nfigure: table\nwidth: 600")
        #expect(CellFields.source(of: ["study": "x"], changing: source) == "# What it shows\nstudy: x   # ours\n")
        #expect(CellFields.source(of: ["a": 1], changing: "not fields") == "a: 1")
        #expect(CellFields.source(of: [:]).isEmpty)
    }

    @Test func noBytesTrap() {
        var changes = ByteChanges(seed: 21)
        let seed = Array("# c\na: [1, \"x\", 'y']\nb:\n  - c: 1\n    d: true\n  - e\nf: {}\n\"g\": x: y\n".utf8)
        for _ in 0..<1500 {
            let bytes = changes.change(seed, with: seed)
            guard let value = try? CellFields.value(of: String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect((try? CellFields.value(of: CellFields.source(of: value)))?.canonicalText == value.canonicalText)
        }
    }
}
