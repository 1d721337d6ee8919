import Canonical

/// Why a text is no bound expression, or has no value: one sentence with the place in the expression.
package struct ExpressionError: Error, Equatable, CustomStringConvertible {
    /// The place in the expression, in characters from 1; nil for what concerns the whole expression.
    package let column: Int?
    /// What is wrong, and what is allowed.
    package let problem: String

    /// Makes an error.
    package init(column: Int?, _ problem: String) {
        self.column = column
        self.problem = problem
    }

    /// The error for a word that is none of the known ones: the most similar one, and all that are allowed.
    /// - Parameter noun: what the word should have been, such as "function".
    package static func unknown(_ noun: String, _ word: String, known: [String], column: Int?) -> ExpressionError {
        let hint = Suggestion.nearest(to: word, among: known).map { "; did you mean \($0)?" } ?? ""
        let all = known.isEmpty ? "none is known here" : "known are \(known.prefix(40).joined(separator: ", "))"
        return ExpressionError(column: column, "\"\(word.prefix(80))\" is not a known \(noun)\(hint)\(hint.isEmpty ? ";" : "") \(all)")
    }

    /// The problem with its place.
    package var description: String { column.map { "column \($0): \(problem)" } ?? problem }
}
