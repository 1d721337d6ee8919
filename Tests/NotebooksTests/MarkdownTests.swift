import Foundation
import Notebooks
import Testing

@Suite("Markdown of text cells")
struct MarkdownTests {
    private static let cell = CellID("intro")!

    private func render(_ source: String, value: (BoundExpression) -> RenderedValue = { RenderedValue("<\($0.source)>") }) throws -> RenderedText {
        try MarkdownRenderer().render(source, cell: Self.cell, value: value)
    }

    private func html(_ source: String) throws -> String { try render(source).html }

    // MARK: GitHub Markdown

    @Test(arguments: [
        ("*a* **b** ~~c~~ `d<`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code></p>\n"),
        ("a  \nb\nc", "<p>a<br>\nb\nc</p>\n"),
        ("> a\n\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>\n"),
        ("- a\n- b\n  1. c", "<ul>\n<li>a</li>\n<li>b<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>\n"),
        ("3. a\n\n4. b", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"),
        ("```python x\na < b\n```", "<pre><code class=\"language-python\">a &lt; b\n</code></pre>\n"),
        ("    $a$ {{ b }}", "<pre><code>$a$ {{ b }}\n</code></pre>\n"),
        ("&copy;&#65;&#x41;&colon;&nosuch;&#0;", "<p>©AA:&amp;nosuch;\u{FFFD}</p>\n"),
        ("\\*a\\* 1 < 2 & \"b\" 'c'", "<p>*a* 1 &lt; 2 &amp; &quot;b&quot; &#39;c&#39;</p>\n"),
        ("a\u{0}b\u{1}c", "<p>a\u{FFFD}b\u{FFFD}c</p>\n"),
        ("", ""),
    ])
    func blocksAndSpans(_ source: String, _ expected: String) throws {
        #expect(try html(source) == expected)
    }

    @Test func aTable() throws {
        let source = "| model | FID |\n|:--|--:|\n| `ns-gan` | $p(x|y)$ |\n| {{ best(\"a|b\") }} | \\| |\n"
        let rendered = try render(source)
        #expect(
            rendered.html.replacing(#/<math>.*?</math>/#, with: "MATH")
                == """
                <div class="table-scroll"><table>
                <thead>
                <tr><th scope="col" class="align-left">model</th><th scope="col" class="align-right">FID</th></tr>
                </thead>
                <tbody>
                <tr><td class="align-left"><code>ns-gan</code></td><td class="align-right"><span class="formula">MATH</span></td></tr>
                <tr><td class="align-left"><span class="bound" data-expression="0">&lt;best(&quot;a|b&quot;)&gt;</span></td><td class="align-right">|</td></tr>
                </tbody>
                </table></div>

                """)
        #expect(rendered.text == "model\tFID\t\nns-gan\tp(x|y)\t\n<best(\"a|b\")>\t|")
    }

    @Test func tasksKnowTheirPlaceInTheSource() throws {
        let source = "# {{ a }} é\n\n- [ ] $x$ one\n- [x] two\n"
        let rendered = try render(source)
        #expect(rendered.html.contains("<li class=\"task\"><input type=\"checkbox\" disabled data-task=\"1\" checked> two</li>"))
        #expect(rendered.tasks.map(\.isDone) == [false, true])
        #expect(rendered.tasks.map { Array(source.utf8)[$0.offset] } == [UInt8(ascii: " "), UInt8(ascii: "x")])
    }

    @Test func headingsHaveIDsOfTheirCell() throws {
        let rendered = try render("# A title\n\nA title\n=======\n\n## `code` & $x^2$: {{ n }} é\n\n#\n\n[up](#a-title-1) [away](#elsewhere)\n")
        #expect(rendered.headings.map(\.id) == ["intro-a-title", "intro-a-title-1", "intro-code----é", "intro-section"])
        #expect(rendered.headings.map(\.text) == ["A title", "A title", "code & x^2: <n> é", ""])
        #expect(rendered.headings.map(\.level) == [1, 1, 2, 1])
        #expect(rendered.html.hasPrefix("<h1 id=\"intro-a-title\">A title</h1>\n<h1 id=\"intro-a-title-1\">"))
        #expect(rendered.html.contains("<a href=\"#intro-a-title-1\">up</a> <a href=\"#elsewhere\">away</a>"))
    }

    // MARK: Lifting

    /// The formulas and expressions of a source: `$…$`, `$$…$$`, `{{…}}`.
    private func lifted(_ source: String) throws -> [String] {
        let rendered = try render(source)
        let formulas = rendered.formulas.map { $0.isDisplay ? "$$\($0.source)$$" : "$\($0.source)$" }
        let expressions = rendered.expressions.map(\.expression)
        for expression in expressions {
            let slice = String(decoding: Array(source.utf8)[expression.range], as: UTF8.self)
            #expect(slice.hasPrefix("{{") && slice.hasSuffix("}}") && slice.contains(expression.source), "\(slice)")
        }
        #expect(try MarkdownRenderer().expressions(in: source) == expressions)
        return formulas + expressions.map { "{{\($0.source)}}" }
    }

    @Test(arguments: [
        ("$a*b*c$ and $_x_$", ["$a*b*c$", "$_x_$"]),
        ("$`a|b`$ $$c$$", ["$a|b$", "$$c$$"]),
        ("$$\na\n- b\n= c\n\\\\ d\n$$", ["$$a\n- b\n= c\n\\\\ d$$"]),
        ("> $$\n> a\n> > b\n> $$", ["$$a\n> b$$"]),
        ("- item\n  $$\n  x\n  $$", ["$$x$$"]),
        ("```math\n\\frac{a}{b}\n```", ["$$\\frac{a}{b}$$"]),
        ("**$x$** _{{ a }}_ [$y$](/runs) ~~$z$~~", ["$x$", "$y$", "$z$", "{{a}}"]),
        ("{{ min(fid, study = \"a}}b\") }}", ["{{min(fid, study = \"a}}b\")}}"]),
        ("{{a}}{{b}}", ["{{a}}", "{{b}}"]),
        ("{{ a\n b }}", ["{{a\n b}}"]),
        ("$x_{{a}}^{{b}}$", ["$x_{{a}}^{{b}}$"]),
        ("é $x$ 中$y$中", ["$x$", "$y$"]),
        ("$a\\$b$", ["$a\\$b$"]),
        ("line $a\n+b$ end", ["$a\n+b$"]),
    ])
    func areLifted(_ source: String, _ expected: [String]) throws {
        #expect(try lifted(source) == expected)
    }

    @Test(arguments: [
        "$5 and $6", "costs $5, then $6.", "$ a$", "$a $", "a$b$", "$a$b", "US$ and A$", "$$$a$$$", "$", "$$", "$$ $$", "\\$a$", "\\$a\\$", "`$a$`", "``{{ a }} ` $b$``",
        "\\{{ a }}", "{{ }}", "{{ a", "{{ a }", "{ { a } }", "{{ a { b }}", "```\n$a$ {{ b }}\n```", "~~~~\n{{ a }}\n~~~\n$b$\n~~~~", "    {{ a }}", "> ```\n> $a$\n> ```",
        "- ```\n  $a$\n  ```", "<!-- $a$ {{ b }} -->", "a <!-- {{ b }} --> c", "<div>\n{{ a }} $b$\n</div>", "- $a\n- b$", "$a\n\nb$", "{{ a\n\nb }}", "| $a |\n| b$ |", "$a\n# b$",
        "$a`b$", "<https://a.b/$c$>", "{{ \"a }}",
    ])
    func areNotLifted(_ source: String) throws {
        #expect(try lifted(source) == [])
    }

    /// What is not lifted is shown as it is written.
    @Test(arguments: [
        ("$5 and $6", "<p>$5 and $6</p>\n"), ("\\{{ a }} \\$b$", "<p>{{ a }} $b$</p>\n"), ("`{{ a }} $b$`", "<p><code>{{ a }} $b$</code></p>\n"),
        ("    a\n\n    $b$", "<pre><code>a\n\n$b$\n</code></pre>\n"), ("[x](/a?b=$c$)", "<p><a href=\"/a?b=$c$\">x</a></p>\n"),
        ("[x](/a \"$c$ {{ d }}\")", "<p><a href=\"/a\" title=\"$c$ {{ d }}\">x</a></p>\n"), ("``` $a$\nb\n```", "<pre><code>b\n</code></pre>\n"),
    ])
    func isShownAsWritten(_ source: String, _ expected: String) throws {
        #expect(try html(source) == expected)
    }

    @Test func codeEndsWhereItsBlockEnds() throws {
        // A fence that its quote or its list ends is no fence for what follows.
        #expect(try lifted("> ```\n> $a$\n\n{{ b }}") == ["{{b}}"])
        #expect(try lifted("- ```\n  $a$\n\n{{ b }} ```` {{ c }}") == ["{{b}}", "{{c}}"])
        #expect(try lifted("```\r\n$a$\r\n```\r\n{{ b }}\r\n") == ["{{b}}"])
    }

    /// The characters of tokens, typed or written as entities, are no tokens.
    @Test func noTokenIsForged() throws {
        let (open, close) = (String(Character(Unicode.Scalar(UInt32(0xFDD0))!)), String(Character(Unicode.Scalar(UInt32(0xFDD1))!)))
        let rendered = try render("{{ a }} \(open)0\(close) &#xFDD0;0&#xFDD1; &#64976;0&#64977; [b](/\(open)0\(close) \"&#xFDD0;0&#xFDD1;\") `\(open)0\(close)`")
        #expect(rendered.expressions.count == 1)
        #expect(rendered.html.components(separatedBy: "class=\"bound\"").count == 2)
        #expect(rendered.html.contains("\u{FFFD}0\u{FFFD}"))
        #expect(rendered.html.contains("href=\"/%EF%BF%BD0%EF%BF%BD\""))
        #expect(!rendered.html.unicodeScalars.contains { (0xFDD0...0xFDEF).contains($0.value) })
    }

    /// Punctuation stays on the line of the formula before it.
    @Test func punctuationStaysWithItsFormula() throws {
        let rendered = try render("$x$), $y$ z $z$.")
        #expect(
            rendered.html.replacing(#/<math>.*?</math>/#, with: "M")
                == "<p><span class=\"unbroken\"><span class=\"formula\">M</span>),</span> <span class=\"formula\">M</span> z <span class=\"unbroken\"><span class=\"formula\">M</span>.</span></p>\n")
        #expect(rendered.text == "x), y z z.")
    }

    // MARK: Expressions

    @Test func valuesAreEscapedAndLinked() throws {
        let source = "{{ a }} {{ b }} [{{ c }}](/x) {{ d }}"
        let rendered = try render(source) { expression in
            switch expression.source {
            case "a": RenderedValue("12.3 <b>", title: "n = 3 \"runs\"", link: "/runs?q=a&b")
            case "b": RenderedValue("no such metric", isError: true)
            case "c": RenderedValue("5", link: "/elsewhere")
            default: RenderedValue("6", link: "javascript:alert(1)")
            }
        }
        #expect(
            rendered.html
                == "<p><a class=\"bound\" href=\"/runs?q=a&amp;b\" title=\"n = 3 &quot;runs&quot;\" data-expression=\"0\">12.3 &lt;b&gt;</a> "
                + "<span class=\"bound bound-error\" data-expression=\"1\">no such metric</span> <a href=\"/x\"><span class=\"bound\" data-expression=\"2\">5</span></a> "
                + "<span class=\"bound\" data-expression=\"3\">6</span></p>\n")
        #expect(rendered.expressions.map(\.value.text) == ["12.3 <b>", "no such metric", "5", "6"])
        #expect(rendered.text == "12.3 <b> no such metric 5 6")
    }

    // MARK: Addresses and HTML

    @Test(arguments: [
        ("[a](https://a.b/c?d=e&f \"t\")", "<a href=\"https://a.b/c?d=e&amp;f\" title=\"t\" rel=\"noreferrer noopener\">a</a>"),
        ("<https://a.b>", "<a href=\"https://a.b\" rel=\"noreferrer noopener\">https://a.b</a>"),
        ("https://a.b/c", "<a href=\"https://a.b/c\" rel=\"noreferrer noopener\">https://a.b/c</a>"),
        ("www.a.b", "<a href=\"http://www.a.b\" rel=\"noreferrer noopener\">www.a.b</a>"),
        ("a@b.cd", "<a href=\"mailto:a@b.cd\" rel=\"noreferrer noopener\">a@b.cd</a>"),
        ("[a](/runs?q=x#y)", "<a href=\"/runs?q=x#y\">a</a>"), ("[a](<HTTP://a.b/é f>)", "<a href=\"HTTP://a.b/%C3%A9%20f\" rel=\"noreferrer noopener\">a</a>"),
        ("[a](/\\\\host)", "<a href=\"/%5Chost\">a</a>"),
    ])
    func anAllowedLink(_ source: String, _ expected: String) throws {
        #expect(try html(source) == "<p>\(expected)</p>\n")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)", "&#1;javascript:alert(1)", "vbscript:a", "data:text/html,<script>alert(1)</script>", "data:image/png;base64,AAAA", "file:///etc/passwd",
        "blob:https://a.b/c", "ftp://a.b", "//host/a", "relative", "?q", "http:a", "https:/a", "http://", "https:///a", "mailto:", "about:blank", "x", "", "jar:https://a.b!/c",
        "\\\\\\\\host", "&sol;&sol;host", "http&colon;", "view-source:https://a.b",
    ])
    func aRefusedLink(_ address: String) throws {
        let rendered = try render("[words](<\(address)>)")
        #expect(rendered.links == [])
        #expect(!rendered.html.contains("<a") && !rendered.html.contains("href") && rendered.html.contains("words"), "\(rendered.html)")
    }

    @Test(arguments: [
        ("![a *b*](/api/v1/x.png \"t\")", "<img src=\"/api/v1/x.png\" alt=\"a b\" title=\"t\" loading=\"lazy\" decoding=\"async\">"),
        ("![a](data:image/png;base64,AA+/=)", "<img src=\"data:image/png;base64,AA+/=\" alt=\"a\" loading=\"lazy\" decoding=\"async\">"),
        ("![a](https://t.co/p.png)", "<a href=\"https://t.co/p.png\" rel=\"noreferrer noopener\">a (https://t.co/p.png)</a>"),
        ("[![a](https://t.co/p.png)](/x)", "<a href=\"/x\">a (https://t.co/p.png)</a>"),
        ("![a ![b](/c) `$d$`](/e)", "<img src=\"/e\" alt=\"a b $d$\" loading=\"lazy\" decoding=\"async\">"),
    ])
    func aPicture(_ source: String, _ expected: String) throws {
        #expect(try html(source) == "<p>\(expected)</p>\n")
    }

    @Test(arguments: [
        "data:image/svg+xml;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,AA\" onerror=\"a", "DATA:image/png;base64,AA", "//host/a.png", "javascript:alert(1)", "a.png", "",
        "data:text/html;base64,AAAA", "data:image/png;charset=x;base64,AA",
    ])
    func aRefusedPicture(_ address: String) throws {
        let html = try html("![words](<\(address)>)")
        #expect(!html.contains("<img") && !html.contains("src=") && !html.contains("href") && html.contains("words"), "\(html)")
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", "<pre class=\"html-source\"><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>\n"),
        ("a <b onclick=\"x\">c</b>", "<p>a <code class=\"html-source\">&lt;b onclick=&quot;x&quot;&gt;</code>c<code class=\"html-source\">&lt;/b&gt;</code></p>\n"),
        ("a<br>b<br/>c<BR />d", "<p>a<br>\nb<br>\nc<br>\nd</p>\n"), ("<!-- a -->\n\nb <!-- c --> d", "<p>b  d</p>\n"),
        ("<!-- a --><img src=x onerror=alert(1)>", "<pre class=\"html-source\"><code>&lt;img src=x onerror=alert(1)&gt;</code></pre>\n"),
        ("<!-- never ended\nb", "<pre class=\"html-source\"><code>&lt;!-- never ended\nb</code></pre>\n"),
    ])
    func htmlIsShown(_ source: String, _ expected: String) throws {
        #expect(try html(source) == expected)
    }

    // MARK: Plain text

    @Test func plainText() throws {
        let source = "# Title\n\nOne *two*\n`three` [four](/x) {{ n }}.\n\n- a\n  1. b\n- [x] c\n\n> q\n\n```\ncode\n```\n\n$$x^2$$\n"
        #expect(
            try MarkdownRenderer().plainText(source)
                == "Title\n\nOne two\nthree four {{ n }}.\n\n- a\n  1. b\n- [x] c\n\nq\n\ncode\n\nx^2")
    }
}
