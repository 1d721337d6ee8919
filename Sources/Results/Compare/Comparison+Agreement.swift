import Catalog
import Figures
import Studies

/// The values of a metric by the feature extractors of evaluations without training, beside those of the runs' own protocol.
struct ExtractorAgreement: Sendable {
    /// Values by one other extractor.
    struct Other: Sendable {
        let meaning: ProtocolRecord
        /// By run and step.
        let values: [Int64: [Int: Double]]
    }

    /// The values that the comparison is of, by run and step; empty without other extractors.
    let own: [Int64: [Int: Double]]
    /// One protocol an extractor, those of the most runs first.
    let others: [Other]
    private static let most = 8

    /// - Parameter protocols: those of the compared values
    init(_ sources: [ComparisonSource], _ query: ComparisonQuery, _ metric: String, _ protocols: [ProtocolRecord], _ reader: CatalogReader) throws {
        let isOfFeatures = MetricChoice.all.first { $0.values.contains { $0.name == metric } }?.usesExtractor ?? false
        let runs = sources.flatMap(\.models).flatMap(\.entries).map(\.run.number)
        var known = Set(protocols.map(\.encoderDigest)), chosen: [ProtocolRecord] = []
        if isOfFeatures {
            for meaning in try reader.allProtocols(ofRuns: runs, metric: metric) where known.insert(meaning.encoderDigest).inserted { chosen.append(meaning) }
        }
        others = try chosen.prefix(Self.most).map { Other(meaning: $0, values: try Self.values(runs, metric, $0.digest, reader)) }
        own = others.isEmpty ? [:] : try Self.values(runs, metric, query.protocolDigest, reader)
    }

    private static func values(_ runs: [Int64], _ metric: String, _ digest: String?, _ reader: CatalogReader) throws -> [Int64: [Int: Double]] {
        try reader.evaluations(ofRuns: runs, metric: metric, under: digest).mapValues { records in
            records.reduce(into: [Int: Double]()) { values, record in if let value = record.value, value.isFinite { values[record.step] = value } }
        }
    }
}

/// How two feature extractors rank the same checkpoints.
extension Comparison {
    /// The metric by the extractor of most other evaluations, and by that of the runs, with the rank correlation of all extractors in notes.
    ///
    /// - Source: Lucic et al. 2018, figure 2 (Inception and VGG).
    var agreementFigure: ScatterFigure {
        let first = agreement.others.first
        return ScatterFigure(
            title: "\(title): \(metricTitle) by two feature extractors", xTitle: first.map { axis([$0.meaning]) } ?? metricTitle, yTitle: axis(protocols),
            series: groups.map { group in
                ScatterFigure.Series(name: group.model, title: group.title, appearance: group.appearance, points: first.map { points(group, $0) } ?? [])
            }, notes: agreement.others.map(correlation) + [pairRule] + notes)
    }

    private func axis(_ protocols: [ProtocolRecord]) -> String {
        let encoders = Set(protocols.map(\.encoder)).sorted().joined(separator: ", "), samples = Set(protocols.map(\.samples)).sorted().map(FigureNumber.count).joined(separator: ", ")
        return "\(metricTitle) by \(encoders) (N = \(samples)), \(better)"
    }

    private func points(_ group: Group, _ other: ExtractorAgreement.Other) -> [ScatterFigure.Point] {
        counted(group).compactMap { entry in
            guard entry.run.state == .done, let own = agreement.own[entry.run.number], let values = other.values[entry.run.number] else { return nil }
            return point(entry.run.id, own, values)
        }
    }

    private func correlation(_ other: ExtractorAgreement.Other) -> String {
        let pairs = groups.flatMap { points($0, other) }
        let value = RankCorrelation.spearman(pairs.map(\.x), pairs.map(\.y)).map { FigureNumber.fixed($0, digits: 3) } ?? "undefined"
        return "Spearman's rank correlation with \(other.meaning.encoder): \(value) (n = \(pairs.count))."
    }
}
