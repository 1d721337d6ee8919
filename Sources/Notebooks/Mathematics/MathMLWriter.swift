import Canonical

/// Writes a formula as MathML, with TeX's spaces where MathML's own differ.
struct MathMLWriter {
    private(set) var output = ""

    /// Writes the row of a whole formula, as one element.
    mutating func write(_ formula: TeXNode, isDisplay: Bool) {
        output += "<mrow>"
        if case .row(let nodes) = formula { contents(of: nodes) } else { write(formula) }
        output += "</mrow>"
    }

    // MARK: Rows and spaces

    /// What a node is to its neighbours.
    private enum Role { case ordinary, name, binary, relation, open, close, punctuation, inner, space }

    private func role(_ node: TeXNode) -> Role {
        switch node {
        case .name: return .name
        case .symbol(let symbol):
            switch symbol.kind {
            case .ordinary: return "…⋯⋮⋱".contains(symbol.text) ? .inner : .ordinary
            case .fence: return .ordinary
            case .binary: return .binary
            case .relation, .arrow: return .relation
            case .open: return .open
            case .close: return .close
            case .punctuation: return .punctuation
            // Browsers leave the space beside large operators by themselves.
            case .large, .integral: return .open
            }
        case .scripts(let base, _, _):
            let role = role(base)
            return role == .binary ? .ordinary : role
        case .limits(let base, _, _, _): return role(base)
        case .delimiter(_, .sized(_, let kind)): return kind == .open ? .open : kind == .close ? .close : kind == .relation ? .relation : .ordinary
        case .delimiter(_, .middle): return .relation
        case .longArrow: return .relation
        case .space: return .space
        case .fenced: return .inner
        default: return .ordinary
        }
    }

    /// Writes nodes side by side.
    private mutating func contents(of nodes: [TeXNode], startsInfix: Bool = false) {
        var before: Role? = startsInfix ? .ordinary : nil
        for (index, node) in nodes.enumerated() {
            let role = role(node)
            if needsThinSpace(before, role) { output += "<mspace width=\"0.1667em\"/>" }
            // A sign with nothing to its left that it could bind is a prefix.
            if case .symbol(let symbol) = node, symbol.kind == .binary {
                let isPrefix = before.map { [.binary, .relation, .open, .punctuation, .name].contains($0) } ?? true
                let isLast = index == nodes.count - 1
                binary(symbol.text, isPrefix: isPrefix, isInfix: startsInfix && index == 0, isLast: isLast)
                before = isPrefix ? .open : .binary
            } else {
                write(node)
                if role != .space { before = role }
            }
        }
    }

    private func needsThinSpace(_ before: Role?, _ role: Role) -> Bool {
        switch (before, role) {
        case (.name, .ordinary), (.name, .name), (.ordinary, .name), (.close, .name), (.inner, .name), (.name, .inner): true
        case (.ordinary, .inner), (.inner, .ordinary), (.inner, .inner), (.close, .inner), (.inner, .open): true
        default: false
        }
    }

    private mutating func binary(_ text: String, isPrefix: Bool, isInfix: Bool, isLast: Bool) {
        let form = isInfix ? " form=\"infix\"" : isPrefix && !isLast ? " form=\"prefix\"" : ""
        output += "<mo\(form)>\(text.escapedAsHTML)</mo>"
    }

    // MARK: Nodes

    private mutating func write(_ node: TeXNode) {
        switch node {
        case .identifier(let text, let isUpright): identifier(text, isUpright)
        case .number(let text): element("mn", text)
        case .symbol(let symbol): write(symbol)
        case .name(let text, _): identifier(text, true)
        // Not `mtext`, which counts as space: a sign between two words would lose the space around it.
        case .text(let text): identifier(text.replacing(" ", with: "\u{A0}").replacing("\n", with: "\u{A0}"), true)
        case .row(let nodes):
            if nodes.count == 1 { return write(nodes[0]) }
            output += "<mrow>"
            contents(of: nodes)
            output += "</mrow>"
        case .scripts(let base, let below, let above): scripts(["msub", "msup", "msubsup"], base, below, above)
        case .limits(let base, let below, let above, let isForced):
            scripts(["munder", "mover", "munderover"], base, below, above, isForced: isForced)
        case .fraction(let above, let below, let kind): fraction(above, below, kind)
        case .root(let node, let index): root(node, index)
        case .accent(let base, let mark, let isStretchy, let isBelow): accent(base, mark, isStretchy, isBelow)
        case .fenced(let open, let nodes, let close): fenced(open, nodes, close)
        case .delimiter(let text, let role): delimiter(text, role)
        case .longArrow(let arrow, let below, let above): longArrow(arrow, below, above)
        case .space(let width): space(width)
        case .table(let table): write(table)
        case .styled(let node, let isDisplay):
            output += "<mstyle displaystyle=\"\(isDisplay)\" scriptlevel=\"0\">"
            if case .row(let nodes) = node { contents(of: nodes) } else { write(node) }
            output += "</mstyle>"
        case .phantom(let node): wrapped("mphantom", node)
        case .boxed(let node):
            output += "<mrow class=\"math-box\">"
            write(node)
            output += "</mrow>"
        }
    }

    /// A negative space is written as steps of a thin one, each a negative margin of the style sheet.
    private mutating func space(_ width: Double) {
        guard width < 0 else { return output += "<mspace width=\"\(Self.em(width))\"/>" }
        for _ in 0..<Int((-width / 0.1667).rounded()) { output += "<mspace class=\"math-negative\"/>" }
    }

    private mutating func element(_ name: StaticString, _ text: String) { output += "<\(name)>\(text.escapedAsHTML)</\(name)>" }

    private mutating func wrapped(_ name: StaticString, _ node: TeXNode) {
        output += "<\(name)>"
        write(node)
        output += "</\(name)>"
    }

    /// MathML slants a single letter, and no longer name.
    private mutating func identifier(_ text: String, _ isUpright: Bool) {
        let isSingle = text.unicodeScalars.count == 1
        output += "<mi\(isUpright && isSingle ? " mathvariant=\"normal\"" : "")>\(text.escapedAsHTML)</mi>"
    }

    private mutating func write(_ symbol: TeXSymbol) {
        let text = symbol.text.escapedAsHTML
        switch symbol.kind {
        case .ordinary: output += symbol.text == "/" || "′″‴⁗".contains(symbol.text) ? "<mo lspace=\"0\" rspace=\"0\">\(text)</mo>" : "<mi mathvariant=\"normal\">\(text)</mi>"
        case .binary: output += "<mo>\(text)</mo>"
        case .relation:
            // A bar would stretch, a colon would cling to its left.
            output += "∣∤∥∦:".contains(symbol.text) ? "<mo stretchy=\"false\" lspace=\"0.2778em\" rspace=\"0.2778em\">\(text)</mo>" : "<mo>\(text)</mo>"
        case .arrow: output += "<mo stretchy=\"false\">\(text)</mo>"
        case .open: output += "<mo stretchy=\"false\" form=\"prefix\">\(text)</mo>"
        case .close: output += "<mo stretchy=\"false\" form=\"postfix\">\(text)</mo>"
        case .fence: output += "<mo stretchy=\"false\" lspace=\"0\" rspace=\"0\">\(text)</mo>"
        case .punctuation: output += symbol.text == ":" ? "<mo lspace=\"0\" rspace=\"0.1667em\">:</mo>" : "<mo separator=\"true\">\(text)</mo>"
        case .large, .integral: output += "<mo>\(text)</mo>"
        }
    }

    private mutating func scripts(_ names: [String], _ base: TeXNode, _ below: TeXNode?, _ above: TeXNode?, isForced: Bool = false) {
        let name = below == nil ? names[1] : above == nil ? names[0] : names[2]
        output += "<\(name)>"
        if isForced, case .symbol(let symbol) = base, symbol.kind == .large {
            output += "<mo movablelimits=\"false\">\(symbol.text)</mo>"
        } else {
            write(base)
        }
        if let below { write(below) }
        if let above { write(above) }
        output += "</\(name)>"
    }

    private mutating func fraction(_ above: TeXNode, _ below: TeXNode, _ kind: TeXNode.FractionKind) {
        let style = kind == .display ? "true" : kind == .text ? "false" : nil
        if let style { output += "<mstyle displaystyle=\"\(style)\" scriptlevel=\"0\">" }
        output += kind == .lineless ? "<mfrac linethickness=\"0\">" : "<mfrac>"
        write(above)
        write(below)
        output += "</mfrac>"
        if style != nil { output += "</mstyle>" }
    }

    private mutating func root(_ node: TeXNode, _ index: TeXNode?) {
        guard let index else { return wrapped("msqrt", node) }
        output += "<mroot>"
        write(node)
        write(index)
        output += "</mroot>"
    }

    private mutating func accent(_ base: TeXNode, _ mark: String, _ isStretchy: Bool, _ isBelow: Bool) {
        output += isBelow ? "<munder accentunder=\"true\">" : "<mover accent=\"true\">"
        write(base)
        output += "<mo stretchy=\"\(isStretchy)\">\(mark.escapedAsHTML)</mo>"
        output += isBelow ? "</munder>" : "</mover>"
    }

    // MARK: Delimiters

    private mutating func fenced(_ open: String, _ nodes: [TeXNode], _ close: String) {
        output += "<mrow>"
        if !open.isEmpty { output += "<mo fence=\"true\" form=\"prefix\" stretchy=\"true\">\(open.escapedAsHTML)</mo>" }
        contents(of: nodes)
        if !close.isEmpty { output += "<mo fence=\"true\" form=\"postfix\" stretchy=\"true\">\(close.escapedAsHTML)</mo>" }
        output += "</mrow>"
    }

    private mutating func delimiter(_ text: String, _ role: TeXNode.DelimiterRole) {
        guard !text.isEmpty else { return }
        switch role {
        case .middle: output += "<mo fence=\"true\" stretchy=\"true\" lspace=\"0.2em\" rspace=\"0.2em\">\(text.escapedAsHTML)</mo>"
        case .sized(let size, let kind):
            let space = kind == .relation ? "0.2778em" : "0"
            output += "<mo stretchy=\"true\" minsize=\"\(Self.em(size))\" maxsize=\"\(Self.em(size))\" lspace=\"\(space)\" rspace=\"\(space)\">\(text.escapedAsHTML)</mo>"
        }
    }

    private mutating func longArrow(_ arrow: String, _ below: TeXNode?, _ above: TeXNode?) {
        let name = below == nil ? "mover" : above == nil ? "munder" : "munderover"
        output += "<\(name)><mo stretchy=\"true\">\(arrow)</mo>"
        for node in [below, above].compactMap(\.self) {
            output += "<mrow><mspace width=\"0.3em\"/>"
            write(node)
            output += "<mspace width=\"0.3em\"/></mrow>"
        }
        output += "</\(name)>"
    }

    // MARK: Tables

    private mutating func write(_ table: TeXTable) {
        output += table.isSmall ? "<mtable class=\"math-small\"" : table.isAligned ? "<mtable class=\"math-aligned\"" : "<mtable"
        output += table.isDisplay ? " displaystyle=\"true\">" : ">"
        for row in table.rows {
            output += "<mtr>"
            for (column, cell) in row.enumerated() {
                let line = table.lines.contains(column) ? " math-line" : ""
                let alignment = table.alignment(column)
                let kind = alignment == .center ? line.trimmed : "math-\(alignment.rawValue)\(line)"
                output += kind.isEmpty ? "<mtd>" : "<mtd class=\"\(kind)\">"
                if case .row(let nodes) = cell { contents(of: nodes, startsInfix: table.isAligned && column % 2 == 1) } else { write(cell) }
                output += "</mtd>"
            }
            output += "</mtr>"
        }
        output += "</mtable>"
    }

    /// A width, such as `0.1667em`, without a trailing zero.
    private static func em(_ width: Double) -> String {
        let tenThousandths = Int((width * 10_000).rounded())
        let (whole, rest) = tenThousandths.quotientAndRemainder(dividingBy: 10_000)
        var digits = String(repeating: "0", count: 4 - String(rest).count) + String(rest)
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? "\(whole)em" : "\(whole).\(digits)em"
    }
}
