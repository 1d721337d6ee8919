import Canonical
import Training

/// One job of Slurm, or one element of an array, as `squeue` or `sacct` tells it.
struct SlurmRow: Equatable, Sendable {
    /// "12_3" for an element of an array, otherwise "12".
    var id: String
    /// Slurm's name of the state, such as "PENDING".
    var state: String
    /// The exit status, as `wait` returns it.
    var status: Int32 = 0
    /// Why the job is in its state; "None" for no reason.
    var reason = "None"
    /// How often Slurm has put it back into its queue.
    var restarts = 0
    var nodes = ""
    /// Seconds that the job has run, and may run; nil for no limit.
    var used: Int?
    var limit: Int?
    var comment = ""

    /// The fields of squeue's `--Format` and their widths. Longer values are cut by Slurm.
    private static let fields = [
        ("JobArrayID", 32), ("State", 20), ("exit_code", 12), ("RestartCnt", 8), ("TimeUsed", 20), ("TimeLimit", 20), ("Comment", 120), ("NodeList", 120), ("Reason", 300),
    ]

    /// One `squeue` for all jobs of this user, also those that ended lately.
    static func question(user: UInt32) -> [String] {
        [
            "--noheader", "--all", "--array", "--states=all", "--user=\(user)",
            "--Format=" + fields.map { "\($0.0):\($0.1)" }.joined(separator: ","),
        ]
    }

    /// Reads a line of `squeue`; nil for a line that is none.
    init?(squeue line: some StringProtocol) {
        let bytes = Array(line.utf8)
        var place = 0
        var values: [String] = []
        for (_, width) in Self.fields {
            let piece = bytes[min(place, bytes.count)..<min(place + width, bytes.count)]
            values.append(SlurmRow.trimmed(piece))
            place += width
        }
        guard let id = SlurmRow.id(values[0]), !values[1].isEmpty else { return nil }
        (self.id, state, reason, nodes, comment) = (id, values[1], values[8], values[7], values[6])
        (status, restarts) = (Int32(values[2], in: 0...Int32.max) ?? 0, Int(values[3], in: 0...1_000_000) ?? 0)
        (used, limit) = (SlurmRow.seconds(values[4]), SlurmRow.seconds(values[5]))
    }

    /// The fields of sacct's `--format`.
    static let accounted = "JobID,State,ExitCode,NodeList,ElapsedRaw,TimelimitRaw"

    /// Reads a line of `sacct --parsable2`; nil for a line that is none.
    init?(sacct line: some StringProtocol) {
        let values = String(line).split(separator: "|" as Character, omittingEmptySubsequences: false).map { String($0) }
        guard values.count == 6, let id = SlurmRow.id(values[0]), let state = values[1].split(separator: " " as Character).first else { return nil }
        let code = values[2].split(separator: ":").map { Int32($0, in: 0...0xffff) ?? 0 }
        self.init(id: id, state: String(state), status: code.count == 2 ? (code[0] & 0xff) << 8 | code[1] & 0x7f : 0, reason: values[1] == state ? "None" : values[1], nodes: values[3])
        used = Int(values[4], in: 0...1_000_000_000)
        limit = Int(values[5], in: 0...1_000_000_000).map { $0 * 60 }
    }

    init(
        id: String, state: String, status: Int32 = 0, reason: String = "None", restarts: Int = 0, nodes: String = "", used: Int? = nil, limit: Int? = nil, comment: String = ""
    ) {
        (self.id, self.state, self.status, self.reason, self.restarts) = (id, state, status, reason, restarts)
        (self.nodes, self.used, self.limit, self.comment) = (nodes, used, limit, comment)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let start = bytes.firstIndex { $0 != 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    /// Only "12" and "12_3": an element that `--array` did not list by itself is none of ours.
    private static func id(_ text: String) -> String? {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } } ? text : nil
    }

    /// Reads "5:04", "2:05:04" and "1-02:05:04"; nil for "UNLIMITED" and everything else.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let clock = parts.last else { return nil }
        let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0, in: 0...99_999) }
        guard (2...3).contains(numbers.count), !numbers.contains(nil) else { return nil }
        let days = parts.count == 2 ? Int(parts[0], in: 0...99_999) : 0
        guard let days else { return nil }
        return numbers.reduce(0) { $0 * 60 + ($1 ?? 0) } + days * 86_400
    }
}

/// The one mapping from Slurm's states to those of a job.
extension SlurmRow {
    /// Seconds before its time limit at which a job is asked to save (`--signal`); Slurm may do so up to a minute earlier.
    static let warning = 90

    private static let running: Set<String> = ["RUNNING", "COMPLETING", "SIGNALING", "STAGE_OUT", "RESIZING"]
    private static let lost: Set<String> = ["PREEMPTED", "NODE_FAIL", "REVOKED"]
    private static let rejected: Set<String> = ["OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "LAUNCH_FAILED", "RECONFIG_FAIL"]

    /// The state of the job. What Slurm calls neither running nor over waits, with Slurm's words as its reason.
    var jobState: JobState {
        switch state {
        case _ where Self.running.contains(state): .running(node: nodes.isEmpty ? nil : nodes)
        case "COMPLETED": .ended(.code(0))
        case "FAILED": .ended(failure)
        case "CANCELLED": .ended(.cancelledOutside(reason.hasPrefix(state) ? reason : state))
        case "TIMEOUT": .ended(.jobTimeLimit(words))
        case _ where Self.lost.contains(state): .ended(.evicted(words))
        case _ where Self.rejected.contains(state): .ended(.rejected(words))
        default: .pending(reason: waiting)
        }
    }

    /// The state, and the reason where Slurm gives one that says more.
    private var words: String { ["None", ""].contains(reason) ? state : reason.hasPrefix(state) ? reason : "\(state): \(reason)" }

    private var failure: WorkerExit {
        let signal = status & 0x7f
        if signal != 0 { return .signal(signal) }
        let code = (status >> 8) & 0xff
        if code == 0 { return .rejected(words) }
        if code == WorkerExitCode.saved, let used, let limit, used >= limit - Self.warning - 60 { return .jobTimeLimit("saved after \(used) of \(limit) seconds") }
        return .code(code)
    }

    private var waiting: String {
        let cause = state == "PENDING" ? (reason == "None" ? "waiting in Slurm" : reason) : words
        let held = ["JobHeldUser", "JobHeldAdmin", "job requeued in held state"].contains(reason) ? "; held in Slurm until `scontrol release \(id)`" : ""
        return (restarts > 0 ? "put back into Slurm's queue (\(restarts)): " : "") + cause + held
    }
}
