/// Texts of notebooks that are made to harm: scripts, foreign addresses, deep nesting, and what makes parsers slow.
public enum HostileMarkdown {
    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// Sources by name.
    public static let sources: [String: String] = {
        var sources: [String: String] = [:]
        sources["script"] = "<script>alert(1)</script>"
        sources["inline script"] = "a <script>alert(1)</script> b"
        sources["onerror"] = "<img src=x onerror=alert(1)>"
        sources["inline onerror"] = "a <img src=x onerror=alert(1)>"
        sources["svg"] = "<svg onload=alert(1)><script>alert(1)</script></svg>"
        sources["style"] = "<style>*{display:none}</style>"
        sources["iframe"] = "<iframe srcdoc='<script>alert(1)</script>'></iframe>"
        sources["math handler"] = "<math><mi onclick=alert(1) xlink:href='javascript:alert(1)'>x</mi></math>"
        sources["form"] = "<form action=/api/v1/account><button>x</button></form>"
        sources["base"] = "<base href=//evil.example/>"
        sources["meta"] = "<meta http-equiv=refresh content='0;url=//evil.example'>"
        sources["link"] = "<link rel=stylesheet href=//evil.example/a.css>"
        sources["comment"] = "<!--><script>alert(1)</script>-->"
        sources["comment end"] = "a <!-- b --!><script>alert(1)</script> -->"
        sources["CDATA"] = "<![CDATA[<script>alert(1)</script>]]>"
        sources["doctype"] = "<!DOCTYPE html>"
        sources["javascript"] = "[a](javascript:alert(1)) ![a](javascript:alert(1))"
        sources["entities"] = "[a](javascript&colon;alert(1)) [b](&#106;&#97;vascript:alert(1)) [c](java&Tab;script:alert(1))"
        sources["entities without an end"] = "[a](javascript&#58alert(1)) [b](&#0000106avascript:alert(1))"
        sources["data"] = "[a](data:text/html;base64,PHNjcmlwdD4=) ![a](data:image/svg+xml;base64,PHN2Zz4=)"
        sources["reference"] = "[a]\n\n[a]: javascript:alert(1) \"b\""
        sources["autolink"] = "<javascript:alert(1)> <data:text/html,x>"
        sources["protocol relative"] = "[a](//evil.example) ![b](//evil.example/c.png)"
        sources["backslashes"] = "[a](/\\\\evil.example) [b](\\\\\\\\evil.example) [c](https:\\\\\\\\evil.example)"
        sources["quotes"] = "[a](https://a.b/\"onmouseover=\"alert(1)) ![\" onerror=\"alert(1)](/a.png)"
        sources["title"] = "[a](/b \"c\\\" onmouseover=\\\"alert(1)\") ![a](/b 'x\" onerror=\"alert(1)')"
        sources["language"] = "```x\"onmouseover=\"alert(1)\na\n```\n\n```</code><script>alert(1)</script>\nb\n```"
        sources["heading id"] = "# \"><img src=x onerror=alert(1)>\n\n# ' onclick='alert(1)"
        sources["formula"] = "$\\text{<script>alert(1)</script>} </math><img src=x onerror=alert(1)>$"
        sources["formula source"] = "$\\nosuch<img src=x onerror=alert(1)>\"$ $`\"><script>alert(1)</script>`$"
        sources["formula link"] = "$\\href{javascript:alert(1)}{x} \\url{x} \\includegraphics{x} \\htmlClass{a}{b}$"
        sources["annotation"] = "$x</annotation><script>alert(1)</script>$"
        sources["expression"] = "{{ <img src=x onerror=alert(1)> }} {{ \"><script>alert(1)</script> }}"
        sources["NUL"] = "a\u{0}b [c](/d\u{0}e) `f\u{0}g` $h\u{0}i$ <x\u{0}> ![j\u{0}](k\u{0})"
        sources["controls"] = String(String.UnicodeScalarView((1..<32).compactMap { Unicode.Scalar($0) })) + "\u{7F}\u{85}\u{2028}"
        sources["invalid UTF-8"] = String(decoding: [0x61, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF5, 0x5B, 0x62, 0x5D, 0xC3] as [UInt8], as: UTF8.self)
        sources["directions"] = "\u{202E}abc\u{2066} [a](/\u{202E}b)"
        sources["links by one definition"] = "[a]: /" + repeated("b", 50_000) + "\n\n" + repeated("[a] ", 12_000)
        sources["links by one short definition"] = "[a]: /" + repeated("b", 4_000) + "\n\n" + repeated("[a] ", 12_000)
        sources["definitions"] = (0..<12_000).map { "[\($0)]: /a\n" }.joined()
        sources["wide table"] = repeated("|a", 3_000) + "|\n" + repeated("|-", 3_000) + "|\n" + repeated("x\n", 3_000)
        sources["128 columns"] = repeated("|a", 128) + "|\n" + repeated("|-", 128) + "|\n" + repeated("x\n", 120_000)
        sources["brackets"] = repeated("[", 50_000)
        sources["closed brackets"] = repeated("[a](", 50_000)
        sources["pictures"] = repeated("![", 50_000)
        sources["emphases"] = repeated("*a_", 30_000)
        sources["stars"] = repeated("*", 200_000)
        sources["quotes in quotes"] = repeated("> ", 50_000) + "a"
        sources["lists in lists"] = (0..<400).map { repeated("  ", $0) + "- a\n" }.joined()
        sources["deep lists"] = repeated("- ", 50_000) + "a"
        sources["backtick runs"] = (1..<700).map { repeated("`", $0) + " " }.joined()
        sources["tags"] = repeated("<a ", 50_000)
        sources["comments"] = repeated("<!-- ", 50_000)
        sources["dollars"] = repeated("$", 250_000)
        sources["dollar words"] = repeated("$a ", 80_000)
        sources["display formulas"] = repeated("$$ ", 80_000)
        sources["ticks"] = repeated("$`", 100_000)
        sources["open expressions"] = repeated("{{", 100_000)
        sources["open strings"] = repeated("{{ \"", 60_000)
        sources["expressions"] = repeated("{{a}} ", 40_000)
        sources["formulas"] = repeated("$x$ ", 60_000)
        sources["different formulas"] = (0..<20_000).map { "$x_{\($0)}$ " }.joined()
        sources["braces"] = "$" + repeated("{", 9_000) + "$"
        sources["scripts"] = "$x" + repeated("^{x", 3_000) + repeated("}", 3_000) + "$"
        sources["fractions"] = "$" + repeated("\\frac", 1_500) + "$"
        sources["roots"] = "$" + repeated("\\sqrt", 1_500) + "$"
        sources["lefts"] = "$" + repeated("\\left(", 1_500) + "$"
        sources["accents"] = "$" + repeated("\\hat", 2_000) + "x$"
        sources["environments"] = "$" + repeated("\\begin{matrix}", 600) + "$"
        sources["cells"] = "$\\begin{matrix}" + repeated("&", 9_000) + "\\end{matrix}$"
        sources["long formula"] = "$$" + repeated("x+", 100_000) + "$$"
        sources["texts"] = "$" + repeated("\\text{$", 1_000) + "$"
        sources["long line"] = repeated("a", 250_000)
        sources["lines"] = repeated("a\n", 120_000)
        sources["entity"] = repeated("&amp;", 50_000)
        sources["carets"] = repeated("$^$ ", 50_000)
        sources["entities unknown"] = repeated("&a;", 80_000)
        sources["headings"] = repeated("# a\n", 60_000)
        sources["rules"] = repeated("---\n\n", 50_000)
        sources["code"] = repeated("`a` ", 60_000)
        sources["addresses"] = repeated("www.a.b ", 30_000)
        sources["parentheses"] = "http://a.b/" + repeated(")", 60_000)
        sources["e-mail"] = repeated("a@", 60_000)
        sources["tildes"] = repeated("~a~~b", 40_000)
        sources["tasks"] = repeated("- [ ] a\n", 30_000)
        sources["table late"] = repeated("a\n", 60_000) + "|b|\n|-|\n"
        sources["pipes"] = "|a|\n|-|\n" + repeated("|", 200_000)
        sources["backslashes alone"] = repeated("\\", 250_000)
        sources["tabs"] = repeated("\t", 250_000)
        sources["quotes and fences"] = repeated("> ```\n", 40_000)
        sources["fences"] = repeated("```\na\n", 40_000)
        sources["data picture"] = "![a](data:image/png;base64," + repeated("A", 200_000) + ")"
        return sources
    }()
}
