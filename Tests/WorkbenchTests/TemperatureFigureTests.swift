import Canonical
import Catalog
import Events
import Figures
import Models
import Studies
import Testing

@testable import Execution
@testable import Results

/// A metric against the temperature of the samples, from evaluations whose protocols differ in the temperature alone.
@Suite("The temperature sweep")
struct TemperatureFigureTests {
    private static func meaning(_ temperature: Double?, border: Int64 = 0) -> EvaluationProtocol {
        var options: [String: JSONValue] = ["border": .integer(border)]
        if let temperature { options["temperature"] = .number(temperature) }
        return EvaluationProtocol(
            metric: "psnr", encoder: "none", encoderDigest: .sha256("none"), samples: 256, referenceSplit: "test", referenceSamples: 256, datasetDigest: .sha256("data"),
            latentStream: "evaluation/latents", estimator: "psnr-1", options: .object(options), condition: "low_resolution")
    }

    /// Three runs of a model: PSNR as trained, at steps 20 and 40, and of the last checkpoint at three temperatures and with a border.
    private func study() throws -> (study: FinishedStudy, record: StudyRecord) {
        let study = try FinishedStudy(settings: 1, seeds: 1, models: ["vae"])
        let record = try study.add(FinishedStudy.plan(["ns-gan"], ["kind": "single"], name: "Sweep", seeds: 3), isFlawless: true)
        for run in try study.catalog.readNow({ try $0.runs(ofStudy: record.id) }) {
            let seed = Double(run.seed)
            let values: [(Int, Double, EvaluationProtocol)] = [
                (20, 40, Self.meaning(nil)), (40, 20 + seed, Self.meaning(nil)), (40, 30 + seed, Self.meaning(0)), (40, 25 + seed, Self.meaning(0.4)),
                (20, 1, Self.meaning(0.4)), (40, 22 + seed, Self.meaning(0.8)), (40, 99, Self.meaning(0.8, border: 4)),
            ]
            let events = values.flatMap { step, value, meaning -> [RunEvent] in
                [
                    RunEvent(time: 1, kind: .protocolContent(.init(content: meaning.json))),
                    RunEvent(
                        time: 1, kind: .evaluation(
                            .init(
                                step: step, metric: "psnr", value: value, protocolDigest: meaning.digest.hex, encoder: "none",
                                encoderDigest: meaning.encoderDigest.hex, samples: 256, referenceSplit: "test"))),
                ]
            }
            try study.catalog.writeNow { writer in
                _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: try writer.reader.requiredRun(run.id), at: 300)
            }
        }
        return (study, record)
    }

    private func comparison(_ study: FinishedStudy, _ record: StudyRecord, metric: String = "psnr") throws -> Comparison {
        let query = ComparisonQuery(studies: [record.id], metric: metric, protocolDigest: metric == "psnr" ? Self.meaning(nil).digest.hex : nil)
        return try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }
    }

    /// One step a run, the one with all temperatures; another border is another protocol. The own temperature of these runs is not known, so it is no point.
    @Test func pointsAreMeansOverRunsAtOneStep() throws {
        let (study, record) = try study(), figure = try comparison(study, record).figure(.temperature, scale: nil)
        let series = try #require(figure.json["series"]?[0])
        #expect(series["name"] == "ns-gan" && series["x"]?.arrayValue?.map(\.numberValue) == [0, 0.4, 0.8])
        #expect(series["y"]?.arrayValue?.map(\.numberValue) == [31, 26, 23])
        #expect(series["lower"]?.arrayValue?.map(\.numberValue) == [30, 25, 22] && series["upper"]?.arrayValue?.map(\.numberValue) == [32, 27, 24])
        #expect(figure.json["notes"]?[0]?.stringValue?.contains("step 40") == true)
        let draw = try #require(figure.svg)
        #expect(draw(FigureStyle(width: 390)) == draw(FigureStyle(width: 390)) && draw(FigureStyle(width: 390)).contains("Temperature"))
    }

    @Test func itIsOfferedWhereTemperaturesWereMeasured() throws {
        let (study, record) = try study()
        func names(_ comparison: Comparison) -> [String] { comparison.json["figures"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? [] }
        #expect(try names(comparison(study, record)).last == "temperature")
        #expect(try !names(comparison(study, record, metric: "fid")).contains("temperature"))
    }

    /// A protocol without a temperature keeps its text; the temperature is all that is taken out of another.
    @Test func protocolsShareAllButTheTemperature() throws {
        let own = try #require(TemperatureSweep.meaning(Self.meaning(nil).json.canonicalText)), other = try #require(TemperatureSweep.meaning(Self.meaning(0.8).json.canonicalText))
        #expect(own.temperature == nil && other.temperature == 0.8 && own.common == other.common)
        let border = try #require(TemperatureSweep.meaning(Self.meaning(0.8, border: 4).json.canonicalText))
        #expect(border.common != own.common && TemperatureSweep.meaning("no protocol") == nil)
    }
}
