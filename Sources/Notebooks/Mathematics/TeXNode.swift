/// A part of a formula.
indirect enum TeXNode: Hashable {
    /// A letter or a name. An italic one is a single letter that MathML slants by itself.
    case identifier(String, isUpright: Bool)
    case number(String)
    case symbol(TeXSymbol)
    /// `\log`, `\operatorname{KL}`: upright, with a thin space beside it.
    case name(String, takesLimits: Bool)
    case text(String)
    case row([TeXNode])
    case scripts(TeXNode, below: TeXNode?, above: TeXNode?)
    /// Scripts set under and over: `\sum` in display, `\underbrace{…}_{…}`.
    case limits(TeXNode, below: TeXNode?, above: TeXNode?, isForced: Bool)
    case fraction(TeXNode, TeXNode, FractionKind)
    case root(TeXNode, index: TeXNode?)
    case accent(TeXNode, String, isStretchy: Bool, isBelow: Bool)
    /// `\left( … \middle| … \right)`: each part of the row that is a `.delimiter` stretches.
    case fenced(open: String, [TeXNode], close: String)
    case delimiter(String, DelimiterRole)
    /// `\xrightarrow[below]{above}`
    case longArrow(String, below: TeXNode?, above: TeXNode?)
    /// White space, in em.
    case space(Double)
    case table(TeXTable)
    case styled(TeXNode, isDisplay: Bool)
    case phantom(TeXNode)
    case boxed(TeXNode)

    enum FractionKind: Hashable {
        /// In the style that surrounds it, in display style (`\dfrac`), in text style (`\tfrac`), without its line (`\binom`).
        case plain, display, text, lineless
    }

    enum DelimiterRole: Hashable {
        /// Within `\left` and `\right`.
        case middle
        /// `\big(` and its kin: the height in em.
        case sized(Double, TeXSymbol.Kind)
    }
}

/// A matrix, cases, or aligned lines.
struct TeXTable: Hashable {
    var rows: [[TeXNode]]
    /// By column; columns beyond repeat the last, or alternate right and left where lines are aligned.
    var alignments: [Alignment]
    var isAligned = false
    /// Whether its cells are set in display style.
    var isDisplay = false
    var isSmall = false
    /// The columns before which a vertical line stands.
    var lines: Set<Int> = []

    enum Alignment: String { case left, center, right }

    func alignment(_ column: Int) -> Alignment {
        if isAligned { return column % 2 == 0 ? .right : .left }
        return column < alignments.count ? alignments[column] : alignments.last ?? .center
    }
}

/// A symbol with its place among the others.
struct TeXSymbol: Hashable {
    enum Kind: Hashable { case ordinary, binary, relation, open, close, punctuation, large, integral, fence, arrow }
    let text: String
    let kind: Kind
}
