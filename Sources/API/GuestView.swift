import Access
import Canonical
import Catalog
import Results

/// What readers of a share link are shown of a run: its results, and only the kind of a failure. Machine names, log lines, paths, and the
/// ids of what the link does not show are only for members.
enum GuestView {
    /// A run in the form of `RunJSON.full` or of a live event.
    static func run(_ json: JSONValue, of share: Share) -> JSONValue {
        guard case .object(var fields) = json else { return json }
        if fields["host"] != nil { fields["host"] = .null }
        fields["attempts"] = nil
        if fields["rerun_of"] != nil { fields["rerun_of"] = .null }
        if let study = fields["study"]?.stringValue, !shows(share, study: study) { fields["study"] = .null }
        if let message = fields["message"]?.stringValue, let state = fields["state"]?.stringValue.flatMap(RunState.init) {
            fields["message"] = .string(GuestView.message(message, state))
        }
        if let verification = fields["verification"] { fields["verification"] = GuestView.verification(verification) }
        return .object(fields)
    }

    /// A verification in the form of `RunJSON.verification`: why it is inconclusive, without log excerpts.
    static func verification(_ json: JSONValue) -> JSONValue {
        guard case .object(var fields) = json, case .object(var reason)? = fields["reason"] else { return json }
        reason["message"] = ""
        fields["reason"] = .object(reason)
        return .object(fields)
    }

    /// The data of a live event.
    static func event(_ data: String, of share: Share) -> String {
        guard let json = try? JSONValue(parsing: Array(data.utf8)) else { return "{}" }
        return run(json, of: share).canonicalText
    }

    /// A list of state changes of a run.
    static func history(_ entry: HistoryEntry) -> HistoryEntry {
        var entry = entry
        entry.reason = message(entry.reason, entry.state)
        return entry
    }

    private static func shows(_ share: Share, study: String) -> Bool { share.covers(.study(study)) }

    /// Prefixes of failure messages whose kind a guest may know; all others become "failed".
    private static let failures = [
        "timed out", "out of memory", "the specification was refused", "the worker ended without a result", "the worker crashed",
    ]

    /// A message without the excerpts of logs and errors that follow its first part.
    static func message(_ text: String, _ state: RunState) -> String {
        switch state {
        case .done, .diverged: text
        case .cancelled: "cancelled"
        case .failed: failures.first { text.hasPrefix($0) } ?? "failed"
        case .queued, .running: String(text.prefix { $0 != ":" })
        }
    }
}
