import Canonical

/// A formula in the subset of TeX that papers on machine learning use, drawn as MathML.
///
/// There are no macros: nothing in a formula can make more of itself than was typed.
package struct Formula: Sendable, Hashable {
    /// The TeX, without dollar signs.
    package let source: String
    /// Whether it stands on a line of its own.
    package let isDisplay: Bool

    /// The longest formula, in characters.
    package static let longest = 10_000
    /// The deepest nesting of groups, fractions, scripts and environments.
    package static let deepest = 32
    /// The most parts of a formula: letters, numbers, operators, cells.
    package static let mostParts = 4_000

    /// Makes a formula.
    package init(_ source: String, isDisplay: Bool) {
        self.source = source
        self.isDisplay = isDisplay
    }

    /// The formula as one `math` element, or what of it is beyond the subset.
    package var drawn: Result<String, FormulaError> {
        do {
            return .success(try mathML())
        } catch {
            return .failure(error)
        }
    }

    /// The formula as one `math` element.
    /// - Errors: `FormulaError` for what is beyond the subset
    package func mathML() throws(FormulaError) -> String {
        var parser = try TeXParser(source, isDisplay: isDisplay)
        let row = try parser.formula()
        var writer = MathMLWriter()
        writer.write(row, isDisplay: isDisplay)
        // Screen readers and copying have the source too.
        let annotation = "<annotation encoding=\"application/x-tex\">\(source.escapedAsHTML)</annotation>"
        return "<math\(isDisplay ? " display=\"block\"" : "")><semantics>\(writer.output)\(annotation)</semantics></math>"
    }
}

/// Why a formula is not drawn.
package enum FormulaError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(characters: Int)
    case tooDeep
    case tooManyParts
    /// A command, environment or delimiter beyond the subset.
    case unsupported(String)
    /// Something is missing or stands where it may not.
    case misplaced(String)

    package var description: String {
        switch self {
        case .tooLong(let characters): "The formula has \(characters) characters; at most \(Formula.longest) are drawn."
        case .tooDeep: "The formula is nested more than \(Formula.deepest) deep."
        case .tooManyParts: "The formula has more than \(Formula.mostParts) parts."
        case .unsupported(let what): "Shown as source: \(what) is not supported."
        case .misplaced(let what): "Shown as source: \(what)."
        }
    }
}
