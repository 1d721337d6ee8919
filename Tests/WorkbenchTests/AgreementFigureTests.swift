import Canonical
import Catalog
import Events
import Figures
import Foundation
import Models
import Testing

@testable import Execution
@testable import Results

/// A metric of the same checkpoints by two feature extractors.
@Suite("Agreement of feature extractors")
struct AgreementFigureTests {
    /// Four runs each of two models with FID by their own extractor, and by others from evaluations without training: `inception` ranks them in the opposite order,
    /// `vgg` in the same, and only those of one model.
    private func study() throws -> (study: FinishedStudy, record: StudyRecord) {
        let study = try FinishedStudy(settings: 1, seeds: 1, models: ["vae"])
        let record = try study.add(FinishedStudy.plan(["ns-gan", "wgan-gp"], ["kind": "single"], name: "Ranks", seeds: 4), isFlawless: true)
        for run in try study.catalog.readNow({ try $0.runs(ofStudy: record.id) }) {
            let value = Double(run.seed) + (run.model == "ns-gan" ? 20 : 30)
            var values: [(Int, Double, String)] = [(20, value + 100, "own"), (40, value, "own"), (40, 1000 - value, "inception")]
            if run.model == "ns-gan" { values.append((40, value * value, "vgg")) }
            let events = values.map { step, value, encoder in
                RunEvent(
                    time: 1, kind: .evaluation(
                        .init(
                            step: step, metric: "kid", value: value, protocolDigest: "p-\(encoder)", encoder: encoder, encoderDigest: "d-\(encoder)", samples: encoder == "own" ? 256 : 512,
                            referenceSplit: "test")))
            }
            try study.catalog.writeNow { writer in
                _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: try writer.reader.requiredRun(run.id), at: 300)
            }
        }
        return (study, record)
    }

    private func comparison(_ study: FinishedStudy, _ record: StudyRecord, metric: String = "kid", under digest: String? = "p-own") throws -> Comparison {
        try study.catalog.readNow {
            try Comparison(ComparisonQuery(studies: [record.id], metric: metric, protocolDigest: digest), models: ModelCatalog.schemas, $0)
        }
    }

    @Test func rankCorrelationsOfAllExtractors() throws {
        let (study, record) = try study(), comparison = try comparison(study, record)
        #expect(comparison.json["figures"]?.arrayValue?.last?["name"] == "extractors")
        let figure = try comparison.figure(.extractors, scale: nil), series = try #require(figure.json["series"]?.arrayValue)
        // The extractor of most runs is drawn, at the one step that both have.
        #expect(series.map { $0["name"] } == ["ns-gan", "wgan-gp"] && series[0]["step"]?.arrayValue == [40, 40, 40, 40])
        #expect(series[0]["y"]?.arrayValue?.map(\.numberValue) == [20, 21, 22, 23] && series[0]["x"]?.arrayValue?.map(\.numberValue) == [980, 979, 978, 977])
        #expect(figure.json["x"]?.stringValue?.contains("by inception (N = 512)") == true && figure.json["y"]?.stringValue?.contains("by own (N = 256)") == true)
        let notes = figure.json["notes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(notes.contains("Spearman's rank correlation with inception: -1.00 (n = 8).") && notes.contains("Spearman's rank correlation with vgg: 1.00 (n = 4)."), "\(notes)")
        let draw = try #require(figure.svg)
        #expect(draw(FigureStyle(width: 390)).components(separatedBy: "data-run=").count == 9)
    }

    /// Without another extractor there is nothing to show.
    @Test func oneExtractorAgreesWithItself() throws {
        let (study, record) = try study(), other = try comparison(study, record, metric: "fid", under: nil)
        #expect(other.json["figures"]?.arrayValue?.contains { $0["name"] == "extractors" } == false)
        let empty = try #require(other.figure(.extractors, scale: nil).svg)
        #expect(empty(FigureStyle()).contains("no run has both values"))
    }
}
