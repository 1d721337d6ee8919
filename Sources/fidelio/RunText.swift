import Canonical
import Foundation
import Studies

/// Text descriptions of runs for a terminal.
enum RunText {
    static func summary(_ run: JSONValue) -> String {
        var lines = ["run \(text(run["id"]))  \(standing(run))  step \(text(run["step"])) of \(text(run["steps"]))"]
        if let message = run["message"]?.stringValue, !message.isEmpty { lines.append("  \(TerminalText.escaped(message, keepsLines: false))") }
        lines.append("  \(text(run["model"])) on \(text(run["dataset"])), seed \(text(run["seed"]))")
        let objective = MetricWords.objective(of: run)
        // The objective first, the others by name.
        for (metric, value) in (run["best"]?.objectValue ?? [:]).sorted(by: { ($0.key != objective ? 1 : 0, $0.key) < ($1.key != objective ? 1 : 0, $1.key) }) {
            lines.append("  best \(metric) \(text(value["value"])) at step \(text(value["step"]))")
            lines += MetricChoice.cautions(of: metric).map { "    \($0)" }
        }
        lines += bestCheckpoint(run, objective)
        if let digest = run["final_digest"]?.stringValue { lines.append("  final checkpoint \(digest)") }
        if let original = run["rerun_of"]?.stringValue { lines.append("  rerun of \(original)") }
        return lines.joined(separator: "\n")
    }

    /// The checkpoint that is the best by the objective, or why there is none, for an ended run.
    private static func bestCheckpoint(_ run: JSONValue, _ objective: String?) -> [String] {
        if let best = run["best_checkpoint"], best != .null {
            return ["  best checkpoint \(text(best["digest"])) at step \(text(best["step"])), \(objective ?? "value") \(text(best["value"]))"]
        }
        guard Waiting.hasEnded(run), let reason = run["best_checkpoint_problem"]?.stringValue else { return [] }
        return ["  no best checkpoint: \(TerminalText.escaped(reason, keepsLines: false))"]
    }

    /// The state, and the outcome where it says more: "failed (timed out)".
    static func standing(_ run: JSONValue) -> String {
        let state = text(run["state"])
        guard let name = run["outcome"]?.stringValue, name != state else { return state }
        return "\(state) (\(outcome(run)))"
    }

    /// The outcome in words, or - if the run has not ended.
    static func outcome(_ run: JSONValue) -> String { text(run["outcome"]).replacing("_", with: " ") }

    static func verdict(_ verification: JSONValue) -> String {
        let compared = verification["compared"]
        let what = ["metrics", "samples", "evaluations", "checkpoints"].map { "\(text(compared?[$0])) \($0)" }.joined(separator: ", ")
        let pair = "run \(text(verification["rerun"])) against \(text(verification["original"]))"
        switch verification["state"]?.stringValue {
        case "identical", "different": break
        case "inconclusive":
            let message = verification["reason"]?["message"]?.stringValue ?? ""
            return "no verdict: \(pair): \(text(verification["reason"]?["detail"]))" + (message.isEmpty ? "" : ": \(message)")
        default: return "no verdict yet: \(pair)"
        }
        guard let difference = verification["first_difference"], difference != .null else {
            return "identical: \(pair), in \(what)"
        }
        let name = difference["name"]?.stringValue.map { " \($0)" } ?? ""
        return """
            different: \(pair), in \(what)
              first at step \(text(difference["step"])): \(text(difference["kind"]))\(name)
              original \(text(difference["original"]))
              rerun    \(text(difference["rerun"]))
            """
    }

    /// Unix seconds as a time in UTC.
    static func time(_ value: JSONValue?) -> String {
        guard let seconds = value?.numberValue, abs(seconds) < 1e11 else { return "-" }
        return Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }

    static func text(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text)?: TerminalText.escaped(text, keepsLines: false)
        case .null?, nil: "-"
        case .some(let value): value.canonicalText
        }
    }
}
