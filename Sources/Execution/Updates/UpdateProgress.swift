package import Canonical
import Synchronization

/// Turns that do not wait for one another: the cells of each notebook, and the experiments of all notebooks, which run one at a time beside them.
enum UpdateLane: Hashable, Sendable {
    case cells(of: String)
    case experiments
}

/// Which cell a turn of updates is at, and since when: for whoever asks, and for the time limit.
final class UpdateProgress: Sendable {
    /// What a process says of its work.
    private struct Report {
        let doing: String
        let fraction: Double?
        /// When this part of the work began, and when it was told of.
        let began, told: Double
    }

    private let present = Mutex<(number: Int64, since: Double, limit: Double, report: Report?)?>(nil)

    /// A cell is begun, which may take so many seconds.
    func begin(_ number: Int64, at uptime: Double, limit: Double = Workbench.updateLimit) { present.withLock { $0 = (number, uptime, limit, nil) } }

    /// The cell goes on: what is done, and which part of it.
    func report(_ doing: String, _ fraction: Double?, at uptime: Double) {
        present.withLock { present in
            let began = present?.report.flatMap { $0.doing == doing ? $0.began : nil } ?? uptime
            present?.report = Report(doing: doing, fraction: fraction, began: began, told: uptime)
        }
    }

    /// The number of the update that is being made, and when it began; nil before the first one.
    var current: (number: Int64, since: Double, limit: Double)? { present.withLock { $0.map { ($0.number, $0.since, $0.limit) } } }

    /// How far the update is that is being made.
    func state(at uptime: Double) -> (number: Int64, state: UpdateUnderWay)? {
        present.withLock { present in
            present.map { ($0.number, UpdateUnderWay(seconds: max(0, uptime - $0.since), doing: $0.report?.doing, fraction: $0.report?.fraction, remaining: $0.report.flatMap { Self.remaining($0, at: uptime) })) }
        }
    }

    /// The rest of a part of the work at its pace so far; nil where too little of it is known.
    private static func remaining(_ report: Report, at uptime: Double) -> Double? {
        guard let fraction = report.fraction, fraction >= 0.01, fraction <= 1, report.told - report.began >= 0.5 else { return nil }
        return max(0, (report.told - report.began) * (1 - fraction) / fraction - (uptime - report.told))
    }
}

/// How far an update is.
package struct UpdateUnderWay: Sendable, Equatable {
    /// For how many seconds it has been made.
    package let seconds: Double
    /// What is done just now; nil where nobody tells.
    package let doing: String?
    /// Which part of that is done, in [0, 1], and the seconds that its rest takes at the pace so far; nil where unknown.
    package let fraction, remaining: Double?

    /// What is known of it, as fields of an update.
    package var fields: [String: JSONValue] {
        let known: [String: JSONValue?] = ["doing": doing.map { JSONValue.string($0) }, "fraction": fraction.map { JSONValue.number($0) }, "remaining_seconds": remaining.map { JSONValue.number($0) }]
        return known.compactMapValues(\.self)
    }
}

/// What is under way and what waits, for those that must not wait for the workbench.
struct UpdateWatch: Sendable {
    var turns: [UpdateLane: UpdateProgress] = [:]
    /// The experiment that runs.
    var running: (number: Int64, notebook: String, experiment: String)?
    /// The updates of experiments, in their order; the one that runs may be among them.
    var experiments: [Int64] = []
}

/// What a queued update waits for.
package enum UpdateObstacle: Sendable, Equatable {
    /// An experiment that runs, with the number of others before this one; of the notebook with this id.
    case experiment(String, notebook: String, before: Int)
    /// Another cell of its notebook, or those of other notebooks.
    case cell, notebooks
}
