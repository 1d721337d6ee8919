import Catalog
import Execution
import Results

extension API {
    /// The time until the runs of a study have ended, in its hours.
    func timeLeft(ofStudy study: StudyRecord, workers: Int, window: QueueWindow?, _ reader: CatalogReader) throws -> TimeRange? {
        guard let left = try planner.timeLeft(ofStudy: study, workers: workers, reader) else { return nil }
        guard let window else { return left }
        let time = workbench.settings.now()
        return TimeRange(low: window.elapsed(left.low, from: time), high: window.elapsed(left.high, from: time), basis: left.basis)
    }

    /// The time until the runs of all studies have ended; nil where it is unknown for one of them.
    func timeLeft(workers: Int, _ reader: CatalogReader) throws -> TimeRange? {
        var sum: TimeRange?
        for study in try reader.studies() where try reader.hasUnfinishedRuns(study: study.id) {
            guard let left = try planner.timeLeft(ofStudy: study, workers: workers, reader) else { return nil }
            sum = TimeRange(low: (sum?.low ?? 0) + left.low, high: (sum?.high ?? 0) + left.high, basis: max(sum?.basis ?? .measured, left.basis))
        }
        return sum
    }
}
