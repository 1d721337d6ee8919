import Foundation
import Notebooks
import TestSupport
import Testing

@Suite("Formulas")
struct FormulaTests {
    /// The MathML of a formula without the `math` element around it and without the source beside it.
    private static func drawn(_ source: String, isDisplay: Bool = false) throws(FormulaError) -> String {
        let mathML = try Formula(source, isDisplay: isDisplay).mathML()
        return mathML.replacing(#/^<math(?: display="block")?><semantics>/#, with: "").replacing(#/(?s)<annotation.*/#, with: "")
    }

    /// What every line of the table means: `display`, TeX and MathML, divided by tabs.
    private static func table() throws -> [(isDisplay: Bool, source: String, mathML: String)] {
        try Fixtures.text("formulas/formulas.tsv").split(separator: "\n").map { line in
            let columns = line.split(separator: "\t").map(String.init)
            return (columns[0] == "display", columns[1], columns[2])
        }
    }

    @Test func theTable() throws {
        let table = try Self.table()
        #expect(table.count >= 300 && Set(table.map(\.source)).count >= 150)
        for (isDisplay, source, mathML) in table { #expect(try Self.drawn(source, isDisplay: isDisplay) == mathML, "\(source)") }
    }

    /// An XML parser of another house reads every formula of the table, and its text is what the table shows.
    @Test func anXMLParserReadsEveryFormula() throws {
        let folder = try TemporaryFolder("formulas")
        let formulas = try Self.table().map { try Formula($0.source, isDisplay: $0.isDisplay).mathML() }
        let file = try folder.write(Array("<all>\(formulas.joined())</all>".utf8), as: "formulas.xml")
        let script = """
            import sys, xml.etree.ElementTree as T
            root = T.parse(sys.argv[1]).getroot()
            counts = {'mfrac': 2, 'msub': 2, 'msup': 2, 'msubsup': 3, 'munder': 2, 'mover': 2, 'munderover': 3, 'mroot': 2, 'semantics': 2}
            for e in root.iter():
                assert e.tag not in counts or len(e) == counts[e.tag], T.tostring(e)
                assert e.tag in ('all', 'mi', 'mn', 'mo', 'annotation') or not (e.text or '').strip(), T.tostring(e)
            print(len(root))
            """
        let outcome = try Tool.python(script, [file])
        #expect(outcome.status == 0 && outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(formulas.count)", "\(outcome.output)")
    }

    @Test func theWholeElement() throws {
        #expect(
            try Formula("a<b", isDisplay: true).mathML()
                == "<math display=\"block\"><semantics><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow><annotation encoding=\"application/x-tex\">a&lt;b</annotation></semantics></math>")
        #expect(try Formula("x", isDisplay: false).mathML().hasPrefix("<math><semantics><mrow><mi>x</mi></mrow>"))
    }

    /// Written by hand.
    @Test(arguments: [
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"), ("f'", "<mrow><mi>f</mi><mo lspace=\"0\" rspace=\"0\">′</mo></mrow>"),
        ("-1", "<mo form=\"prefix\">−</mo><mn>1</mn>"), ("a-1", "<mi>a</mi><mo>−</mo><mn>1</mn>"), ("a=-1", "<mi>a</mi><mo>=</mo><mo form=\"prefix\">−</mo><mn>1</mn>"),
        ("\\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"), ("x_12", "<msub><mi>x</mi><mn>1</mn></msub><mn>2</mn>"), ("1.5", "<mn>1.5</mn>"), ("1.", "<mn>1</mn><mi mathvariant=\"normal\">.</mi>"),
        ("\\mathbf{x}", "<mi>𝐱</mi>"), ("\\mathbb{R}", "<mi>ℝ</mi>"), ("\\mathcal{L}", "<mi>ℒ</mi>"), ("\\mathcal{N}", "<mi>𝒩</mi>"), ("\\boldsymbol{\\theta}", "<mi>𝜽</mi>"),
        ("\\mathrm{KL}", "<mi>KL</mi>"), ("\\mathrm{d}", "<mi mathvariant=\"normal\">d</mi>"), ("\\Gamma", "<mi mathvariant=\"normal\">Γ</mi>"), ("\\gamma", "<mi>γ</mi>"),
        ("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"), ("\\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"), ("\\text{if $x$ }", "<mrow><mi>if\u{A0}</mi><mi>x</mi><mi mathvariant=\"normal\">\u{A0}</mi></mrow>"),
        ("\\log x", "<mi>log</mi><mspace width=\"0.1667em\"/><mi>x</mi>"), ("\\log(x)", "<mi>log</mi><mo stretchy=\"false\" form=\"prefix\">(</mo><mi>x</mi><mo stretchy=\"false\" form=\"postfix\">)</mo>"),
        ("\\hat{x}", "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">ˆ</mo></mover>"), ("\\mathbf{1.5}", "<mn>𝟏.𝟓</mn>"), ("{\\bf x} y", "<mi>𝐱</mi><mi>y</mi>"),
        ("{a \\over b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"), ("\\not\\in", "<mo>∉</mo>"), ("\\; % comment\n x", "<mspace width=\"0.2778em\"/><mi>x</mi>"),
    ])
    func exactly(_ source: String, _ expected: String) throws {
        #expect(try Self.drawn(source) == "<mrow>\(expected)</mrow>")
    }

    /// Limits stand above and below in display style, beside within a line, and where the author says.
    @Test(arguments: [
        ("\\sum_i", false, "<msub><mo>∑</mo><mi>i</mi></msub>"), ("\\sum_i", true, "<munder><mo>∑</mo><mi>i</mi></munder>"), ("\\int_i", true, "<msub><mo>∫</mo><mi>i</mi></msub>"),
        ("\\sum\\limits_i", false, "<munder><mo movablelimits=\"false\">∑</mo><mi>i</mi></munder>"), ("\\sum\\nolimits_i", true, "<msub><mo>∑</mo><mi>i</mi></msub>"),
        ("\\max_i", true, "<munder><mi>max</mi><mi>i</mi></munder>"), ("\\max_i", false, "<msub><mi>max</mi><mi>i</mi></msub>"), ("\\log_i", true, "<msub><mi>log</mi><mi>i</mi></msub>"),
        ("\\frac{\\sum_i}{x}", true, "<mfrac><msub><mo>∑</mo><mi>i</mi></msub><mi>x</mi></mfrac>"),
    ])
    func limits(_ source: String, _ isDisplay: Bool, _ expected: String) throws {
        #expect(try Self.drawn(source, isDisplay: isDisplay) == "<mrow>\(expected)</mrow>")
    }

    @Test(arguments: [
        ("\\newcommand{\\a}{b}", "\\newcommand is not supported"), ("\\href{javascript:alert(1)}{x}", "\\href is not supported"), ("\\begin{tikzcd}\\end{tikzcd}", "the environment tikzcd is not supported"),
        ("{x", "a brace is not closed"), ("x}", "a closing brace has no opening one"), ("\\frac{a}", "an argument is missing"), ("x^", "an argument is missing"), ("x^1^2", "two superscripts"),
        ("x_1_2", "two subscripts"), ("a & b", "an & stands outside"), ("\\left( x", "\\left has no \\right"), ("\\right)", "\\right has no \\left"), ("\\left x \\right)", "\\left needs a delimiter"),
        ("\\begin{cases} a", "has no \\end"), ("\\begin{cases}\\end{matrix}", "\\begin{cases} ends with \\end{matrix}"), ("\\end{cases}", "\\end has no \\begin"), ("\\middle|", "\\middle stands outside"),
        ("\\begin{array}{xx}\\end{array}", "the column x of an array"), ("\\text{\\foo}", "a command within \\text"), ("\\hspace{3miles}", "\\hspace{3miles}"), ("\\", "a backslash stands at the end"),
        ("x#", "must be written \\#"), ("\\not x", "\\not before this symbol"), ("\\text{$x}", "a dollar sign within \\text is not closed"), ("\\sqrt[3", "a square bracket is not closed"),
        ("\\text", "needs an argument in braces"), ("\u{1}", "a control character"), ("x'''''", "more than four primes"), ("x^2'", "a prime stands after"), ("\\hspace{1e99em}", "\\hspace{1e99em}"),
    ])
    func isShownAsSource(_ source: String, _ reason: String) throws {
        guard case .failure(let error) = Formula(source, isDisplay: true).drawn else {
            Issue.record("\(source) is drawn")
            return
        }
        #expect(error.description.contains(reason), "\(error)")
        let rendered = try MarkdownRenderer().render("$`\(source)`$", cell: CellID("c")!) { $0.asWritten }
        if source != "\\", source != "\u{1}" { #expect(rendered.html.contains("<code class=\"formula-source\" title=\""), "\(rendered.html)") }
    }

    @Test func limitsAreNamed() {
        func failure(_ source: String) -> FormulaError? { if case .failure(let error) = Formula(source, isDisplay: false).drawn { error } else { nil } }
        #expect(failure(String(repeating: "x", count: 10_001)) == .tooLong(characters: 10_001))
        #expect(failure(String(repeating: "x", count: 4_001)) == .tooManyParts)
        #expect(failure(String(repeating: "{", count: 40) + String(repeating: "}", count: 40)) == .tooDeep)
        #expect(failure(String(repeating: "\\frac", count: 40)) == .tooDeep)
        #expect(failure(String(repeating: "{", count: 30) + "x" + String(repeating: "}", count: 30)) == nil)
        #expect(failure(String(repeating: "x", count: 4_000)) == nil)
    }

    /// Every command of the tables is drawn, alone or with an argument, and has a character of one width.
    @Test func everyCommandIsDrawn() throws {
        for name in TeXCommands.all {
            let sources = ["\\\(name) x", "\\\(name){x}", "\\\(name){x}{y}", "\\left\\\(name) x \\right."]
            #expect(sources.contains { (try? Formula($0, isDisplay: false).mathML()) != nil }, "\(name)")
        }
        #expect(TeXCommands.all.count > 400)
    }
}
