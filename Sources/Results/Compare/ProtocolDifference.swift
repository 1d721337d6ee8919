import Canonical
import Catalog

/// A field in which two evaluation protocols differ.
struct ProtocolDifference: Equatable, CustomStringConvertible {
    /// The field's key in the protocol, such as "samples".
    var field: String
    var from: String
    var to: String

    var description: String { "\(field): \(from) -> \(to)" }

    /// Why the values of these protocols cannot be compared: the fields in which each later protocol differs from the first, without
    /// duplicates.
    static func all(in protocols: [ProtocolRecord]) -> [ProtocolDifference] {
        guard let first = protocols.first else { return [] }
        var found: [ProtocolDifference] = []
        for other in protocols.dropFirst() { found += between(first, other).filter { !found.contains($0) } }
        return found
    }

    /// Compares contents if both are known, otherwise what the evaluations report.
    private static func between(_ first: ProtocolRecord, _ second: ProtocolRecord) -> [ProtocolDifference] {
        let areKnown = first.content != nil && second.content != nil
        let (a, b) = areKnown ? (content(first), content(second)) : (columns(first), columns(second))
        let fields = order.filter { a[$0] != nil || b[$0] != nil } + Set(a.keys).union(b.keys).subtracting(order).sorted()
        let found = fields.filter { a[$0] != b[$0] }.map { ProtocolDifference(field: $0, from: text(a[$0]), to: text(b[$0])) }
        return found.isEmpty ? [ProtocolDifference(field: "protocol", from: "\(first.digest.prefix(12))", to: "\(second.digest.prefix(12))")] : found
    }

    /// The fields in the order of their importance to a reader.
    private static let order = ["metric", "encoder", "encoder_digest", "samples", "reference_split", "reference_samples", "dataset", "estimator", "options"]

    private static func content(_ meaning: ProtocolRecord) -> [String: JSONValue] { JSONValue(stored: meaning.content ?? "").objectValue ?? [:] }

    private static func columns(_ meaning: ProtocolRecord) -> [String: JSONValue] {
        [
            "encoder": .string(meaning.encoder), "encoder_digest": .string(meaning.encoderDigest), "samples": .count(meaning.samples),
            "reference_split": .string(meaning.referenceSplit),
        ]
    }

    /// Digests shortened for comparison by eye.
    private static func text(_ value: JSONValue?) -> String {
        guard let value else { return "none" }
        guard let text = value.stringValue else { return value.canonicalText }
        return text.utf8.count == 64 ? String(text.prefix(12)) : text
    }
}
