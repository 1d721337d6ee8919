import Canonical
import Foundation

/// What the operating system reports about memory: how much a process can have, and how often processes were killed for lack of it.
package struct MachineMemory {
    /// Root of the file system that contains `proc` and `sys`.
    var root = ""

    /// Creates a reader of the files under a root.
    package init(root: String = "") { self.root = root }

    /// Bytes available to all processes of this server together: the machine's memory or the smallest limit of its control groups; nil
    /// if neither is known.
    package var limit: Int? { ([installed] + groups.map { amount("\($0)/memory.max") }).compactMap { $0 }.min() }

    /// The number of processes killed for lack of memory since the machine or the control group started.
    var kills: Int {
        let events = groups.first.flatMap { value("oom_kill", of: "\($0)/memory.events") }
        return events ?? value("oom_kill", of: "\(root)/proc/vmstat") ?? 0
    }

    private var installed: Int? { value("MemTotal:", of: "\(root)/proc/meminfo").flatMap { $0.multipliedReportingOverflow(by: 1024).overflow ? nil : $0 * 1024 } }

    /// The folders of the control groups (version 2), innermost first.
    private var groups: [String] {
        guard let line = text("\(root)/proc/self/cgroup").split(separator: "\n").first(where: { $0.hasPrefix("0::") }) else { return [] }
        var parts = line.dropFirst(3).split(separator: "/").map(String.init)
        guard !parts.contains("..") else { return ["\(root)/sys/fs/cgroup"] }
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append("\(root)/sys/fs/cgroup/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return (folders + ["\(root)/sys/fs/cgroup"]).filter { FileSystem.exists("\($0)/memory.events") || FileSystem.exists("\($0)/memory.max") }
    }

    private func amount(_ path: String) -> Int? { Int(text(path).trimmingCharacters(in: .whitespacesAndNewlines), in: 0...1 << 52) }

    /// The number after a word that starts a line.
    private func value(_ word: String, of path: String) -> Int? {
        for line in text(path).split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count > 1, words[0] == word { return Int(words[1], in: 0...1 << 50) }
        }
        return nil
    }

    private func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
