import Archives
import Canonical
import Events
import Foundation
import Models
import Studies
import Synchronization
import Testing

@testable import Training

/// A checkpoint measured on its own has the values that training would have measured under that protocol at that step, bit for bit.
@Suite("Evaluating a checkpoint without training", .serialized)
struct EvaluationRunTests {
    /// The evaluations and the checkpoints of a training, by step; evaluations without their times.
    private struct Trained {
        var evaluations: [Int: Set<String>] = [:]
        var checkpoints: [Int: Digest] = [:]

        init(_ specification: Specification, models: [any StudyModel]) throws {
            let folder = try TrainingFixture.folder("trained", specification)
            let outcome = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 2, models: models).run()
            #expect(outcome.exitCode == 0 || outcome.exitCode == 43, "\(specification.model): \(outcome)")
            for event in try EvaluationRunTests.events(folder) {
                switch event.kind {
                case .evaluation(let one): evaluations[one.step, default: []].insert(EvaluationRunTests.text(event))
                case .checkpoint(let one): checkpoints[one.step] = try Digest(hex: one.digest)
                default: break
                }
            }
        }
    }

    private static func events(_ folder: RunFolder) throws -> [RunEvent] {
        try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try RunEvent(line: Array($0)) }
    }

    private static func text(_ event: RunEvent) -> String { RunEvent(time: 0, kind: event.kind).json.canonicalText }

    private static func folder(_ checkpoint: Digest, _ evaluation: Specification.Evaluation) throws -> RunFolder {
        let folder = RunFolder(path: "\(TrainingFixture.storage)/evaluations/\(UInt64.random(in: 0 ... .max))")
        try FileSystem.makeFolder(folder.path)
        let asked = evaluation.json.objectValue!.filter { $0.key != "every" }
        try AtomicFile.write(
            Array(JSONValue.object(["checkpoint": .string(checkpoint.hex), "evaluation": .object(asked)]).canonicalText.utf8), to: folder.evaluation)
        return folder
    }

    private static func values(_ folder: RunFolder) throws -> [String] {
        try events(folder).compactMap { event in if case .evaluation = event.kind { text(event) } else { nil } }
    }

    /// Trains under protocol B, and under A with each checkpoint evaluated under B afterwards.
    private func expectEqualBits(_ specification: Specification, _ other: Specification.Evaluation, models: [any StudyModel] = ModelCatalog.all) throws {
        var under = specification
        under.evaluation = other
        let expected = try Trained(under, models: models), known = try Trained(specification, models: models)
        // Those of the interval are common; each protocol has its own best step, which has a checkpoint too.
        let planned = Set(stride(from: specification.checkpointEvery, through: specification.steps, by: specification.checkpointEvery)).union([specification.steps])
        #expect(planned.isSubset(of: Set(expected.checkpoints.keys)) && planned.isSubset(of: Set(known.checkpoints.keys)) && expected.evaluations.count >= 2)
        var compared = 0
        for (step, checkpoint) in known.checkpoints.sorted(by: { $0.key < $1.key }) {
            guard let wanted = expected.evaluations[step] else { continue }
            let folder = try Self.folder(checkpoint, other)
            #expect(
                try EvaluationRun(folder: folder, storage: TrainingFixture.storage, threads: 1 + compared % 3, models: models).run() == .done)
            let measured = Set(try Self.values(folder))
            // Expensive metrics are measured by training at the last step only.
            #expect(measured.isSuperset(of: wanted), "\(specification.model), step \(step): \(wanted.subtracting(measured))")
            if step == specification.steps { #expect(measured == wanted, "\(specification.model)") }
            compared += 1
        }
        #expect(compared >= 2)
    }

    private func evaluation(_ metrics: [String], encoder: String = "lenet", every: Int, split: String = "test", samples: Int) -> Specification.Evaluation {
        Specification.Evaluation(encoder: encoder, every: every, metrics: metrics.sorted(), referenceSplit: split, samples: samples)
    }

    /// Models of several kinds, batch normalization with its moving averages among them, with metrics of features and of probabilities.
    @Test(arguments: ["ns-gan", "wgan-gp", "began", "vae", "wgt-gan"]) func valuesEqualThoseOfTraining(model: String) throws {
        try expectEqualBits(TrainingFixture.specification(model: model), evaluation(["fid", "is", "improved_precision_recall", "kid"], every: 4, samples: 320))
    }

    /// Metrics that training computes after the last step only.
    @Test func expensiveMetricsToo() throws {
        try expectEqualBits(TrainingFixture.specification(model: "lsgan"), evaluation(["fid", "memorisation", "parzen"], every: 4, samples: 300))
    }

    /// The likelihood of another split, with several draws of the noise, with and without metrics of generated examples.
    @Test func theLikelihoodOfFlows() throws {
        var bits = evaluation(["bits_per_dimension"], every: 4, split: "train", samples: 300)
        bits.options = ["bits_per_dimension": Hyperparameters(["draws": .integer(2)])]
        try expectEqualBits(FlowTrainingTests.specification("glow"), bits)
        try expectEqualBits(
            FlowTrainingTests.specification("realnvp"), evaluation(["bits_per_dimension", "fid", "modes"], encoder: "coordinates", every: 4, samples: 2600))
    }

    /// Another feature extractor, and the training split as the reference.
    @Test func anotherExtractorAndAnotherSplit() throws {
        try expectEqualBits(
            TrainingFixture.specification(model: "ns-gan"), evaluation(["density_coverage", "fid"], encoder: "random", every: 4, split: "train", samples: 300))
    }

    /// A model that generates for given labels, of the reference split that was asked for, and whose first parameters come from data.
    @Test func aConditionalModel() throws {
        let specification = try AffineFlowTests.specification(steps: 12, every: 4)
        try expectEqualBits(
            specification, evaluation(["fid", "modes"], encoder: "coordinates", every: 4, split: "train", samples: 700), models: AffineFlowTests.models)
    }

    private func checkpoint() throws -> Digest {
        try #require(try Trained(TrainingFixture.specification(model: "ns-gan"), models: ModelCatalog.all).checkpoints[8])
    }

    /// Stopped or killed anywhere, an evaluation ends in the same values, and none is measured twice.
    @Test func stoppedAnywhereItMeasuresTheSame() throws {
        let checkpoint = try checkpoint(), asked = evaluation(["fid", "kid", "is"], every: 1, samples: 256)
        let undisturbed = try Self.folder(checkpoint, asked)
        #expect(try EvaluationRun(folder: undisturbed, storage: TrainingFixture.storage, threads: 1).run() == .done)
        let expected = try Self.values(undisturbed)
        #expect(expected.count == 4)
        let folder = try Self.folder(checkpoint, asked)
        var (stops, outcome) = (0, EvaluationOutcome.interrupted)
        while outcome == .interrupted, stops < 500 {
            // Each worker gets a little further than the one before.
            let patience = stops * 7
            let count = Atomic<Int>(0)
            outcome = try EvaluationRun(folder: folder, storage: TrainingFixture.storage, threads: 2) {
                count.add(1, ordering: .relaxed).oldValue >= patience
            }.run()
            if outcome == .interrupted { stops += 1 }
        }
        #expect(outcome == .done && stops > 3)
        #expect(try Self.values(folder) == expected, "\(stops) stops")
        #expect(ExitRecord(path: folder.exit)?.end.outcome == .done)
        // A worker that dies while it writes leaves half a line and no report: its successor adds what is missing, and no more.
        let bytes = try FileSystem.read(folder.events)
        for part in stride(from: bytes.count / 3, to: bytes.count, by: bytes.count / 5) {
            let killed = try Self.folder(checkpoint, asked)
            try AtomicFile.write(Array(bytes[..<part]), to: killed.events)
            #expect(try EvaluationRun(folder: killed, storage: TrainingFixture.storage, threads: 1).run() == .done)
            #expect(try Self.values(killed) == expected, "cut at \(part)")
        }
    }

    /// A log has progress: images done of all, and which metric is computed.
    @Test func progressIsTold() throws {
        let folder = try Self.folder(checkpoint(), evaluation(["fid", "kid"], every: 1, samples: 9000))
        #expect(try EvaluationRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run() == .done)
        var phases: [String] = [], images: [Int] = []
        for event in try Self.events(folder) {
            switch event.kind {
            case .phase(let name, _): if phases.last != name { phases.append(name) }
            case .progress(let done, let total, let rate, let remaining):
                // Generated images once, the 2000 of the reference once for each of the two metrics.
                #expect(total == 13000 && (0...13000).contains(done) && (rate ?? 0) > 0 && (remaining ?? -1) >= 0)
                images.append(done)
            default: break
            }
        }
        #expect(phases.filter { $0 != "encoder" } == ["dataset", "samples", "fid", "kid"] && images == images.sorted())
    }

    @Test func aMissingOrDamagedCheckpointIsToldAsWhatItIs() throws {
        let checkpoint = try checkpoint(), asked = evaluation(["fid"], every: 1, samples: 256)
        let path = ArchiveStore.path(of: checkpoint), bytes = try FileSystem.read(path)
        defer { try? AtomicFile.write(bytes, to: path) }
        var damaged = bytes
        damaged[bytes.count / 2] ^= 0x55
        for (content, words) in [(damaged, "damaged"), (nil, "missing")] {
            try FileSystem.remove(path)
            if let content { try AtomicFile.write(content, to: path) }
            let folder = try Self.folder(checkpoint, asked)
            let outcome = try EvaluationRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
            guard case .failed(let reason) = outcome else { Issue.record("\(outcome)"); continue }
            #expect(reason.hasPrefix("the checkpoint is missing or damaged: "), "\(words): \(reason)")
            #expect(!reason.contains(TrainingFixture.storage) && outcome.exitCode == 1, "\(reason)")
            #expect(ExitRecord(path: folder.exit)?.end == RunEnd(outcome: .failed, message: reason))
        }
    }

    @Test func whatCannotBeMeasuredIsToldAsWhatItIs() throws {
        let checkpoint = try checkpoint()
        for (asked, words) in [
            (evaluation(["is"], encoder: "random", every: 1, samples: 256), "requires class probabilities"),
            (evaluation(["fid"], encoder: "inception", every: 1, samples: 256), "no feature extractor \"inception\""),
        ] {
            let outcome = try EvaluationRun(folder: Self.folder(checkpoint, asked), storage: TrainingFixture.storage, threads: 1).run()
            guard case .failed(let reason) = outcome else { Issue.record("\(outcome)"); continue }
            #expect(reason.contains(words), "\(reason)")
        }
        let folder = try Self.folder(checkpoint, evaluation(["fid"], every: 1, samples: 256))
        try AtomicFile.write(Array(#"{"checkpoint":"\#(checkpoint.hex)","evaluation":{"metrics":["fod"]}}"#.utf8), to: folder.evaluation)
        #expect(throws: FieldError.self) { try EvaluationRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run() }
    }
}

extension ArchiveStore {
    fileprivate static func path(of digest: Digest) -> String { (try? ArchiveStore(root: "\(TrainingFixture.storage)/archives").file(for: digest)) ?? "" }
}
