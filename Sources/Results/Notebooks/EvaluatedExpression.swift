package import Canonical

/// A bound expression with its value, or with the reason why it has none.
package struct EvaluatedExpression: Sendable, Equatable {
    /// The bounds around a value and how they were computed.
    package struct Interval: Sendable, Equatable {
        /// Lower bound.
        package var lower: Double
        /// Upper bound.
        package var upper: Double
        /// The coverage, such as 0.95.
        package var level: Double
        /// The method in words.
        package var method: String
    }

    /// As it was written.
    package var source: String
    /// The value: a number, or a text such as a hyperparameter's name; null for an error.
    package var value: JSONValue = .null
    /// What is shown: the value with its digits, or the error.
    package var text: String
    /// What the value is of, in one sentence: metric, runs, selection, protocol.
    package var detail = ""
    /// The name of the metric; nil where none takes part.
    package var metric: String?
    /// The digest of the evaluation protocol; nil where no metric takes part.
    package var protocolDigest: String?
    /// How many runs, pairs, or tries the value is of.
    package var n = 0
    /// Ids of these runs.
    package var runs: [String] = []
    /// The interval of the value; nil for functions without one.
    package var interval: Interval?
    /// The address of the page that shows where the value comes from.
    package var address: String?
    /// Why there is no value; nil for a value.
    package var error: String?
    /// The results that it rests on.
    package var basis = CellBasis()

    /// The most ids of runs in JSON; `n` counts all of them.
    package static let mostRunsInJSON = 50

    static func failed(_ source: String, _ problem: String, basis: CellBasis = CellBasis()) -> EvaluatedExpression {
        EvaluatedExpression(source: source, text: problem, error: problem, basis: basis)
    }

    /// The expression as the API shows it.
    package var json: JSONValue {
        .object([
            "source": .string(source), "value": value, "text": .string(text), "detail": .string(detail), "metric": .optional(metric),
            "protocol": .optional(protocolDigest), "n": .count(n),
            "runs": .array(runs.prefix(EvaluatedExpression.mostRunsInJSON).map { .string($0) }),
            "interval": interval.map {
                ["lower": .optional($0.lower), "upper": .optional($0.upper), "level": .number($0.level), "method": .string($0.method)]
            } ?? .null,
            "page": .optional(address), "error": .optional(error),
        ])
    }
}
