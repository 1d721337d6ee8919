package import Canonical
import Catalog
package import Notebooks

/// The results that a cell shows, by digest. Two cells with equal sources and equal bases show the same.
///
/// Staleness is computed from it: what a cell showed rests on one basis, the catalog gives another now.
package struct CellBasis: Sendable, Equatable {
    /// A run whose results are shown.
    package struct Run: Sendable, Equatable {
        /// The run's public id.
        package var id: String
        /// Of what the cell shows of this run.
        package var digest: String
        /// Whether the run has ended.
        package var hasEnded: Bool
        /// How many evaluations of it are behind the cell.
        package var evaluations: Int

        /// Makes a record.
        package init(id: String, digest: String, hasEnded: Bool, evaluations: Int) {
            (self.id, self.digest, self.hasEnded, self.evaluations) = (id, digest, hasEnded, evaluations)
        }
    }

    /// In the order in which they are shown.
    package var runs: [Run] = []
    /// Digests of evaluation protocols, sorted.
    package var protocols: [String] = []
    /// Digests of feature extractors, sorted.
    package var extractors: [String] = []
    /// The digest of other rows that are shown, such as those of a list; nil without any.
    package var rows: String?
    /// The digests of the data sets that were read, by name.
    package var datasets: [String: String] = [:]
    /// Counts of the whole catalog, for what depends on sets that cannot be named: an SQL query.
    package var catalog: [String: Int] = [:]

    /// An empty basis: of words alone.
    package init() {}

    init(_ view: ViewBasis) {
        runs = view.runs.map { Run(id: $0.run, digest: $0.digest, hasEnded: $0.hasEnded, evaluations: $0.evaluations) }
        (protocols, extractors) = (view.protocols, view.extractors)
    }

    /// SHA-256 of what is shown.
    package var digest: Digest { json.digest }

    /// The key of an output: the same for the same source over the same results.
    package func key(of cell: Cell) -> Digest {
        JSONValue.object(cell.written.merging(["basis": .string(digest.hex)]) { $1 }).digest
    }

    /// Everything, as it is stored beside an output.
    package var json: JSONValue {
        let basis: JSONValue = .object([
            "runs": .array(runs.map { ["run": .string($0.id), "digest": .string($0.digest), "ended": .bool($0.hasEnded), "evaluations": .count($0.evaluations)] }),
            "protocols": .array(protocols.map { .string($0) }), "extractors": .array(extractors.map { .string($0) }), "rows": .optional(rows),
            "catalog": .object(catalog.mapValues { .count($0) }),
        ])
        // Left out where there are none, so that the digests of such bases stay what they were before data sets were named.
        return datasets.isEmpty ? basis : basis.adding("datasets", .object(datasets.mapValues { .string($0) }))
    }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError`
    package init(reading json: JSONValue, path: String = "basis") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        for (place, element) in try fields.array("runs", count: 0...1_000_000).enumerated() {
            var run = try FieldReader(element, path: fields.path(of: "runs[\(place)]"))
            runs.append(
                Run(
                    id: try run.string("run"), digest: try run.string("digest"), hasEnded: try run.bool("ended"),
                    evaluations: try run.integer("evaluations", in: 0...Int.max)))
            try run.finish()
        }
        protocols = try fields.optionalStrings("protocols", count: 0...100_000) ?? []
        extractors = try fields.optionalStrings("extractors", count: 0...100_000) ?? []
        if let rows = fields.optionalValue("rows"), rows != .null {
            guard let text = rows.stringValue else { throw fields.error("rows", "must be a digest or null") }
            self.rows = text
        }
        for (name, value) in fields.optionalValue("datasets")?.objectValue ?? [:] {
            guard let digest = value.stringValue else { throw fields.error("datasets.\(name)", "must be a digest") }
            datasets[name] = digest
        }
        for (name, value) in fields.optionalValue("catalog")?.objectValue ?? [:] {
            guard let count = value.integerValue else { throw fields.error("catalog.\(name)", "must be an integer") }
            catalog[name] = Int(count)
        }
        try fields.finish()
    }

    /// Several bases as one: a run that occurs in several has the digest of its digests.
    static func merging(_ bases: [CellBasis]) -> CellBasis {
        guard bases.count != 1 else { return bases[0] }
        var merged = CellBasis(), order: [String] = [], parts: [String: [Run]] = [:]
        for run in bases.flatMap(\.runs) {
            if parts[run.id] == nil { order.append(run.id) }
            if parts[run.id]?.contains(run) != true { parts[run.id, default: []].append(run) }
        }
        merged.runs = order.compactMap { id in
            guard let all = parts[id]?.sorted(by: { $0.digest < $1.digest }), let first = all.first else { return nil }
            guard all.count > 1 else { return first }
            let digest = Digest.sha256(all.map(\.digest).joined(separator: "+")).hex
            return Run(id: id, digest: digest, hasEnded: all.contains(where: \.hasEnded), evaluations: all.reduce(0) { $0 + $1.evaluations })
        }
        merged.protocols = Set(bases.flatMap(\.protocols)).sorted()
        merged.extractors = Set(bases.flatMap(\.extractors)).sorted()
        let rows = bases.compactMap(\.rows)
        merged.rows = rows.isEmpty ? nil : rows.count == 1 ? rows[0] : Digest.sha256(rows.joined(separator: "+")).hex
        for basis in bases {
            merged.datasets.merge(basis.datasets) { $1 }
            merged.catalog.merge(basis.catalog) { $1 }
        }
        return merged
    }
}

extension CellBasis {
    /// What changed between what a cell showed and what the catalog gives now, in words: "4 more runs", "1 run ended", "2 evaluations added". Empty for
    /// equal bases.
    package static func changes(from old: CellBasis, to new: CellBasis) -> [String] {
        guard old != new else { return [] }
        let before = Dictionary(old.runs.map { ($0.id, $0) }) { first, _ in first }, now = Dictionary(new.runs.map { ($0.id, $0) }) { first, _ in first }
        let (added, removed) = (now.keys.count { before[$0] == nil }, before.keys.count { now[$0] == nil })
        var words: [String] = []
        if added > 0 { words.append("\(added) more \(added == 1 ? "run" : "runs")") }
        if removed > 0 { words.append("results of \(counted(removed, "run")) deleted") }
        let kept = old.runs.compactMap { run in now[run.id].map { (old: run, new: $0) } }.filter { $0.old != $0.new }
        let ended = kept.count { !$0.old.hasEnded && $0.new.hasEnded }, resumed = kept.count { $0.old.hasEnded && !$0.new.hasEnded }
        if ended > 0 { words.append("\(counted(ended, "run")) ended") }
        if resumed > 0 { words.append("\(counted(resumed, "run")) resumed") }
        let evaluations = kept.reduce(0) { $0 + $1.new.evaluations - $1.old.evaluations }
        if evaluations != 0 { words.append("\(counted(evaluations.magnitude, "evaluation")) \(evaluations > 0 ? "added" : "deleted")") }
        words += datasetChanges(old.datasets, new.datasets) + catalogChanges(old.catalog, new.catalog)
        if words.isEmpty {
            let others = kept.count
            if others > 0 { words.append("results of \(counted(others, "run")) changed") } else if old.protocols != new.protocols { words.append("another evaluation protocol") }
        }
        if words.isEmpty { words.append(old.rows == new.rows ? "another order of the runs" : "other rows") }
        return words
    }

    private static func datasetChanges(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            if new[name] == nil { return "the data set \(name) is not in the storage" }
            return old[name] == nil ? "the digest of the data set \(name) was not recorded" : "another data set \(name)"
        }
    }

    private static func catalogChanges(_ old: [String: Int], _ new: [String: Int]) -> [String] {
        new.keys.sorted().compactMap { name in
            let change = (new[name] ?? 0) &- (old[name] ?? 0)
            guard change != 0 else { return nil }
            let (noun, past): (String, String?) = switch name {
            case "ended": ("run", "ended")
            case "runs": ("run", nil)
            case "studies": ("study", nil)
            case "evaluations": ("evaluation", nil)
            case "checkpoints": ("checkpoint", nil)
            case "training_metrics": ("block of training metrics", nil)
            default: (name, nil)
            }
            if let past { return change > 0 ? "\(counted(change.magnitude, noun)) \(past)" : "\(counted(change.magnitude, noun)) resumed" }
            return change > 0 ? "\(change) more \(change == 1 ? noun : plural(noun))" : "\(counted(change.magnitude, noun)) fewer"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { counted(count.magnitude, noun) }
    private static func counted(_ count: UInt, _ noun: String) -> String { "\(count) \(count == 1 ? noun : plural(noun))" }
    private static func plural(_ noun: String) -> String { noun == "study" ? "studies" : noun.hasPrefix("block") ? "blocks of training metrics" : noun + "s" }
}
