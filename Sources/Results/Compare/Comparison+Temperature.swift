import Canonical
import Catalog
import Figures
import Studies

/// A metric of super-resolution against the temperature of the samples, by method: values of evaluations whose protocols differ in the temperature alone.
struct TemperatureSweep: Sendable {
    /// A value of a run.
    struct Value: Sendable {
        let step: Int
        let temperature: Double
        let value: Double
        /// The canonical text of the protocol without its temperature.
        let common: String
    }

    /// By run. Values under a protocol without a temperature count at that of the run's hyperparameters, if it has one.
    let ofRuns: [Int64: [Value]]
    /// Whether any protocol names a temperature.
    let isMeasured: Bool

    /// - Parameter metric: the name of a value
    init(_ sources: [ComparisonSource], metric: String, _ reader: CatalogReader) throws {
        guard MetricChoice.all.contains(where: { choice in
            choice.values.contains { $0.name == metric } && choice.options.contains { $0.name == MetricChoice.temperatureOption }
        }) else {
            (ofRuns, isMeasured) = ([:], false)
            return
        }
        let runs = sources.flatMap(\.models).flatMap(\.entries).map(\.run)
        let own = Dictionary(runs.map { ($0.number, Self.temperature(of: $0)) }) { $1 }
        var meanings: [String: (temperature: Double?, common: String)] = [:], found: [Int64: [Value]] = [:]
        for record in try reader.values(ofRuns: runs.map(\.number), metric: metric) {
            guard let content = record.protocolContent, record.value.isFinite else { continue }
            let meaning = meanings[content] ?? Self.meaning(content)
            meanings[content] = meaning
            guard let meaning, let temperature = meaning.temperature ?? own[record.run] ?? nil else { continue }
            found[record.run, default: []].append(Value(step: record.step, temperature: temperature, value: record.value, common: meaning.common))
        }
        ofRuns = found
        isMeasured = meanings.values.contains { $0.temperature != nil }
    }

    /// The temperature that a protocol names, and the rest of it; nil for what is no protocol.
    static func meaning(_ content: String) -> (temperature: Double?, common: String)? {
        guard let json = try? JSONValue(parsing: content), case .object(var members) = json else { return nil }
        guard case .object(var options)? = members["options"], let temperature = options.removeValue(forKey: MetricChoice.temperatureOption)?.numberValue else {
            return (nil, json.canonicalText)
        }
        members["options"] = .object(options)
        return (temperature, JSONValue.object(members).canonicalText)
    }

    /// The hyperparameter of this name.
    private static func temperature(of run: RunRecord) -> Double? {
        (try? JSONValue(parsing: run.specification))?["hyperparameters"]?[MetricChoice.temperatureOption]?.numberValue
    }

    /// The values of a run at one step: the one with most temperatures, the last of these. By temperature, ascending; under protocols that share their rest with others.
    func values(of run: Int64, common: String) -> [Value] {
        let all = (ofRuns[run] ?? []).filter { $0.common == common }
        let steps = Dictionary(grouping: all, by: \.step).mapValues { Set($0.map(\.temperature)).count }
        guard let step = steps.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else { return [] }
        var seen: Set<Double> = []
        return all.filter { $0.step == step && seen.insert($0.temperature).inserted }.sorted { $0.temperature < $1.temperature }
    }
}

extension Comparison {
    /// The protocol of the compared values without its temperature; nil if it is not known.
    private var common: String? { protocols.first?.content.flatMap(TemperatureSweep.meaning)?.common }

    var temperatureFigure: LineFigure {
        var steps: Set<Int> = []
        let lines = groups.compactMap { group -> LineFigure.Line? in
            var found: [Double: [Double]] = [:]
            for entry in counted(group) where entry.run.state == .done {
                for value in common.map({ sweep.values(of: entry.run.number, common: $0) }) ?? [] {
                    found[value.temperature, default: []].append(value.value)
                    steps.insert(value.step)
                }
            }
            guard !found.isEmpty else { return nil }
            return LineFigure.Line(
                name: group.model, title: group.title, appearance: group.appearance,
                points: found.sorted { $0.key < $1.key }.map { temperature, values in
                    let mean = values.reduce(0, +) / Double(values.count)
                    guard values.count > 1, let least = values.min(), let greatest = values.max() else { return LineFigure.Point(x: temperature, y: mean) }
                    return LineFigure.Point(x: temperature, y: mean, band: least...greatest)
                })
        }
        return LineFigure(
            title: "\(title): \(metricTitle) against temperature", xTitle: "Temperature: standard deviation of the latents", yTitle: "\(metricTitle), \(better)",
            measurement: measurement, bandMethod: "the least and the greatest value over the runs of a method; the line is their mean", lines: lines,
            notes: [
                "Values of one checkpoint of each run\(Self.words(steps)) under protocols that differ from the one named below in the temperature alone. A method without latents has the same images at each.",
            ] + notes)
    }

    private static func words(_ steps: Set<Int>) -> String { steps.count == 1 ? ", that of step \(steps.first ?? 0)," : "" }
}
