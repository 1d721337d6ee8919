import Canonical

/// A kind of file that was not imported, with its count.
public struct LeftOut: Sendable, Hashable {
    /// Human-readable, with a few names: "files .webp (a/0.webp, a/1.webp, …)".
    public let what: String
    /// Number of files.
    public let count: Int
}

/// Counts skipped files by kind, with the first names of each.
struct LeftOutTally {
    private var kinds: [String] = []
    private var counts: [String: (count: Int, names: [String])] = [:]
    private static let shown = 3

    mutating func add(_ kind: String, _ name: String, count: Int = 1) {
        if counts[kind] == nil { kinds.append(kind) }
        var entry = counts[kind] ?? (0, [])
        entry.count += count
        if entry.names.count <= Self.shown { entry.names.append(SystemPath.readable(name)) }
        counts[kind] = entry
    }

    var total: Int { counts.values.reduce(0) { $0 + $1.count } }

    /// In order of first occurrence.
    var list: [LeftOut] {
        kinds.map { kind in
            let entry = counts[kind] ?? (0, [])
            let names = entry.names.prefix(Self.shown).joined(separator: ", ") + (entry.names.count > Self.shown ? ", …" : "")
            return LeftOut(what: "\(kind) (\(names))", count: entry.count)
        }
    }
}
