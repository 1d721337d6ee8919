import Catalog
import Figures
import Studies

/// The values of restored images, or of their latents, by how latents are normalized: those beside the compared value.
struct NormalizedLatents: Sendable {
    /// The names of the values, and words for each; empty if the compared value is none of them.
    let kinds: [(name: String, words: String)]
    /// By name, run and step.
    private let values: [String: [Int64: [Int: Double]]]

    /// - Parameter metric: the name of a value
    init(_ sources: [ComparisonSource], _ query: ComparisonQuery, _ metric: String, _ reader: CatalogReader) throws {
        let restored = MetricChoice.normalizations.map { (name: "restoration_\($0.name)", words: "latents \($0.title)") }
        let deviations = MetricChoice.normalizations.map { (name: "latent_deviation_\($0.name)", words: "latents \($0.title)") }
        let known = [[(name: "restoration_degraded", words: "with noise")] + restored, deviations].first { $0.contains { $0.name == metric } } ?? []
        let runs = known.isEmpty ? [] : sources.flatMap(\.models).flatMap(\.entries).map(\.run.number)
        var values: [String: [Int64: [Int: Double]]] = [:]
        for kind in known {
            values[kind.name] = try reader.evaluations(ofRuns: runs, metric: kind.name, under: query.protocolDigest).mapValues { records in
                records.reduce(into: [:]) { values, record in if let value = record.value, value.isFinite { values[record.step] = value } }
            }
        }
        (kinds, self.values) = (known, values)
    }

    /// The names of the values.
    var names: [String] { kinds.map(\.name) }

    /// A value of a run at a step.
    func value(_ name: String, of run: Int64, at step: Int) -> Double? { values[name]?[run]?[step] }
}

extension Comparison {
    /// Restored images, or latents, before and after each kind of normalization, by method over its runs.
    /// - Source: Lugmayr et al. 2020, section 3.4 (latent normalization) and the applications of section 4
    var normalizationFigure: IntervalFigure {
        let isOfLatents = metric.hasPrefix("latent_deviation")
        let rows = groups.flatMap { group in
            normalized.kinds.compactMap { kind -> IntervalFigure.Row? in
                let values = counted(group).compactMap { entry -> Double? in
                    guard entry.run.state == .done, let step = query.selection == .best ? entry.score?.bestStep : entry.score?.finalStep else { return nil }
                    return normalized.value(kind.name, of: entry.run.number, at: step)
                }
                guard let least = values.min(), let greatest = values.max() else { return nil }
                return IntervalFigure.Row(
                    title: "\(group.title): \(kind.words)", appearance: group.appearance, value: values.reduce(0, +) / Double(values.count), lower: least, upper: greatest,
                    remark: "n = \(values.count)")
            }
        }
        return IntervalFigure(
            title: "\(title): latent normalization", axisTitle: isOfLatents ? "Standard deviation of an image's latents" : "PSNR of restored images in dB, \(better)", reference: nil,
            measurement: measurement,
            notes: [
                "Images with noise are encoded under their own low resolution, their latents shifted and scaled to the mean and deviation of a sample's (of each level, pixel or channel), and decoded. "
                    + "The mark is the mean over the runs of a method, the line reaches from the least to the greatest value."
            ] + notes, rows: rows)
    }
}
