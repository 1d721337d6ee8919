public import Canonical
public import Catalog
import Training

/// The evaluation protocols behind a run's values, as the run's worker reported them. For older runs they are reconstructed from the specification and
/// checked against the recorded digests.
public enum RunProtocols {
    /// One entry per digest: `digest`, `metrics` (the names of its values), `encoder`, `encoder_digest`, and `protocol`, which is null if no
    /// worker reported it and this program does not reproduce that digest (another version).
    public static func json(_ run: RunRecord, _ reader: CatalogReader) throws -> [JSONValue] {
        var kinds: [(record: EvaluationRecord, metrics: Set<String>)] = []
        for evaluation in try reader.evaluations(ofRun: run.number) {
            if let place = kinds.firstIndex(where: { $0.record.protocolDigest == evaluation.protocolDigest }) {
                kinds[place].metrics.insert(evaluation.metric)
            } else {
                kinds.append((evaluation, [evaluation.metric]))
            }
        }
        let specification = JSONValue(stored: run.specification)
        return try kinds.map { record, metrics in
            var found = try reader.protocolContent(record.protocolDigest).map { JSONValue(stored: $0) }
            if found == nil, let digest = try? Digest(hex: record.encoderDigest) {
                let built = try? ExportMaker.protocols(of: specification, encoder: record.encoder, digest: digest)
                found = built?.first { $0.digest.hex == record.protocolDigest }
            }
            return .object([
                "digest": .string(record.protocolDigest), "metrics": .array(metrics.sorted().map { .string($0) }), "encoder": .string(record.encoder),
                "encoder_digest": .string(record.encoderDigest), "protocol": found ?? .null,
            ])
        }
    }
}
