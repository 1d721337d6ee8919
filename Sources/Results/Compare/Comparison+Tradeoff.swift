import Catalog
import Figures
import Studies

extension ComparisonFigure {
    /// The value that a figure of two metrics has on its horizontal axis.
    var against: String? {
        switch self {
        case .consistency: "lr_psnr"
        case .diversity: "diversity"
        default: nil
        }
    }
}

/// A metric of super-resolution against another, by method: how faithful samples are against how well they agree with their low resolution, and how diverse they are.
extension Comparison {
    /// The values of one metric.
    struct Values: Sendable {
        /// By run and step.
        let ofRuns: [Int64: [Int: Double]]
        /// The protocols under which they were measured. If there is more than one, they must not be compared.
        let protocols: [ProtocolRecord]
    }

    /// The values of the compared metric and of those that figures set against it; empty unless any run has one of these.
    static func values(_ sources: [ComparisonSource], _ query: ComparisonQuery, _ metric: String, _ reader: CatalogReader) throws -> [String: Values] {
        let measured = Set(sources.flatMap(\.measured)), others = ComparisonFigure.allCases.compactMap(\.against).filter(measured.contains)
        guard !others.isEmpty else { return [:] }
        let runs = sources.flatMap(\.models).flatMap(\.entries).map(\.run.number)
        var all: [String: Values] = [:]
        for name in Set(others + [metric]) {
            let found = try reader.evaluations(ofRuns: runs, metric: name, under: name == metric ? query.protocolDigest : nil)
            let values = found.mapValues { records in
                records.reduce(into: [Int: Double]()) { values, record in if let value = record.value, value.isFinite { values[record.step] = value } }
            }
            all[name] = Values(ofRuns: values, protocols: name == metric ? [] : try reader.protocols(ofRuns: runs, metric: name))
        }
        return all
    }

    /// Whether a figure has anything to show of these runs.
    func shows(_ figure: ComparisonFigure) -> Bool {
        if figure == .temperature { return sweep.isMeasured }
        if figure == .normalization { return normalized.names.contains(metric) }
        if figure == .extractors { return !agreement.others.isEmpty }
        return figure.against.map { other in sources.contains { $0.measured.contains(other) } } ?? true
    }

    /// - Precondition: the figure sets a metric against another
    func tradeoff(_ figure: ComparisonFigure) -> ScatterFigure {
        let other = figure.against ?? metric, name = MetricChoice.title(of: other)
        return ScatterFigure(
            title: "\(title): \(metricTitle) against \(name)", xTitle: "\(name), \(MetricDirection(metric: other).words)", yTitle: "\(metricTitle), \(better)",
            series: groups.map { group in
                ScatterFigure.Series(
                    name: group.model, title: group.title, appearance: group.appearance, points: counted(group).compactMap { point($0, other) })
            }, notes: [pairRule] + mixed(other) + notes)
    }

    /// - Errors: `ResultsError.mixedProtocols` if the values on the horizontal axis may not share a figure
    func checkAgainst(_ figure: ComparisonFigure) throws(ResultsError) {
        guard let other = figure.against, let protocols = against[other]?.protocols, protocols.count > 1, !query.mixesProtocols else { return }
        throw .mixedProtocols(other, protocols)
    }

    private func mixed(_ other: String) -> [String] {
        guard let count = against[other]?.protocols.count, count > 1 else { return [] }
        return ["MIXED: the values of \(MetricChoice.title(of: other)) were measured under \(count) evaluation protocols and must not be compared in size."]
    }

    /// What marks and lines of a figure of two values mean.
    var pairRule: String {
        "A small mark is a run, with both values of one step: \(query.selection == .best ? "that of its best \(metricTitle) among the steps that have both" : "the last that has both"). "
            + "A large mark is the median of a method in both directions, its lines reach to the quartiles."
    }

    private func point(_ entry: StudyResults.Entry, _ other: String) -> ScatterFigure.Point? {
        guard entry.run.state == .done, let own = against[metric]?.ofRuns[entry.run.number], let others = against[other]?.ofRuns[entry.run.number] else { return nil }
        return point(entry.run.id, own, others)
    }

    /// Two values of one step: the last that has both, or that with the best value of the compared metric.
    func point(_ run: String, _ own: [Int: Double], _ others: [Int: Double]) -> ScatterFigure.Point? {
        let both = own.keys.filter { others[$0] != nil }.sorted()
        let sign: Double = direction == .minimise ? 1 : -1
        let chosen = query.selection == .final ? both.last : both.min { sign * (own[$0] ?? .infinity) < sign * (own[$1] ?? .infinity) }
        guard let step = chosen, let y = own[step], let x = others[step] else { return nil }
        return ScatterFigure.Point(run: run, step: step, x: x, y: y)
    }
}
