/// What each command makes.
extension TeXParser {
    mutating func command(_ name: String) throws(FormulaError) -> TeXNode? {
        if let letter = TeXSymbols.letter(name) { return self.letter(letter.text, isUpright: letter.isUpright) }
        if let symbol = TeXSymbols.symbol(name) { return .symbol(symbol) }
        if let name = TeXSymbols.name(name) { return .name(name.text, takesLimits: name.takesLimits) }
        if let width = TeXSymbols.spaces[name] { return .space(width) }
        if let accent = TeXSymbols.accent(name) {
            return .accent(try argument(), accent.text, isStretchy: accent.isStretchy, isBelow: accent.isBelow)
        }
        if let node = try fraction(name) { return node }
        if let node = try text(name) { return node }
        if let node = try letters(name) { return node }
        if let node = try delimiters(name) { return node }
        if let node = try stacked(name) { return node }
        return try remaining(name)
    }

    private mutating func fraction(_ name: String) throws(FormulaError) -> TeXNode? {
        let kind: TeXNode.FractionKind
        switch name {
        case "frac", "cfrac", "nicefrac", "sfrac": kind = name == "cfrac" ? .display : .plain
        case "dfrac": kind = .display
        case "tfrac": kind = .text
        case "binom", "dbinom", "tbinom":
            let (above, below) = (try argument(isDisplay: false), try argument(isDisplay: false))
            return .fenced(open: "(", [.fraction(above, below, .lineless)], close: ")")
        case "sqrt":
            let index = try lexer.rawOption()
            let degree: TeXNode? = if let index { try parse(index) } else { nil }
            return .root(try argument(), index: degree)
        default: return nil
        }
        let (above, below) = (try argument(isDisplay: false), try argument(isDisplay: false))
        return .fraction(above, below, kind)
    }

    // MARK: Words and letters

    private mutating func text(_ name: String) throws(FormulaError) -> TeXNode? {
        switch name {
        case "text", "textrm", "textnormal", "mbox", "hbox", "textup", "textit", "emph", "textbf", "textsf", "texttt":
            let raw = try rawArgument(of: name)
            let alphabet: TeXAlphabet? = ["textbf": .bold, "textsf": .sans, "texttt": .monospace][name]
            return try words(raw, alphabet)
        case "tag", "tag*":
            let raw = try rawArgument(of: name)
            return .row([.space(2), .text("("), try words(raw, nil), .text(")")])
        case "operatorname", "operatorname*":
            guard let text = try argument().plainText, !text.isEmpty else { throw .misplaced("\\operatorname needs a name in braces") }
            return .name(text, takesLimits: name.hasSuffix("*"))
        case "mathop":
            guard let text = try argument().plainText, !text.isEmpty else { throw .unsupported("\\mathop of anything but a name") }
            return .name(text, takesLimits: true)
        default: return nil
        }
    }

    /// Words with formulas within dollar signs.
    private mutating func words(_ raw: String, _ alphabet: TeXAlphabet?) throws(FormulaError) -> TeXNode {
        var nodes: [TeXNode] = []
        var word = ""
        var scalars = raw.unicodeScalars[...]
        func flush() {
            guard !word.isEmpty else { return }
            nodes.append(.text(alphabet?.text(word) ?? word))
            word = ""
        }
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\\":
                guard let escaped = scalars.popFirst(), "%_{}&$# ,\\".unicodeScalars.contains(escaped) else { throw .unsupported("a command within \\text") }
                word += escaped == "," ? " " : String(Character(escaped))
            case "$":
                guard let end = scalars.firstIndex(of: "$") else { throw .misplaced("a dollar sign within \\text is not closed") }
                flush()
                nodes.append(try parse(String(scalars[..<end])))
                scalars = scalars[scalars.index(after: end)...]
            case "{", "}": continue
            default: word += scalar == "~" ? "\u{A0}" : String(Character(scalar))
            }
        }
        flush()
        for _ in nodes { try count() }
        return nodes.count == 1 ? nodes[0] : .row(nodes)
    }

    private mutating func letters(_ name: String) throws(FormulaError) -> TeXNode? {
        if name == "mathit" || name == "mathnormal" { return try inAlphabet(nil) }
        guard Self.switches[name] == nil, let alphabet = TeXAlphabet(command: name) else { return nil }
        return try inAlphabet(alphabet)
    }

    private mutating func inAlphabet(_ alphabet: TeXAlphabet?) throws(FormulaError) -> TeXNode {
        let before = self.alphabet
        self.alphabet = alphabet
        let node = try argument()
        self.alphabet = before
        // `\mathrm{KL}` is one word, not a product of K and L.
        if alphabet == .upright || alphabet == .sans || alphabet == .monospace || alphabet == .bold, case .row(let nodes) = node, nodes.count > 1, nodes.allSatisfy(\.isLetter) {
            return .identifier(nodes.compactMap(\.plainText).joined(), isUpright: true)
        }
        return node
    }

    // MARK: Delimiters

    private static let sizes: [String: Double] = ["big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3]

    private mutating func delimiters(_ name: String) throws(FormulaError) -> TeXNode? {
        switch name {
        case "left": return try fenced()
        case "middle": return try middle()
        default: break
        }
        let suffixes: [(String, TeXSymbol.Kind)] = [("", .ordinary), ("l", .open), ("r", .close), ("m", .relation)]
        for (suffix, kind) in suffixes where name.hasSuffix(suffix) {
            guard let size = Self.sizes[String(name.dropLast(suffix.count))] else { continue }
            return .delimiter(try delimiter(after: name), .sized(size, kind))
        }
        return nil
    }

    // MARK: One above the other

    private mutating func stacked(_ name: String) throws(FormulaError) -> TeXNode? {
        switch name {
        case "overset", "stackrel":
            let above = try argument(isDisplay: false)
            return .limits(try argument(), below: nil, above: above, isForced: !isDisplay)
        case "underset":
            let below = try argument(isDisplay: false)
            return .limits(try argument(), below: below, above: nil, isForced: !isDisplay)
        case "xrightarrow", "xleftarrow", "xmapsto", "xRightarrow", "xLeftarrow", "xleftrightarrow":
            let arrows = ["xrightarrow": "→", "xleftarrow": "←", "xmapsto": "↦", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xleftrightarrow": "↔"]
            let option = try lexer.rawOption()
            let below: TeXNode? = if let option { try parse(option) } else { nil }
            return .longArrow(arrows[name] ?? "→", below: below, above: try argument(isDisplay: false))
        case "substack":
            guard lexer.next() == .openBrace else { throw .misplaced("\\substack needs an argument in braces") }
            var lines: [[TeXNode]] = []
            repeat { lines.append([.row(try row())]) } while try takesLineEnd()
            guard lexer.next() == .closeBrace else { throw .misplaced("a brace is not closed") }
            return .table(TeXTable(rows: lines, alignments: [.center], isSmall: true))
        case "begin": return try environment()
        default: return nil
        }
    }

    /// Whether a line ends here; its end is taken, with the space that may follow in brackets.
    mutating func takesLineEnd() throws(FormulaError) -> Bool {
        guard case .command(let name) = lexer.peek(), name == "\\" || name == "cr" || name == "newline" else { return false }
        _ = lexer.next()
        // `\\[2pt]` is more space between lines; `\\ [a]` is a line that begins with a bracket.
        _ = try lexer.rawOption(afterSpace: false)
        return true
    }

    // MARK: The rest

    private mutating func remaining(_ name: String) throws(FormulaError) -> TeXNode? {
        switch name {
        case "label", "ref", "eqref": return try ignored(name)
        case "nonumber", "notag", "strut", "mathstrut", "relax", "allowbreak", "nobreak", "displaylimits", "hline", "noindent", "centering": return nil
        case "not": return try negated()
        case "bmod": return .row([.space(0.2222), .name("mod", takesLimits: false), .space(0.2222)])
        case "mod": return .row([.space(1), .name("mod", takesLimits: false), .space(0.3333), try argument()])
        case "pmod": return .row([.space(1), .symbol(TeXSymbol(text: "(", kind: .open)), .name("mod", takesLimits: false), .space(0.3333), try argument(), .symbol(TeXSymbol(text: ")", kind: .close))])
        case "boxed", "fbox": return .boxed(try argument())
        case "phantom", "hphantom", "vphantom": return .phantom(try argument())
        case "hspace", "hspace*", "mspace", "kern", "mkern", "hskip": return .space(try width(name))
        case "mathbin", "mathrel", "mathopen", "mathclose", "mathpunct", "mathord", "mathinner": return try classed(name)
        case "ensuremath", "smash": return try argument()
        case "": throw .misplaced("a backslash stands at the end")
        default: throw .unsupported("\\\(name)")
        }
    }

    private mutating func ignored(_ name: String) throws(FormulaError) -> TeXNode? {
        _ = try rawArgument(of: name)
        return nil
    }

    private mutating func negated() throws(FormulaError) -> TeXNode {
        let node = try argument()
        guard case .symbol(let symbol) = node, let text = TeXSymbols.negated(symbol.text) else { throw .unsupported("\\not before this symbol") }
        return .symbol(TeXSymbol(text: text, kind: symbol.kind))
    }

    private mutating func classed(_ name: String) throws(FormulaError) -> TeXNode {
        let kinds: [String: TeXSymbol.Kind] = [
            "mathbin": .binary, "mathrel": .relation, "mathopen": .open, "mathclose": .close, "mathpunct": .punctuation, "mathord": .ordinary, "mathinner": .ordinary,
        ]
        let node = try argument()
        guard let text = node.plainText, text.unicodeScalars.count == 1, let kind = kinds[name] else { return node }
        return .symbol(TeXSymbol(text: text, kind: kind))
    }

    /// `{1em}`, `{3mu}`, `{-2ex}`, `{10pt}`, in em.
    private mutating func width(_ name: String) throws(FormulaError) -> Double {
        let raw = try rawArgument(of: name).trimmed
        let number = raw.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let units: [String: Double] = ["em": 1, "mu": 1 / 18, "ex": 0.43, "pt": 0.1]
        guard let value = Double(number), value.magnitude <= 20, let unit = units[String(raw.dropFirst(number.count)).trimmed] else {
            throw .unsupported("\\\(name){\(raw.prefix(20))}")
        }
        return value * unit
    }
}

extension TeXNode {
    var isLetter: Bool { if case .identifier = self { true } else { false } }

    /// The text of letters, digits, words and spaces; nil for anything more.
    var plainText: String? {
        switch self {
        case .identifier(let text, _), .number(let text), .text(let text): return text
        case .name(let text, _): return text
        case .symbol(let symbol): return symbol.text == "−" ? "-" : symbol.text
        case .space(let width): return width > 0 ? "\u{A0}" : ""
        case .row(let nodes):
            var text = ""
            for node in nodes {
                guard let part = node.plainText else { return nil }
                text += part
            }
            return text
        default: return nil
        }
    }
}
