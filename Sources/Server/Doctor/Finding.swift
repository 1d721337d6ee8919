public import Canonical

/// What one check of an installation found, and what to do about it.
public struct Finding: Sendable, Equatable {
    /// How serious a finding is, from good to bad.
    public enum Verdict: String, Sendable, Comparable, CaseIterable {
        case good, warning, problem

        private var rank: Int { self == .good ? 0 : self == .warning ? 1 : 2 }
        /// Orders verdicts from good to bad.
        public static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }
    }

    /// What was checked: "catalog", "disk".
    public var subject: String
    /// How serious it is.
    public var verdict: Verdict
    /// What was found.
    public var sentence: String
    /// What to do; empty for a good result.
    public var advice: String

    static func good(_ subject: String, _ sentence: String) -> Finding {
        Finding(subject: subject, verdict: .good, sentence: sentence, advice: "")
    }

    static func warning(_ subject: String, _ sentence: String, advice: String) -> Finding {
        Finding(subject: subject, verdict: .warning, sentence: sentence, advice: advice)
    }

    static func problem(_ subject: String, _ sentence: String, advice: String) -> Finding {
        Finding(subject: subject, verdict: .problem, sentence: sentence, advice: advice)
    }

    /// The finding as `fidelio doctor --json` prints it.
    public var json: JSONValue {
        .object([
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "sentence": .string(sentence), "advice": .string(advice),
        ])
    }
}
