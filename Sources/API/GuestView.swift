import Access
import Canonical
import Catalog
import Events
import Execution
import Results

/// What readers of a share link are shown of a run: its results, and only the outcome of a failure. Machine names, log lines, paths, and the
/// ids of what the link does not show are only for members.
enum GuestView {
    /// A run in the form of `RunJSON.full` or of a live event.
    static func run(_ json: JSONValue, of share: Share) -> JSONValue {
        guard case .object(var fields) = json else { return json }
        if fields["host"] != nil { fields["host"] = .null }
        for own in ["attempts", "equal_weights", "labels", "deletion", "queue"] { fields[own] = nil }
        if fields["origin"] != nil { fields["origin"] = .null }
        if let original = fields["rerun_of"]?.stringValue, !shows(share, run: original) { fields["rerun_of"] = .null }
        if let study = fields["study"]?.stringValue, !shows(share, study: study) { fields["study"] = .null }
        if let message = fields["message"]?.stringValue, let state = fields["state"]?.stringValue.flatMap(RunState.init) {
            fields["message"] = .string(GuestView.message(message, state, fields["outcome"]?.stringValue.flatMap(RunOutcome.init)))
        }
        if let verification = fields["verification"] {
            fields["verification"] = GuestView.verification(verification, of: share, shown: fields["id"]?.stringValue ?? "")
        }
        return .object(fields)
    }

    /// A verification in the form of `RunJSON.verification`: why it is inconclusive, without log excerpts, and without the id of the original or the
    /// rerun where the link does not show it.
    /// - Parameter shown: the run that was asked about, which the link shows.
    static func verification(_ json: JSONValue, of share: Share, shown: String) -> JSONValue {
        guard case .object(var fields) = json else { return json }
        var reason = fields["reason"]
        if reason?["message"] != nil { reason = reason?.adding("message", "") }
        for side in ["original", "rerun"] {
            guard let id = fields[side]?.stringValue, id != shown, !shows(share, run: id) else { continue }
            fields[side] = .null
            if reason?["side"]?.stringValue == side, let detail = reason?["detail"]?.stringValue {
                reason = reason?.adding("detail", .string(detail.replacing(" \(id)", with: "")))
            }
        }
        if let reason { fields["reason"] = reason }
        return .object(fields)
    }

    /// Whether readers of a link are sent an event of what they asked for. Evaluation jobs, and what happens in notebooks, are for members; whoever follows a lab is told of nothing else.
    static func sees(_ event: LiveEvent, of filter: LiveFilter) -> Bool {
        if let lab = filter.lab { return event.lab == lab || ["hello", "reset"].contains(event.name) }
        return event.name != "evaluation_job" && event.notebook == nil
    }

    /// The data of a live event.
    static func event(_ data: String, of share: Share) -> String {
        guard let json = try? JSONValue(parsing: Array(data.utf8)) else { return "{}" }
        // Why a lab paused may name files.
        if case .object(let fields) = json, fields["lab"] != nil { return JSONValue.object(fields.filter { $0.key != "reason" }).canonicalText }
        return run(json, of: share).canonicalText
    }

    /// A list of state changes of a run.
    static func history(_ entry: HistoryEntry) -> HistoryEntry {
        var entry = entry
        entry.reason = message(entry.reason, entry.state)
        entry.actor = nil
        return entry
    }

    private static func shows(_ share: Share, study: String) -> Bool { share.covers(.study(study)) }

    /// Whether the link itself names the run. A rerun belongs to no study, so the link to a study shows none of its runs' reruns.
    private static func shows(_ share: Share, run: String) -> Bool { share.covers(.run(.init(run))) }

    /// A message without the excerpts of logs and errors that follow its first part. Of a failure, guests are told the outcome alone.
    static func message(_ text: String, _ state: RunState, _ outcome: RunOutcome? = nil) -> String {
        switch state {
        case .done, .diverged: text
        case .cancelled: "cancelled"
        case .failed: (outcome ?? .failed).words
        case .queued, .running: String(text.prefix { $0 != ":" })
        }
    }
}
