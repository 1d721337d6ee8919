/// Reads a formula: rows of atoms with scripts.
struct TeXParser {
    var lexer: TeXLexer
    /// The alphabet that letters are in at present.
    var alphabet: TeXAlphabet?
    /// Whether what is read is set in display style, where sums have their limits above and below.
    var isDisplay: Bool
    private var depth = 0
    private var parts = 0
    /// How many `\left` are open in this group.
    private var openFences = 0

    init(_ source: String, isDisplay: Bool) throws(FormulaError) {
        lexer = try TeXLexer(source)
        self.isDisplay = isDisplay
    }

    /// The whole formula. Lines that `\\` parts are set one below the other.
    mutating func formula() throws(FormulaError) -> TeXNode {
        var lines: [TeXNode] = [.row(try row())]
        while case .command(let name) = lexer.peek(), name == "\\" || name == "newline" {
            _ = lexer.next()
            lines.append(.row(try row()))
        }
        try expectEnd()
        if lines.count == 1 { return lines[0] }
        return .table(TeXTable(rows: lines.map { [$0] }, alignments: [.center], isDisplay: isDisplay))
    }

    private mutating func expectEnd() throws(FormulaError) {
        switch lexer.next() {
        case .end: return
        case .closeBrace: throw .misplaced("a closing brace has no opening one")
        case .ampersand: throw .misplaced("an & stands outside of a matrix or aligned lines; write \\& for the character")
        case .command("right"): throw .misplaced("\\right has no \\left")
        case .command("end"): throw .misplaced("\\end has no \\begin")
        case .command(let name): throw .misplaced("\\\(name) stands where it may not")
        default: throw .misplaced("something stands where it may not")
        }
    }

    // MARK: Limits

    /// Counts one part more.
    mutating func count() throws(FormulaError) {
        parts += 1
        guard parts <= Formula.mostParts else { throw .tooManyParts }
    }

    /// Reads something one level deeper, with its own alphabet and style.
    mutating func nested<T>(isDisplay display: Bool? = nil, _ read: (inout TeXParser) throws(FormulaError) -> T) throws(FormulaError) -> T {
        let (alphabet, isDisplay, openFences) = (alphabet, isDisplay, openFences)
        depth += 1
        guard depth <= Formula.deepest else { throw .tooDeep }
        if let display { self.isDisplay = display }
        let value = try read(&self)
        depth -= 1
        (self.alphabet, self.isDisplay, self.openFences) = (alphabet, isDisplay, openFences)
        return value
    }

    /// Reads another source as part of this formula.
    mutating func parse(_ source: String) throws(FormulaError) -> TeXNode {
        try nested(isDisplay: false) { (parser) throws(FormulaError) in
            let lexer = parser.lexer
            parser.lexer = try TeXLexer(source)
            let node = TeXNode.row(try parser.row())
            try parser.expectEnd()
            parser.lexer = lexer
            return node
        }
    }

    // MARK: Rows

    /// Atoms up to whatever ends a row: its caller looks at what that is.
    mutating func row() throws(FormulaError) -> [TeXNode] {
        try nested { (parser) throws(FormulaError) in try parser.atoms() }
    }

    private mutating func atoms() throws(FormulaError) -> [TeXNode] {
        var nodes: [TeXNode] = []
        while true {
            switch lexer.peek() {
            case .end, .closeBrace, .ampersand: return nodes
            case .command(let name):
                switch name {
                case "\\", "cr", "newline", "end", "right": return nodes
                case "over":
                    _ = lexer.next()
                    isDisplay = false
                    return [.fraction(.row(nodes), .row(try row()), .plain)]
                case "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle":
                    _ = lexer.next()
                    isDisplay = name == "displaystyle"
                    let rest = try row()
                    return nodes + [.styled(.row(rest), isDisplay: name == "displaystyle")]
                default:
                    if let switched = Self.switches[name] {
                        _ = lexer.next()
                        alphabet = switched
                    } else if let atom = try scripted() {
                        nodes.append(atom)
                    }
                }
            default: if let atom = try scripted() { nodes.append(atom) }
            }
        }
    }

    /// `{\bf x}`: an alphabet up to the end of the group.
    static let switches: [String: TeXAlphabet] = [
        "bf": .bold, "rm": .upright, "cal": .script, "tt": .monospace, "sf": .sans, "boldmath": .boldItalic, "bfseries": .bold,
    ]

    // MARK: Scripts

    /// An atom with its scripts; nil for what leaves no trace, such as `\label{…}`.
    private mutating func scripted() throws(FormulaError) -> TeXNode? {
        let first = lexer.peek()
        let hasBase = first != .superscript && first != .subscript && first != .character("'")
        guard var base = hasBase ? try atom() : .row([]) else { return nil }
        let (takesLimits, alwaysTakesLimits) = (base.takesLimits, base.alwaysTakesLimits)
        var below: TeXNode?
        var above: TeXNode?
        var primes = 0
        var wantsLimits: Bool?
        scan: while true {
            switch lexer.peek() {
            case .command("limits"), .command("nolimits"): wantsLimits = lexer.next() == .command("limits")
            case .character("'"), .character("’"):
                guard above == nil else { throw .misplaced("a prime stands after a superscript; write it before") }
                _ = lexer.next()
                primes += 1
            case .subscript:
                _ = lexer.next()
                guard below == nil else { throw .misplaced("two subscripts stand on one symbol; put braces around the first") }
                below = try argument(isDisplay: false)
            case .superscript:
                _ = lexer.next()
                guard above == nil else { throw .misplaced("two superscripts stand on one symbol; put braces around the first") }
                above = try argument(isDisplay: false)
            default: break scan
            }
        }
        if primes > 0 {
            guard primes <= 4 else { throw .misplaced("more than four primes stand on one symbol") }
            // The font's primes are raised already: as superscripts they would be raised twice.
            base = .row([base, .symbol(TeXSymbol(text: ["′", "″", "‴", "⁗"][primes - 1], kind: .ordinary))])
        }
        guard below != nil || above != nil else { return hasBase || primes > 0 ? base : nil }
        try count()
        let isLimits = wantsLimits ?? (takesLimits && isDisplay || alwaysTakesLimits)
        return isLimits
            ? .limits(base, below: below, above: above, isForced: wantsLimits == true && !isDisplay) : .scripts(base, below: below, above: above)
    }

    // MARK: Arguments

    /// What follows a command or a script: a group, or one atom.
    mutating func argument(isDisplay display: Bool? = nil) throws(FormulaError) -> TeXNode {
        switch lexer.peek() {
        case .openBrace:
            _ = lexer.next()
            return try nested(isDisplay: display) { (parser) throws(FormulaError) in
                let nodes = try parser.atoms()
                guard parser.lexer.next() == .closeBrace else { throw .misplaced("a brace is not closed") }
                return nodes.count == 1 ? nodes[0] : .row(nodes)
            }
        case .end, .closeBrace, .ampersand, .superscript, .subscript: throw .misplaced("an argument is missing")
        case .character(let digit) where ("0"..."9").contains(digit):
            _ = lexer.next()
            try count()
            return .number(alphabet?.text(String(Character(digit))) ?? String(Character(digit)))
        default:
            let atom = try nested(isDisplay: display) { (parser) throws(FormulaError) in try parser.atom() }
            guard let atom else { throw .misplaced("an argument is missing") }
            return atom
        }
    }

    /// The text between braces as it stands.
    mutating func rawArgument(of command: String) throws(FormulaError) -> String {
        guard let text = try lexer.rawGroup() else { throw .misplaced("\\\(command) needs an argument in braces") }
        return text
    }

    // MARK: Atoms

    /// A group, a character, or what a command makes; nil for what leaves no trace.
    mutating func atom() throws(FormulaError) -> TeXNode? {
        try count()
        switch lexer.peek() {
        case .openBrace:
            return try argument()
        case .character(let scalar):
            _ = lexer.next()
            return try character(scalar)
        case .command(let name):
            _ = lexer.next()
            return try command(name)
        default: throw .misplaced("an argument is missing")
        }
    }

    private mutating func character(_ scalar: Unicode.Scalar) throws(FormulaError) -> TeXNode {
        if ("0"..."9").contains(scalar) { return number(from: scalar) }
        let text = String(Character(scalar))
        if scalar.isASCII, scalar.properties.isAlphabetic { return letter(text, isUpright: false) }
        if let kind = Self.characters[scalar] { return .symbol(kind) }
        if scalar == "~" { return .space(0.25) }
        if scalar == "'" || scalar == "’" { return .symbol(TeXSymbol(text: "′", kind: .ordinary)) }
        if let symbol = TeXSymbols.typed(text) { return .symbol(symbol) }
        if ("α"..."ω").contains(scalar) { return letter(text, isUpright: false) }
        if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar.properties.generalCategory == .mathSymbol { return letter(text, isUpright: true) }
        if scalar == "#" || scalar == "$" { throw .misplaced("the character \(text) must be written \\\(text)") }
        guard scalar.value >= 0x20, scalar.value != 0x7F, scalar.properties.generalCategory != .privateUse else { throw .unsupported("a control character") }
        return .text(text)
    }

    private mutating func number(from first: Unicode.Scalar) -> TeXNode {
        var digits = String(Character(first))
        while case .character(let scalar) = lexer.peek() {
            if ("0"..."9").contains(scalar) {
                _ = lexer.next()
                digits.unicodeScalars.append(scalar)
            } else if scalar == ".", !digits.contains(".") {
                var ahead = lexer
                _ = ahead.next()
                guard case .character(let next) = ahead.peek(), ("0"..."9").contains(next) else { break }
                _ = lexer.next()
                digits += "."
            } else {
                break
            }
        }
        return .number(alphabet?.text(digits) ?? digits)
    }

    /// A letter in the present alphabet.
    func letter(_ text: String, isUpright: Bool) -> TeXNode {
        guard let alphabet else { return .identifier(text, isUpright: isUpright) }
        if alphabet == .upright { return .identifier(text, isUpright: true) }
        let mapped = alphabet.text(text)
        return .identifier(mapped, isUpright: mapped == text ? isUpright : false)
    }

    private static let characters: [Unicode.Scalar: TeXSymbol] = {
        let kinds: [(TeXSymbol.Kind, String)] = [
            (.relation, "=<>:"), (.open, "(["), (.close, ")]!?"), (.fence, "|"), (.punctuation, ",;"), (.ordinary, "./\"@`&"),
        ]
        var characters: [Unicode.Scalar: TeXSymbol] = [
            "+": TeXSymbol(text: "+", kind: .binary), "-": TeXSymbol(text: "−", kind: .binary), "*": TeXSymbol(text: "∗", kind: .binary),
        ]
        for (kind, text) in kinds { for scalar in text.unicodeScalars { characters[scalar] = TeXSymbol(text: String(Character(scalar)), kind: kind) } }
        return characters
    }()

    // MARK: Fences

    /// `\left( … \right)`
    mutating func fenced() throws(FormulaError) -> TeXNode {
        let open = try delimiter(after: "left")
        let body = try nested { (parser) throws(FormulaError) in
            parser.openFences += 1
            return try parser.atoms()
        }
        guard lexer.next() == .command("right") else { throw .misplaced("\\left has no \\right") }
        return .fenced(open: open, body, close: try delimiter(after: "right"))
    }

    mutating func middle() throws(FormulaError) -> TeXNode {
        guard openFences > 0 else { throw .misplaced("\\middle stands outside of \\left and \\right") }
        return .delimiter(try delimiter(after: "middle"), .middle)
    }

    mutating func delimiter(after command: String) throws(FormulaError) -> String {
        guard let delimiter = TeXSymbols.delimiter(lexer.next()) else { throw .misplaced("\\\(command) needs a delimiter after it, such as ( or \\{ or .") }
        return delimiter
    }
}

extension TeXNode {
    /// Whether scripts are set under and over it in display style.
    var takesLimits: Bool {
        switch self {
        case .symbol(let symbol): symbol.kind == .large
        case .name(_, let takesLimits): takesLimits
        default: false
        }
    }

    /// Whether scripts are set under and over it in every style: an over- or underbrace.
    var alwaysTakesLimits: Bool {
        switch self {
        case .accent(_, let mark, _, _): mark == "⏞" || mark == "⏟"
        default: false
        }
    }
}
