import Canonical
import Catalog
import Events
import Figures
import Models
import Testing

@testable import Execution
@testable import Results

/// A comparison by a metric that some studies, or none, measure: what was never measured is no failure.
@Suite("Runs that were never measured by the metric")
struct UnmeasuredRunTests {
    private static let metric = "memorisation"

    /// Two studies of four runs of WGAN-GP and four of WGAN, of which two diverged; neither plan names the metric, and the first study's completed runs
    /// of WGAN-GP have values of it: 1, 2, 3, and one evaluation without a value.
    private func studies() throws -> (first: FinishedStudy, second: StudyRecord) {
        let first = try FinishedStudy(settings: 2, models: ["wgan-gp", "wgan"])
        let second = try first.add(FinishedStudy.plan(["wgan-gp", "wgan"], ["kind": "narrow", "settings": 2], name: "Second", seeds: 2))
        let runs = try first.runs().filter { $0.model == "wgan-gp" }
        for (place, run) in runs.enumerated() {
            let value = place < 3 ? Double(place + 1) : nil
            let evaluation = RunEvent.Evaluation(
                step: 40, metric: Self.metric, value: value, protocolDigest: "m1", encoder: "lenet-polygons", encoderDigest: "e1e1e1e1e1e1e1", samples: 1000,
                referenceSplit: "test", problem: value == nil ? "too few samples" : nil)
            try first.catalog.writeNow { writer in
                let events = [RunEvent(time: 1, kind: .evaluation(evaluation))]
                _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: try writer.reader.requiredRun(run.id), at: 300)
            }
        }
        return (first, second)
    }

    private func comparison(_ first: FinishedStudy, _ query: ComparisonQuery) throws -> Comparison {
        try first.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }
    }

    private func notes(_ json: JSONValue) -> String { json["notes"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? "" }

    @Test func theyAreInNoDenominator() throws {
        let (first, second) = try studies()
        let comparison = try comparison(first, ComparisonQuery(studies: [first.study.id, second.id], metric: Self.metric))
        let groups = try #require(comparison.json["groups"]?.arrayValue)
        func counts(_ key: String) -> [Double?] { groups.map { $0[key]?.numberValue } }
        // The evaluation without a value is a failure; diverged runs are failures only where their group was measured.
        #expect(counts("runs") == [4, 4, 4, 4] && counts("ended") == [4, 0, 0, 0])
        #expect(counts("failures") == [1, 0, 0, 0] && counts("unmeasured") == [0, 4, 4, 4])
        #expect(counts("collapsed") == [0, 0, 0, 0])

        let table = try comparison.figure(.table, scale: nil).json
        let rows = try #require(table["rows"]?.arrayValue)
        #expect(rows.map { $0["failed"]?.numberValue } == [1, 0, 0, 0] && rows.map { $0["runs"]?.numberValue } == [4, 0, 0, 0])
        #expect(rows.map { $0["mean"]?["stars"]?.stringValue } == ["***", "", "", ""], "\(rows)")
        #expect(notes(table).contains("1 failed or diverged, and stay in every denominator. 12 runs were not measured by "), "\(notes(table))")
        for figure in [ComparisonFigure.ecdf, .budget, .profile, .improvement, .transfer] {
            #expect(notes(try comparison.figure(figure, scale: nil).json).contains("12 runs were not measured by "), "\(figure)")
        }
        #expect(comparison.distribution(nil).remarks.last?.hasPrefix("12 runs were not measured by ") == true)
        // The caution of the metric stands in every figure of it.
        let caution = "High values do not prove copying"
        #expect(comparison.distribution(nil).remarks.contains { $0.hasPrefix(caution) } && notes(table).contains(caution))
        let overview = try first.catalog.readNow { try StudyResults(first.study.id, metric: Self.metric, $0) }.figure(scale: nil, models: ModelCatalog.schemas)
        #expect(overview.remarks.contains { $0.hasPrefix(caution) })
        // One group is left, which is compared with nobody; the others are absent with the reason.
        #expect(try comparison.figure(.improvement, scale: nil).json["names"]?.arrayValue?.count == 1)
        let absent = try #require(try comparison.figure(.budget, scale: nil).json["absent"]?.arrayValue)
        #expect(absent.count == 3 && absent.allSatisfy { $0["reason"]?.stringValue?.hasPrefix("none of 4 runs was measured by ") == true }, "\(absent)")
    }

    /// A plan that asks for the metric makes a failure of a run that ended before its first evaluation.
    @Test func aPlannedMetricKeepsItsFailures() throws {
        let study = try FinishedStudy(settings: 2, models: ["lsgan", "wgan"])
        let failed = try study.runs().filter { $0.state != .done }.map(\.id)
        let comparison = try comparison(study, ComparisonQuery(runs: failed, metric: "f1"))
        #expect(failed.count == 3 && comparison.groups.map { comparison.scores($0).count } == [1, 2])
        #expect(comparison.groups.allSatisfy { group in comparison.scores(group).allSatisfy { $0 == nil } } && comparison.unmeasuredNote == nil)
    }

    @Test func aFigureOfWhatNobodyMeasuredIsRefused() throws {
        let (first, second) = try studies()
        let known = ["fid", "kid", "kid_deviation", "precision", "recall", "f1"]
        let error = MetricNotMeasured(metric: Self.metric, study: second.id, measured: known)
        #expect("\(error)" == "the study \(second.id) does not measure memorisation; measured: fid, kid, kid_deviation, precision, recall, f1")
        let one = try comparison(first, ComparisonQuery(studies: [second.id], metric: Self.metric))
        for figure in ComparisonFigure.allCases { #expect(throws: error, "\(figure)") { try one.figure(figure, scale: nil) } }
        // What can be compared instead is still told.
        #expect(one.json["groups"]?[0]?["unmeasured"] == 4 && one.json["measured"]?.arrayValue?.contains("f1") == true)

        let runs = try first.catalog.readNow { try $0.runs(ofStudy: second.id) }.map(\.id)
        let chosen = try comparison(first, ComparisonQuery(studies: [second.id], runs: runs, metric: "modes"))
        let unnamed = #expect(throws: MetricNotMeasured.self) { try chosen.figure(.table, scale: nil) }
        #expect(unnamed.map { "\($0)" }?.hasPrefix("none of the compared runs measures modes; measured: fid, ") == true)

        let resolver = ViewResolver(models: ModelCatalog.schemas) { _, _ in [] }
        let overview = View(.overview(study: second.id, metric: Self.metric))
        #expect(throws: error) { try first.catalog.readNow { try resolver.render(overview, $0) } }
        // A link to a page of it keeps what can be drawn: nothing but the list.
        let page = View(.page(.comparison(ComparisonQuery(studies: [second.id], metric: Self.metric), figure: .table, scale: nil)))
        #expect(try first.catalog.readNow { try resolver.pin(page, $0) }.count == 1)
    }
}
