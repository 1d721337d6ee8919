public import Canonical

/// What one check of an installation found, and what to do about it.
public struct Finding: Sendable, Equatable {
    public enum Verdict: String, Sendable, Comparable, CaseIterable {
        case good, warning, problem

        private var rank: Int { self == .good ? 0 : self == .warning ? 1 : 2 }
        public static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }
    }

    /// What was checked: "catalog", "disk".
    public var subject: String
    public var verdict: Verdict
    public var sentence: String
    /// What to do; empty for what is good.
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

    public var json: JSONValue {
        .object([
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "sentence": .string(sentence), "advice": .string(advice),
        ])
    }
}
