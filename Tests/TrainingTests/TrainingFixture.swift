import Canonical
import Datasets
import Foundation
import Models
import Studies
import Synchronization
import Engine

@testable import Training

/// A storage folder shared by all tests of this room, so that polygons are generated and the extractor is trained once, and tiny runs in it.
enum TrainingFixture {
    static let storage: String = {
        let path = FileManager.default.temporaryDirectory.path + "/fidelio-training-tests-\(ProcessInfo.processInfo.processIdentifier)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TrainingFixture.storage) }
        return path
    }()

    static let facts: [DatasetFacts] = DatasetDescription.all.compactMap { dataset in
        guard let digest = dataset.digest else { return nil }
        return DatasetFacts(
            name: dataset.name, digest: digest, encoders: EncoderSpecification.choices(for: dataset), classifiers: EncoderSpecification.classifiers(for: dataset),
            splits: Dictionary(uniqueKeysWithValues: dataset.splits.map { ($0.name, $0.count) }), isPoints: dataset.kind == .points, hasManifold: dataset.hasManifold,
            hasModes: dataset.modes != nil)
    }

    static func specification(model: String, seed: Int = 0, steps: Int = 11, hyperparameters: [String: JSONValue] = [:]) throws -> Specification {
        var evaluation: [String: JSONValue] = ["every": 6, "samples": 256]
        // The data set has no low resolution; tests of super-resolution that evaluate have their own.
        if ModelCatalog.model(named: model)?.condition != nil { evaluation["metrics"] = ["fid"] }
        return try Specification(
            reading: [
                "model": .string(model), "dataset": .string(dataset(for: model)), "steps": .integer(Int64(steps)), "batch_size": 8, "seed": .integer(Int64(seed)),
                "architecture": ["width": 0.0625], "sample_every": 4, "checkpoint_every": 4,
                "evaluation": .object(evaluation), "hyperparameters": .object(hyperparameters),
            ], models: ModelCatalog.schemas, datasets: facts)
    }

    /// Polygons, or for models of points alone a ring.
    private static func dataset(for model: String) -> String {
        ModelCatalog.model(named: model)?.schema.architectures == [ModelSchema.pointArchitecture] ? "ring" : "polygons"
    }

    static func folder(_ name: String, _ specification: Specification) throws -> RunFolder {
        let folder = RunFolder(path: "\(storage)/runs/\(name)-\(UInt32.random(in: 0 ... .max))")
        try folder.create(specification: specification.json)
        return folder
    }

    /// The results of a run that must not depend on how it was computed: its outcome and its events without times.
    struct Record: Equatable {
        var outcome: TrainingOutcome
        var results: [String]
    }

    static func record(_ folder: RunFolder, _ outcome: TrainingOutcome) throws -> Record {
        let lines = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n"))
        var results: [String: String] = [:]
        for line in lines {
            guard case .object(var event) = try JSONValue(parsing: Array(line)), let type = event["type"]?.stringValue,
                ["metrics", "samples", "evaluation", "checkpoint"].contains(type)
            else { continue }
            event["time"] = nil
            let key = "\(type) \(event["step"]!.canonicalText) \(event["final"]?.canonicalText ?? "")\(event["metric"]?.stringValue ?? "")"
            let text = JSONValue.object(event).canonicalText
            if let earlier = results[key], earlier != text { results[key] = "two different events: \(earlier) and \(text)" } else { results[key] = text }
        }
        return Record(outcome: outcome, results: results.sorted { $0.key < $1.key }.map(\.value))
    }

    static func train(
        _ specification: Specification, threads: Int = 1, kernels: KernelSet = .best, name: String = "run", models: [any StudyModel] = ModelCatalog.all
    ) throws -> Record {
        let folder = try folder(name, specification)
        return try record(folder, TrainingRun(folder: folder, storage: storage, threads: threads, kernels: kernels, models: models).run())
    }

    /// Trains with a stop after each of the given numbers of steps, each time in a new `TrainingRun`.
    static func train(_ specification: Specification, stoppingAfter stops: [Int], models: [any StudyModel] = ModelCatalog.all) throws -> Record {
        let folder = try folder("stopped", specification)
        for stop in stops {
            let asked = Atomic<Int>(0)
            let run = TrainingRun(folder: folder, storage: storage, threads: 1, models: models) { asked.add(1, ordering: .relaxed).oldValue >= stop }
            guard case .interrupted = try run.run() else { preconditionFailure("the run was not interrupted after \(stop) steps") }
        }
        return try record(folder, TrainingRun(folder: folder, storage: storage, threads: 2, models: models).run())
    }
}
