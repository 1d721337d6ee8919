import Canonical
import Catalog
import Events
import Figures
import Models
import Studies
import Testing

@testable import Execution
@testable import Results

/// Restored images and latents before and after normalization, from the values of one metric.
@Suite("Latent normalization before and after")
struct NormalizationFigureTests {
    private static let meaning = EvaluationProtocol(
        metric: "restoration", encoder: "none", encoderDigest: .sha256("none"), samples: 64, referenceSplit: "test", referenceSamples: 64, datasetDigest: .sha256("data"),
        latentStream: "evaluation/latents", estimator: "restoration-1", options: ["samples": 64], condition: "low_resolution")

    /// Three runs of a model, measured at steps 20 and 40. One of them has no value for one kind.
    private func study() throws -> (study: FinishedStudy, record: StudyRecord) {
        let study = try FinishedStudy(settings: 1, seeds: 1, models: ["vae"])
        let record = try study.add(FinishedStudy.plan(["ns-gan"], ["kind": "single"], name: "Restored", seeds: 3), isFlawless: true)
        for run in try study.catalog.readNow({ try $0.runs(ofStudy: record.id) }) {
            let seed = Double(run.seed)
            let values: [(Int, String, Double?)] = [
                (20, "restoration_none", 10), (20, "restoration_local", 50), (40, "restoration_degraded", 22), (40, "restoration_none", 22), (40, "restoration_global", 24 + seed),
                (40, "restoration_local", run.seed == 0 ? nil : 20 + seed), (40, "restoration_spatial", 25), (40, "latent_deviation_none", 2), (40, "latent_deviation_global", 0.9),
            ]
            let events = [RunEvent(time: 1, kind: .protocolContent(.init(content: Self.meaning.json)))] + values.map { step, name, value in
                RunEvent(
                    time: 1, kind: .evaluation(
                        .init(
                            step: step, metric: name, value: value, protocolDigest: Self.meaning.digest.hex, encoder: "none", encoderDigest: Self.meaning.encoderDigest.hex,
                            samples: 64, referenceSplit: "test")))
            }
            try study.catalog.writeNow { writer in
                _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: try writer.reader.requiredRun(run.id), at: 300)
            }
        }
        return (study, record)
    }

    private func comparison(_ study: FinishedStudy, _ record: StudyRecord, metric: String) throws -> Comparison {
        let query = ComparisonQuery(studies: [record.id], metric: metric, selection: .final, protocolDigest: metric == "fid" ? nil : Self.meaning.digest.hex)
        return try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }
    }

    /// Means over the runs that have a value at the step of the compared one, with the least and the greatest.
    @Test func rowsAreMeansOverRuns() throws {
        let (study, record) = try study(), figure = try comparison(study, record, metric: "restoration_global").figure(.normalization, scale: nil)
        let rows = try #require(figure.json["rows"]?.arrayValue)
        #expect(rows.compactMap { $0["value"]?.numberValue } == [22, 22, 25, 21.5, 25] && rows.compactMap { $0["lower"]?.numberValue } == [22, 22, 24, 21, 25])
        #expect(rows.compactMap { $0["upper"]?.numberValue } == [22, 22, 26, 22, 25])
        #expect(rows.compactMap { $0["remark"]?.stringValue } == ["n = 3", "n = 3", "n = 3", "n = 2", "n = 3"])
        #expect(rows[0]["title"]?.stringValue?.hasSuffix("with noise") == true && rows[3]["title"]?.stringValue?.hasSuffix("normalized by pixel") == true)
        let draw = try #require(figure.svg)
        #expect(draw(FigureStyle(width: 390)) == draw(FigureStyle(width: 390)) && draw(FigureStyle(width: 390)).contains("normalized by channel"))
    }

    @Test func latentsHaveTheirOwnRows() throws {
        let (study, record) = try study(), figure = try comparison(study, record, metric: "latent_deviation_none").figure(.normalization, scale: nil)
        #expect(figure.json["rows"]?.arrayValue?.compactMap { $0["value"]?.numberValue } == [2, 0.9] && figure.json["axis"]?.stringValue?.contains("latents") == true)
    }

    @Test func itIsOfferedForItsValuesAlone() throws {
        let (study, record) = try study()
        func names(_ metric: String) throws -> [String] {
            try comparison(study, record, metric: metric).json["figures"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        }
        #expect(try names("restoration_spatial").last == "normalization" && !names("fid").contains("normalization"))
    }
}
