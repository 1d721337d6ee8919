import Catalog
import Synchronization

/// What one reading of the catalog has found already. Many cells of a notebook rest on the same runs: these are read, and their digests computed, once.
///
/// It belongs to one snapshot of the catalog, and lives no longer: `ReadMemo.during` around what is read in it.
package final class ReadMemo: Sendable {
    /// The memo of the reading that is under way; nil without one, and then everything is read anew.
    @TaskLocal static var current: ReadMemo?

    /// Identifies what a view shows of a run.
    struct RunKey: Hashable {
        var run: Int64
        var metric: String?
        var protocolDigest: String?
    }

    /// What a view shows of a run, with the protocols and extractors of its values.
    struct KnownRun {
        var run: ViewBasis.Run
        var protocols: Set<String>
        var extractors: Set<String>
    }

    private struct Known: ~Copyable {
        var runs: [RunKey: KnownRun] = [:]
        var studies: [String: [RunRecord]] = [:]
        var results: [[String?]: StudyResults] = [:]
    }

    private let known = Mutex(Known())

    private init() {}

    /// Reads with a new memo.
    package static func during<T>(_ body: () throws -> T) rethrows -> T { try $current.withValue(ReadMemo()) { try body() } }

    func runs(_ keys: [RunKey]) -> [RunKey: KnownRun] {
        known.withLock { known in
            var found: [RunKey: KnownRun] = [:]
            for key in keys { found[key] = known.runs[key] }
            return found
        }
    }

    func add(_ runs: [RunKey: KnownRun]) { known.withLock { $0.runs.merge(runs) { $1 } } }

    /// The runs of a study.
    static func runs(ofStudy study: String, _ reader: CatalogReader) throws -> [RunRecord] {
        if let found = current?.known.withLock({ $0.studies[study] }) { return found }
        let runs = try reader.runs(ofStudy: study)
        current?.known.withLock { $0.studies[study] = runs }
        return runs
    }

    /// The runs of a study with their values of a metric.
    static func results(_ study: String, metric: String, under protocolDigest: String?, _ reader: CatalogReader) throws -> StudyResults {
        let key = [study, metric, protocolDigest]
        if let found = current?.known.withLock({ $0.results[key] }) { return found }
        let results = try StudyResults(study, metric: metric, under: protocolDigest, reader)
        current?.known.withLock { $0.results[key] = results }
        return results
    }
}
