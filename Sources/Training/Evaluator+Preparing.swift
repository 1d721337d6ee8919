internal import Canonical
internal import Datasets
internal import Engine
internal import Events
internal import Models
internal import Studies

extension Evaluator {
    /// The evaluator of a specification, with the feature extractor that it names, which is trained where nobody has trained it yet.
    /// - Parameter progress: called with the fraction of the extractor's training that is done. What it throws ends it.
    /// - Returns: the evaluator, and everything that determines the weights of its extractor
    /// - Errors: of data sets, files and archives; `TrainingError.unknownEncoder`, `unlabelled`, `noClasses`, `unknownMetric`
    static func prepared(
        _ specification: Specification, dataset: ImageDataset, storage: String, device: CPUDevice, models: [any StudyModel], progress: (Double) throws -> Void
    ) throws -> (evaluator: Evaluator, provenance: JSONValue) {
        let datasets = DatasetStore(root: "\(storage)/datasets"), wanted = specification.evaluation.encoder
        let description = try datasets.description(named: specification.dataset.name)
        let (encoder, provenance): (Encoder, JSONValue)
        if specification.evaluation.metrics.allSatisfy({ MetricChoice.named($0)?.usesExtractor == false }) {
            (encoder, provenance) = (Encoder(unusedFor: description.shape.elements), ["encoder": .string(Encoder.none.name)])
        } else if description.kind == .points {
            guard wanted == Encoder.coordinatesName else { throw TrainingError.unknownEncoder(wanted, dataset: dataset.name) }
            (encoder, provenance) = (
                Encoder(coordinates: dataset.channels), ["encoder": .string(wanted), "coordinates": .integer(Int64(dataset.channels))]
            )
        } else {
            (encoder, provenance) = try Encoder.named(wanted, for: description, in: datasets, device: device, progress: progress)
        }
        let evaluator = try Evaluator(specification, encoder: encoder, dataset: dataset, threads: device.threads, models: models, storage: storage)
        return (evaluator, provenance)
    }

    /// Writes into a log what the digests beside the numbers stand for.
    /// - Parameter provenance: everything that determines the extractor's weights
    func describe(in log: EventLog, provenance: JSONValue) throws {
        try log.append(.extractor(.init(digest: encoder.digest.hex, name: encoder.name, provenance: provenance)))
        if encoder.digest != Encoder.none.digest, protocols.contains(where: { $0.encoderDigest == Encoder.none.digest }) {
            try log.append(.extractor(.init(digest: Encoder.none.digest.hex, name: Encoder.none.name, provenance: ["encoder": .string(Encoder.none.name)])))
        }
        for meaning in protocols { try log.append(.protocolContent(.init(content: meaning.json))) }
    }
}

extension Measurement {
    /// The measurement as the log of a run or an evaluation has it.
    func event(step: Int, evaluator: Evaluator, referenceSplit: String) -> RunEvent.Kind {
        let encoder = evaluator.protocols.first { $0.digest == protocolDigest }.map { ($0.encoder, $0.encoderDigest) } ?? (evaluator.encoder.name, evaluator.encoder.digest)
        return .evaluation(
            .init(
                step: step, metric: name, value: value, protocolDigest: protocolDigest.hex, encoder: encoder.0, encoderDigest: encoder.1.hex,
                samples: samples, referenceSplit: referenceSplit, problem: problem))
    }
}
