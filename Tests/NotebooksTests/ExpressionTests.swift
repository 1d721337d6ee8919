import Canonical
import Testing

@testable import Notebooks

/// The language of bound numbers: what is read, what is refused and where.
@Suite("Bound expressions")
struct ExpressionTests {
    /// What is written, and its canonical text.
    static let good: [(source: String, text: String)] = [
        (#"min(fid, model = "ns-gan", study = "small-polygons")"#, #"min(fid, study = "small-polygons", model = "ns-gan")"#),
        (#" min ( fid , study='x' ) "#, #"min(fid, study = "x")"#), (#"min(study = "x")"#, #"min(study = "x")"#), (#"min(objective, study = x)"#, #"min(study = "x")"#),
        (#"max("fid", study = [x])"#, #"max(fid, study = "x")"#), (#"max("f i d", study = ["x", y,],)"#, #"max("f i d", study = ["x", "y"])"#),
        (#"mean(kid, study = "a \"b\" \\ 'c'", setting = [0, 1e1], seed = 3)"#, #"mean(kid, study = "a \"b\" \\ 'c'", setting = [0, 10], seed = 3)"#),
        (#"sd(fid, study = "x", outliers = included, digits = 3)"#, #"sd(fid, study = "x", outliers = included, digits = 3)"#),
        (#"median(fid, study = "x", where = "hyperparameters.beta1 = 0.5 and model = 'wgan'")"#, #"median(fid, study = "x", where = "hyperparameters.beta1 = 0.5 and model = 'wgan'")"#),
        (#"iqm(fid, study = "x", interval = true)"#, #"iqm(fid, study = "x", interval = true)"#),
        (#"best(fid, study = "x", hyperparameter = beta1)"#, #"best(fid, study = "x", hyperparameter = "beta1")"#),
        (#"best(study = "x", show = run)"#, #"best(study = "x", show = run)"#),
        (#"best(fid, study = "x", unit = runs, budget = 10)"#, #"best(fid, study = "x", budget = 10, unit = runs)"#),
        (#"difference(fid, "wgan-gp", ns-gan, study = "x")"#, #"difference(fid, "wgan-gp", "ns-gan", study = "x")"#),
        (#"difference(objective, a, b, study = "x")"#, #"difference(objective, "a", "b", study = "x")"#),
        (#"improvement(fid, a, b, run = ["5f0c2a9d1b3e-1", "5f0c2a9d1b3e-2"])"#, #"improvement(fid, "a", "b", run = ["5f0c2a9d1b3e-1", "5f0c2a9d1b3e-2"])"#),
        (#"count(study = "x", outcome = [diverged, done])"#, #"count(study = "x", outcome = [done, diverged])"#), (#"count(fid, study = "x")"#, #"count(fid, study = "x")"#),
        (#"failed(study = "x", percent = true)"#, #"failed(study = "x", percent = true)"#),
        ("min(fid,\n\tstudy = \"é ∑ 🦊\")", #"min(fid, study = "é ∑ 🦊")"#),
    ]

    @Test func whatIsWrittenHasOneCanonicalText() throws {
        for (source, text) in Self.good {
            let expression = try ParsedExpression(parsing: source)
            #expect(expression.text == text)
            #expect(try ParsedExpression(parsing: text) == expression && ParsedExpression(parsing: text).text == text)
        }
        #expect(Set(Self.good.map { try? ParsedExpression(parsing: $0.source) }).count == Self.good.count - 1, "two of these mean the same")
    }

    /// What is refused, in which column, with which words.
    static let bad: [(source: String, column: Int?, words: String)] = [
        ("", 1, "expected a function"), ("7", 1, "expected a function"), ("min", 4, #""(" after the function"#), ("min(", 5, "expected a value"), ("min(fid", 8, #"expected "," or ")""#),
        ("mn(fid, study = x)", 1, "did you mean min?"), ("min(fid, study = x) more", 21, "expected the end of the expression"), ("min(fid study = x)", 9, #"expected "," or ")""#),
        ("min(fid, stuby = x)", 10, "did you mean study?"), ("min(fid, budget = 3, study = x)", 10, "is not a known argument of min"), ("min(fid, study = x, study = y)", 21, "given twice"),
        ("min(fid)", nil, "add study"), ("min()", nil, "add study"), ("min(study = x, fid)", 16, "before the named ones"), ("min(fid, kid, study = x)", 10, "takes one metric"),
        ("min(7, study = x)", 5, "expected a metric"), ("min([fid], study = x, seed = [])", 30, "the list is empty"), ("min([fid, kid], study = x)", 5, "expected a metric"),
        ("min(fid, study = [x, [y]])", 22, "expected a value"), ("min(fid, study = min(fid))", 21, #"expected "," or ")""#), ("min(fid, study = [x, x])", 22, "duplicate"),
        ("min(fid, study = 5f0c)", 18, "belongs in quotes"), ("min(fid, study = \"5f0c)", 18, "no closing quote"), (#"min(fid, study = "a|b")"#, 20, "Markdown"), (#"min(fid, study = "a}b")"#, 20, "Markdown"),
        ("min(fid | kid, study = x)", 9, "unexpected character"), ("min(fid, study = \"a\nb\")", 20, "Markdown"), (#"min(fid, study = "a\n")"#, 20, "backslash"), (#"min(fid, study = "")"#, 18, "study must be"),
        ("min(fid, study = 7)", 18, "study must be text"), ("min(fid, study = x, seed = -1)", 28, "0...2147483647"), ("min(fid, study = x, seed = 1.5)", 28, "0...2147483647"),
        ("min(fid, study = x, seed = 1e999)", 28, "not a number"), ("min(fid, study = x, seed = 99999999999999999999)", 28, "not a number"), ("min(fid, study = x, seed = 01)", 28, "not a number"),
        ("min(fid, study = x, digits = 16)", 30, "1...15"), ("min(fid, study = x, digits = [1, 2])", 30, "digits must be"), ("min(fid, study = x, selection = last)", 33, "known are best, final"),
        ("min(fid, study = x, percent = yes)", 31, "known are true, false"), ("failed(fid, study = x)", 8, "only named arguments"), ("failed(study = x, outcome = lost)", 29, "known are done"),
        ("difference(fid, a, study = x)", nil, "a metric and two models"), ("difference(fid, a, a, study = x)", 17, "two different models"), ("difference(fid, a, b, c, study = x)", 23, "a metric and two models"),
        ("best(fid, study = x, show = run, hyperparameter = y)", 34, "exclude each other"), ("best(fid, study = x, budget = 2, show = run)", 22, "exclude each other"),
        ("best(fid, study = x, unit = runs)", 22, "needs budget"), ("best(fid, study = x, show = run, digits = 2)", 34, "no effect"), ("best(fid, study = x, budget = 0)", 31, "1...2000"),
        ("min(\u{0}, study = x)", 5, "unexpected character"), ("min(fíd, study = x)", 6, "unexpected character"), ("min(fid, = x)", 10, "expected a value"), ("min(fid, study x)", 16, #"expected "," or ")""#),
    ]

    /// A mark behind a quote makes one character of both, and the quote must be escaped all the same.
    @Test func textsWithCombiningMarksHaveOneToo() throws {
        for text in ["a \\\"\u{611} b", "\u{301}", "\\\\\u{301}", "'\u{654}"] {
            let canonical = try ParsedExpression(parsing: "mean(fid, study = \"\(text)\")").text
            #expect(try ParsedExpression(parsing: canonical).text == canonical)
            #expect(canonical.unicodeScalars.elementsEqual("mean(fid, study = \"\(text)\")".unicodeScalars), "\(canonical)")
        }
    }

    @Test func whatIsRefusedIsNamedWithItsColumn() {
        for (source, column, words) in Self.bad {
            let error = #expect(throws: ExpressionError.self, "\(source)") { _ = try ParsedExpression(parsing: source) }
            #expect(error?.column == column && error?.problem.contains(words) == true, "\(source): \(error?.description ?? "")")
        }
    }

    @Test func limits() {
        let long = "min(fid, study = \"\(String(repeating: "a", count: 2000))\")"
        #expect(throws: ExpressionError.self) { _ = try ParsedExpression(parsing: long) }
        let many = "min(fid, study = x, seed = [\((0..<65).map(String.init).joined(separator: ", "))])"
        #expect(throws: ExpressionError.self) { _ = try ParsedExpression(parsing: many) }
        let nested = String(repeating: "[", count: 1900)
        #expect(throws: ExpressionError.self) { _ = try ParsedExpression(parsing: "min(" + nested) }
    }

    @Test func json() throws {
        let one = try ParsedExpression(parsing: #"difference(fid, a, b, study = "x", setting = 1, interval = false, digits = 2)"#)
        #expect(
            one.json.canonicalText
                == #"{"digits":[2],"function":"difference","interval":false,"metric":"fid","pair":["a","b"],"setting":[1],"study":["x"]}"#)
    }

    @Test func theGrammarIsConsistent() {
        #expect(Set(ExpressionGrammar.functions.map(\.name)).count == ExpressionGrammar.functions.count)
        #expect(Set(ExpressionGrammar.arguments.map(\.name)).count == ExpressionGrammar.arguments.count)
        let order = ExpressionGrammar.arguments.map(\.name)
        for function in ExpressionGrammar.functions {
            #expect(function.arguments == order.filter(function.arguments.contains), "\(function.name): every argument is known, in canonical order")
        }
        #expect(order.allSatisfy { name in ExpressionGrammar.functions.contains { $0.arguments.contains(name) } })
    }
}
