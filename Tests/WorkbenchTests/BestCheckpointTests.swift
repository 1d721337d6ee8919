import Canonical
import Events
import Models
import Studies
import TestSupport
import Testing

@testable import Catalog
@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// Which checkpoint is the best, and what is said where there is none.
@Suite("Best checkpoints")
struct BestCheckpointTests {
    /// A run of this objective that measures FID and KID.
    private func run(_ objective: String, metrics: [String] = ["fid", "kid"]) throws -> RunRecord {
        let folder = try TemporaryFolder("best")
        let catalog = try Catalog.openForWriting(at: folder.path("fidelio.sqlite"))
        defer { withExtendedLifetime(folder) { try? catalog.close() } }
        var new = WorkbenchFixture.newRun(1)
        new.specification = JSONValue.object(["evaluation": ["metrics": .array(metrics.map { .string($0) })]]).canonicalText
        new.objective = objective
        return try catalog.writeNow { try $0.submit(new, at: 1) }
    }

    private func checkpoints(_ steps: [Int]) -> [CheckpointRecord] {
        steps.map { CheckpointRecord(step: $0, digest: "d\($0)", bytes: 1, final: false, time: 1) }
    }

    private func value(
        _ metric: String, _ step: Int, _ value: Double?, isPrimary: Bool = true, problem: String? = nil, job: String? = nil
    ) -> EvaluationRecord {
        EvaluationRecord(
            RunEvent.Evaluation(
                step: step, metric: metric, value: value, protocolDigest: "p", encoder: "e", encoderDigest: "d", samples: 9, referenceSplit: "test", problem: problem),
            isPrimary: isPrimary, job: job)
    }

    private func step(_ objective: String, _ steps: [Int], _ values: [EvaluationRecord]) throws -> Int {
        try BestCheckpoint.of(try run(objective), checkpoints(steps), values).checkpoint.step
    }

    @Test func itGoesByTheDirection() throws {
        func values(_ metric: String) -> [EvaluationRecord] { [(10, 3.0), (20, 1), (30, 2)].map { value(metric, $0.0, $0.1) } }
        #expect(try step("fid", [10, 20, 30], values("fid")) == 20)
        #expect(try step("is", [10, 20, 30], values("is")) == 10)
        // Only saved steps take part, and the objective alone counts.
        #expect(try step("fid", [10, 30], values("fid")) == 30)
        #expect(try step("fid", [10, 20, 30], values("fid") + [value("kid", 10, 0)]) == 20)
    }

    @Test func ofEqualValuesTheEarliestStepIsChosen() throws {
        let values = [30, 10, 20].map { value("fid", $0, 5) }
        #expect(try step("fid", [30, 10, 20], values) == 10 && step("is", [20, 30], [30, 20].map { value("is", $0, 5) }) == 20)
    }

    @Test func otherProtocolsAndMissingValuesTakeNoPart() throws {
        let values = [value("fid", 10, 1, isPrimary: false), value("fid", 10, nil), value("fid", 20, 9), value("fid", 30, .infinity)]
        let best = try BestCheckpoint.of(try run("fid"), checkpoints([10, 20, 30]), values)
        #expect(best.checkpoint.digest == "d20" && best.value == 9)
    }

    /// As of the scores: what evaluation jobs measured decides only where training never measured the objective.
    @Test func jobsMoveItOnlyWhereTrainingNeverMeasured() throws {
        let jobs = [value("fid", 10, 1, job: "e1"), value("fid", 30, 2, job: "e2")]
        #expect(try step("fid", [10, 20, 30], [value("fid", 20, 9), value("fid", 30, 8)] + jobs) == 30)
        #expect(try step("fid", [10, 20, 30], [value("fid", 20, 9)] + jobs) == 20)
        #expect(try step("fid", [10, 20, 30], jobs + [value("kid", 20, 0), value("fid", 20, 0, isPrimary: false)]) == 10)
        let fid = try run("fid")
        #expect(reason(fid, [10, 30], [value("fid", 10, nil, problem: "Too few samples.")] + jobs) == "FID has no value: Too few samples.")
    }

    /// Many checkpoints with many evaluations take time in proportion: a record of a run is shown without a queue.
    @Test func manyCheckpointsTakeNoTime() throws {
        let steps = Array(1...20_000), fid = try run("fid"), clock = ContinuousClock()
        let (checkpoints, values) = (checkpoints(steps), steps.flatMap { [value("kid", $0, 0), value("fid", $0, Double(20_000 - $0))] })
        var best: Int?
        let time = try clock.measure { best = try BestCheckpoint.of(fid, checkpoints, values).checkpoint.step }
        #expect(best == 20_000 && time < .seconds(5), "\(time)")
        let byStep = clock.measure { #expect(RunJSON.valuesByStep(values).count == 20_000) }
        #expect(byStep < .seconds(5), "\(byStep)")
    }

    private func reason(_ run: RunRecord, _ steps: [Int], _ values: [EvaluationRecord]) -> String {
        do {
            return "\(try BestCheckpoint.of(run, checkpoints(steps), values).checkpoint.step)"
        } catch {
            return "\(error)"
        }
    }

    @Test func theReasonIsTold() throws {
        let fid = try run("fid")
        #expect(reason(fid, [], [value("fid", 10, 1)]) == "No checkpoint has been saved.")
        #expect(reason(fid, [10], []) == "FID was never measured.")
        #expect(reason(fid, [10], [value("kid", 10, 1), value("fid", 10, 1, isPrimary: false)]) == "FID was never measured.")
        #expect(reason(fid, [10], [value("fid", 10, nil, problem: "Too few samples.")]) == "FID has no value: Too few samples.")
        #expect(reason(fid, [10], [value("fid", 10, nil)]) == "FID has no value.")
        #expect(reason(fid, [10, 30], [value("fid", 20, 1), value("fid", 40, 2)])
            == "No checkpoint was saved at a step where FID was measured: checkpoints at 10, 30, values at 20, 40.")
        #expect(reason(try run("modes"), [10], [value("fid", 10, 1)]) == "Modes captured is not measured by this run, which measures fid, kid, kid_deviation.")
        #expect(reason(try run("sharpness", metrics: []), [10], []) == "sharpness was never measured.")
    }

    /// A value that this program's table does not have is shown and compared all the same, lower being better.
    @Test func aMetricOfAnotherVersionIsCompared() throws {
        #expect(try step("bits_per_dimension", [10, 20], [value("bits_per_dimension", 10, 3.5), value("bits_per_dimension", 20, 3.25)]) == 20)
    }
}
