/// An invalid field of an untrusted document.
///
/// The description is one sentence that begins with the full path of the field:
/// "evaluation.samples: 5 is out of range 256...60000".
public struct FieldError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the field.
    public enum Problem: Equatable, Sendable {
        /// A required field is missing.
        case missing
        /// An unknown field; `suggestion` is the most similar known one.
        case unknown(allowed: [String], suggestion: String?)
        case wrongKind(expected: String, actual: String)
        case outOfRange(actual: String, range: String)
        case notOneOf(actual: String, allowed: [String], suggestion: String?)
        /// Any other rule, as a predicate: "must not be empty".
        case rule(String)
    }

    /// Keys joined by dots, indices in brackets: "seeds[2]", "hyperparameters.beta1". Empty for the document itself.
    public let path: String
    /// What is wrong with the field.
    public let problem: Problem

    /// Creates an error for the field at a path.
    public init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// The error as one sentence.
    public var description: String { (path.isEmpty ? "the document" : path) + ": " + sentence }

    private var sentence: String {
        switch problem {
        case .missing: "is missing"
        case .unknown(let allowed, let suggestion):
            "is not a known field" + Self.hint(suggestion, allowed)
        case .wrongKind(let expected, let actual): "must be \(expected), but is \(actual)"
        case .outOfRange(let actual, let range): "\(actual) is out of range \(range)"
        case .notOneOf(let actual, let allowed, let suggestion):
            "\"\(actual)\" is not known" + Self.hint(suggestion, allowed)
        case .rule(let text): text
        }
    }

    private static func hint(_ suggestion: String?, _ allowed: [String]) -> String {
        if let suggestion { return "; did you mean \"\(suggestion)\"?" }
        return allowed.isEmpty ? "; none is known here" : "; known are " + allowed.joined(separator: ", ")
    }
}
