import Canonical
import Foundation

/// `exit.json`: a worker's last word, written after everything else.
struct ExitReport: Sendable, Equatable {
    enum Outcome: String, Sendable { 
        case done, collapsed, diverged, failed, interrupted
        case timedOut = "timed_out"
    }

    var outcome: Outcome
    var message: String

    init(outcome: Outcome, message: String = "") {
        self.outcome = outcome
        self.message = message
    }

    /// Nil when there is no report, or none that can be read: a worker killed while writing it has not finished.
    init?(path: String) {
        guard
            let data = FileManager.default.contents(atPath: path), case .object(let fields)? = try? JSONValue(parsing: [UInt8](data)),
            case .string(let name)? = fields["outcome"], let outcome = Outcome(rawValue: name)
        else { return nil }
        self.outcome = outcome
        if case .string(let text)? = fields["message"] { message = text } else { message = "" }
    }
}
