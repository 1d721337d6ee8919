/// Matrices, cases and aligned lines.
extension TeXParser {
    /// What an environment is set as.
    private struct Environment {
        var open = ""
        var close = ""
        var alignments: [TeXTable.Alignment] = [.center]
        var isAligned = false
        var isDisplay = false
        var isSmall = false
        /// Whether an argument with the columns follows, as in `array`.
        var hasColumns = false
    }

    private static let environments: [String: Environment] = [
        "matrix": Environment(), "smallmatrix": Environment(isSmall: true), "pmatrix": Environment(open: "(", close: ")"), "bmatrix": Environment(open: "[", close: "]"),
        "Bmatrix": Environment(open: "{", close: "}"), "vmatrix": Environment(open: "|", close: "|"), "Vmatrix": Environment(open: "‖", close: "‖"),
        "cases": Environment(open: "{", alignments: [.left]), "dcases": Environment(open: "{", alignments: [.left], isDisplay: true),
        "rcases": Environment(close: "}", alignments: [.left]), "aligned": Environment(isAligned: true, isDisplay: true), "align": Environment(isAligned: true, isDisplay: true),
        "align*": Environment(isAligned: true, isDisplay: true), "split": Environment(isAligned: true, isDisplay: true), "alignedat": Environment(isAligned: true, isDisplay: true),
        "eqnarray": Environment(alignments: [.right, .center, .left], isDisplay: true), "eqnarray*": Environment(alignments: [.right, .center, .left], isDisplay: true),
        "gathered": Environment(isDisplay: true), "gather": Environment(isDisplay: true), "gather*": Environment(isDisplay: true), "equation": Environment(isDisplay: true),
        "equation*": Environment(isDisplay: true), "multline": Environment(isDisplay: true), "multline*": Environment(isDisplay: true), "array": Environment(hasColumns: true),
        "subarray": Environment(isSmall: true, hasColumns: true),
    ]

    /// `\begin{name} … \end{name}`
    mutating func environment() throws(FormulaError) -> TeXNode {
        let name = try rawArgument(of: "begin")
        guard let environment = Self.environments[name] else { throw .unsupported("the environment \(name.prefix(40))") }
        var table = TeXTable(rows: [], alignments: environment.alignments, isAligned: environment.isAligned, isDisplay: environment.isDisplay, isSmall: environment.isSmall)
        // The place of the lines, `[t]`, changes nothing here.
        if environment.isAligned || environment.hasColumns { _ = try lexer.rawOption() }
        if environment.hasColumns { try columns(of: &table) }
        if name == "alignedat" { _ = try rawArgument(of: name) }
        try nested(isDisplay: environment.isDisplay) { (parser) throws(FormulaError) in try parser.rows(of: &table) }
        guard lexer.next() == .command("end") else { throw .misplaced("\\begin{\(name)} has no \\end") }
        let end = try rawArgument(of: "end")
        guard end == name else { throw .misplaced("\\begin{\(name)} ends with \\end{\(end.prefix(40))}") }
        // An empty line after the last `\\` is none.
        if table.rows.count > 1, table.rows.last == [.row([])] { table.rows.removeLast() }
        let isFenced = !environment.open.isEmpty || !environment.close.isEmpty
        return isFenced ? .fenced(open: environment.open, [.table(table)], close: environment.close) : .table(table)
    }

    private mutating func rows(of table: inout TeXTable) throws(FormulaError) {
        repeat {
            var cells: [TeXNode] = []
            while true {
                try count()
                cells.append(.row(try row()))
                guard lexer.peek() == .ampersand else { break }
                _ = lexer.next()
            }
            table.rows.append(cells)
        } while try takesLineEnd()
    }

    /// `{l|cr}`
    private mutating func columns(of table: inout TeXTable) throws(FormulaError) {
        table.alignments = []
        for character in try rawArgument(of: "begin{array}") {
            switch character {
            case "l": table.alignments.append(.left)
            case "c": table.alignments.append(.center)
            case "r": table.alignments.append(.right)
            case "|": table.lines.insert(table.alignments.count)
            case " ": continue
            default: throw .unsupported("the column \(character) of an array")
            }
        }
        guard (1...64).contains(table.alignments.count) else { throw .misplaced("an array has 1 to 64 columns") }
    }
}
