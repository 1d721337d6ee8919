import Canonical
import Events
import Metrics
import Studies
import Synchronization
import Testing

@testable import Training

@Suite(.serialized) struct EvaluationTests {
    private func specification(_ metrics: [String], steps: Int = 11) throws -> Specification {
        var specification = try TrainingFixture.specification(model: "ns-gan", steps: steps)
        specification.evaluation.metrics = metrics.sorted()
        return specification
    }

    /// All metrics except the slow one (see `ManifoldTests`), the one that images do not support (see `ModesTests`), the one of flows (see `FlowTrainingTests`), and those of super-resolution
    /// (see `SuperResolutionTests`).
    private let quick = MetricChoice.all.filter { ![.manifold, .modes, .likelihood, .lowResolution, .perceptual].contains($0.needs) }

    private func evaluations(_ record: TrainingFixture.Record) throws -> [JSONValue] {
        try record.results.map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"] == "evaluation" }
    }

    @Test func everyChoiceHasAnEstimatorAndTheOtherWayRound() throws {
        for choice in MetricChoice.all {
            let estimator = try #require(MetricEstimator.named(choice.name, options: choice.options(with: nil)), "\(choice.name)")
            #expect(!estimator.name.isEmpty && !choice.values.isEmpty)
        }
        #expect(MetricEstimator.named("fod", options: [:]) == nil && MetricChoice.named("fod") == nil)
        let names = MetricChoice.all.flatMap { $0.values.map(\.name) }
        #expect(Set(names).count == names.count)
    }

    /// One run with every metric: each value is present when it is due, and the Frechet distance has the same bits as when computed alone.
    @Test func allMetricsInOneRun() throws {
        let alone = try evaluations(TrainingFixture.train(specification(["fid"])))
        let record = try TrainingFixture.train(specification(quick.map(\.name)))
        let all = try evaluations(record)
        #expect(alone.count == 2 && alone.allSatisfy { all.contains($0) })
        for choice in quick {
            for value in choice.values {
                let found = all.filter { $0["metric"]?.stringValue == value.name }
                #expect(found.map { $0["step"]?.integerValue } == (choice.isCostly ? [11] : [11, 6]), "\(value.name)")
                let digests = Set(found.compactMap { $0["protocol"]?.stringValue })
                #expect(digests.count == 1 && digests.first?.count == 64, "\(value.name)")
                for one in found where one["value"] == .null { #expect(one["problem"]?.stringValue?.isEmpty == false, "\(value.name)") }
            }
        }
        // One protocol for all values of a metric, another for each metric.
        #expect(Set(all.compactMap { $0["protocol"]?.stringValue }).count == quick.count)
        // 256 samples are one block, which has no standard deviation; all else is a number.
        #expect(Set(all.filter { $0["value"] == .null }.compactMap { $0["metric"]?.stringValue }) == ["kid_deviation"])
        #expect(try TrainingFixture.train(specification(quick.map(\.name)), threads: 2) == record)
    }

    /// The log contains the contents of a digest before the first value with it; a resumed worker writes them again.
    @Test func everyNumberIsExplainedBeforeItIsWritten() throws {
        let specification = try specification(["fid", "kid"])
        let folder = try TrainingFixture.folder("explained", specification)
        let asked = Atomic<Int>(0)
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1) { asked.add(1, ordering: .relaxed).oldValue >= 7 }.run()
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        let events = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try RunEvent(line: Array($0)) }
        var (protocols, extractors): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
        var measured = 0
        for event in events {
            switch event.kind {
            case .log: (protocols, extractors) = ([:], [:])
            case .protocolContent(let told): protocols[told.digest] = told.content
            case .extractor(let told): extractors[told.digest] = told.provenance
            case .evaluation(let evaluation):
                measured += 1
                let meaning = try EvaluationProtocol(reading: try #require(protocols[evaluation.protocolDigest]))
                #expect(evaluation.metric.hasPrefix(meaning.metric) && meaning.samples == 256 && meaning.encoder == evaluation.encoder)
                #expect(meaning.digest.hex == evaluation.protocolDigest && meaning.encoderDigest.hex == evaluation.encoderDigest)
                #expect(extractors[evaluation.encoderDigest]?["encoder"] == "lenet")
            default: break
            }
        }
        #expect(measured == 6)
    }

    @Test func theBestValueGoesByTheMetricsDirection() {
        func measured(_ name: String, _ value: Double?) -> Measurement { Measurement(name: name, value: value, protocolDigest: .sha256(""), samples: 256) }
        #expect(measured("fid", 3).isBetter(than: 4) && !measured("fid", 4).isBetter(than: 4))
        #expect(measured("is", 5).isBetter(than: 4) && !measured("is", 3).isBetter(than: 4))
        #expect(measured("is", 5).isBetter(than: nil) && !measured("is", nil).isBetter(than: 1))
    }

    @Test func anUnknownMetricEndsTheRun() throws {
        let specification = try specification(["fid", "fod"])
        #expect(throws: FieldError.self) { try TrainingFixture.train(specification) }
    }
}
