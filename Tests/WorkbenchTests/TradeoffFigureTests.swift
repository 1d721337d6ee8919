import Canonical
import Catalog
import Events
import Figures
import Foundation
import Models
import Testing

@testable import Execution
@testable import Results

/// A metric of super-resolution against LR-PSNR and against diversity, by method.
@Suite("Figures of two metrics")
struct TradeoffFigureTests {
    /// Four runs each of two models. PSNR and LR-PSNR at both steps, best PSNR at the first; diversity at the last step alone.
    /// - Parameter others: the runs of wgan-gp have their LR-PSNR under a protocol of their own
    private func study(others: Bool = false) throws -> (study: FinishedStudy, record: StudyRecord) {
        let study = try FinishedStudy(settings: 1, seeds: 1, models: ["vae"])
        let record = try study.add(FinishedStudy.plan(["ns-gan", "wgan-gp"], ["kind": "single"], name: "Pairs", seeds: 4), isFlawless: true)
        for run in try study.catalog.readNow({ try $0.runs(ofStudy: record.id) }) {
            let seed = Double(run.seed), base = run.model == "ns-gan" ? 20.0 : 30.0
            let values: [(Int, String, Double)] = [
                (20, "psnr", base + 1 + seed), (20, "lr_psnr", base + 10 + seed), (40, "psnr", base + seed), (40, "lr_psnr", base + 20 + 2 * seed), (40, "diversity", seed),
            ]
            let events = values.map { step, metric, value in
                RunEvent(
                    time: 1, kind: .evaluation(
                        .init(
                            step: step, metric: metric, value: value,
                            protocolDigest: others && metric == "lr_psnr" && run.model == "wgan-gp" ? "another" : "p-\(metric)", encoder: "none", encoderDigest: "n", samples: 256, referenceSplit: "test")))
            }
            try study.catalog.writeNow { writer in
                _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: try writer.reader.requiredRun(run.id), at: 300)
            }
        }
        return (study, record)
    }

    private func comparison(
        _ study: FinishedStudy, _ record: StudyRecord, _ selection: ComparisonQuery.Selection = .best, mixing: Bool = false
    ) throws -> Comparison {
        var query = ComparisonQuery(studies: [record.id], metric: "psnr", selection: selection)
        query.mixesProtocols = mixing
        return try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }
    }

    /// The values on either axis are comparable, or the figure says that they are not.
    @Test func bothAxesHaveOneProtocolEach() throws {
        let (study, record) = try study(others: true)
        let refusal = try #require(throws: ResultsError.self) { try comparison(study, record).figure(.consistency, scale: nil) }
        guard case .mixedProtocols(let metric, let protocols) = refusal else { throw refusal }
        #expect(metric == "lr_psnr" && Set(protocols.map(\.digest)) == ["another", "p-lr_psnr"])
        let mixed = try comparison(study, record, mixing: true).figure(.consistency, scale: nil)
        let draw = try #require(mixed.svg)
        #expect(draw(FigureStyle(width: 390)).contains("MIXED"))
        let other = try comparison(study, record).figure(.diversity, scale: nil)
        #expect(other.json["series"]?.arrayValue?.count == 2)
    }

    /// Both values are those of one step: that of the best PSNR, or the last. Median and quartiles by definition 7 of Hyndman and Fan.
    @Test func valuesAreThoseOfOneStep() throws {
        let (study, record) = try study()
        for (selection, step, y, x, slope) in [(ComparisonQuery.Selection.best, 20, 21.0, 30.0, 1.0), (.final, 40, 20, 40, 2)] {
            let series = try #require(try comparison(study, record, selection).figure(.consistency, scale: nil).json["series"]?.arrayValue)
            #expect(series.map { $0["name"] } == ["ns-gan", "wgan-gp"])
            #expect(series[0]["step"]?.arrayValue?.map(\.integerValue) == [Int64?](repeating: Int64(step), count: 4))
            #expect(series[0]["y"]?.arrayValue?.map(\.numberValue) == [y, y + 1, y + 2, y + 3])
            #expect(series[0]["x"]?.arrayValue?.map(\.numberValue) == (0..<4).map { x + slope * Double($0) })
            #expect(series[0]["y_summary"] == ["median": .number(y + 1.5), "lower_quartile": .number(y + 0.75), "upper_quartile": .number(y + 2.25)])
            #expect(series[1]["x_summary"]?["median"]?.numberValue == x + 10 + slope * 1.5)
        }
    }

    /// Diversity is measured at the last step, so the best PSNR among the steps that have both is that of the last.
    @Test func onlyStepsWithBothValuesCount() throws {
        let (study, record) = try study(), figure = try comparison(study, record).figure(.diversity, scale: nil)
        #expect(figure.json["series"]?[0]?["step"]?[0] == 40 && figure.json["series"]?[0]?["x"]?.arrayValue?.map(\.numberValue) == [0, 1, 2, 3])
        #expect(figure.json["x"]?.stringValue?.contains("Diversity") == true && figure.csv.split(separator: "\n").count == 9)
        let draw = try #require(figure.svg), drawing = draw(FigureStyle(width: 390))
        // Eight runs, and a median for each method.
        #expect(drawing.components(separatedBy: "data-run=").count == 9 && drawing.contains("NS GAN (n = 4)") && drawing.contains("4 runs: median 1.5 and 21.5"))
        #expect(draw(FigureStyle(width: 390)) == drawing)
    }

    /// A cell that names no series shows the loss that its runs recorded.
    @Test func aSingleLossHasItsCurve() throws {
        let study = try FinishedStudy(settings: 4, seeds: 2, models: ["vae"])
        // The one that did not run.
        let runs = try study.runs(), run = try #require(runs.first { $0.setting == 3 && $0.seed == 1 })
        #expect(try study.catalog.readNow { try CurvesCell.usualSeries(of: [run], $0) } == "discriminator_loss")
        let lines = try (1...40).map { try RunEvent(line: Array(#"{"type":"metrics","time":1,"step":\#($0),"values":{"loss":\#(50 - $0)}}"#.utf8)) }
        try study.catalog.writeNow { writer in
            try writer.start(run: run.number, threads: 1, at: 200, reason: "started")
            _ = try writer.ingest(EventBatch(start: 0, end: 10, events: lines), into: try writer.reader.requiredRun(run.id), at: 201)
        }
        #expect(try study.catalog.readNow { try CurvesCell.usualSeries(of: [run], $0) } == "loss")
        #expect(try study.catalog.readNow { try CurvesCell.usualSeries(of: runs, $0) } == "discriminator_loss")
        let view = try View(reading: ["kind": "curves", "name": "losses", "studies": [.string(study.study.id)], "models": ["vae"], "series": "absolute_error"])
        #expect(view.content == .curves(study: study.study.id, model: "vae", series: "absolute_error"))
    }

    /// They are offered where they have something to show, and say so where they have not.
    @Test func theyAreOfferedWhereTheyWereMeasured() throws {
        let (study, record) = try study()
        func names(_ record: StudyRecord) throws -> [String] {
            try comparison(study, record).json["figures"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        }
        #expect(try names(record).suffix(2) == ["consistency", "diversity"])
        let other = try study.catalog.readNow { try Comparison(ComparisonQuery(studies: [study.study.id], metric: "fid"), models: ModelCatalog.schemas, $0) }
        #expect(other.json["figures"]?.arrayValue?.contains { $0["name"] == "consistency" } == false)
        let empty = try #require(other.figure(.consistency, scale: nil).svg)
        #expect(empty(FigureStyle()).contains("no run has both values"))
    }
}
