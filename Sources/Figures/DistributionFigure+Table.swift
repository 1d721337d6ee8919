public import Canonical
import Events

extension DistributionFigure {
    /// One row a run, in the order given, with full precision. Runs without a value keep their row.
    public var csv: String {
        var table = CSVText(columns: [
            "model", "run", "setting", "seed", "state", "metric", "value", "step", "encoder", "encoder_digest", "samples",
            "reference_split", "protocol", "outcome", "problem",
        ])
        for model in models {
            for run in model.runs {
                table.append([
                    model.name, run.id, String(run.setting), String(run.seed), run.state.rawValue, metric,
                    run.value.map(DecimalText.exact) ?? "", run.step.map(String.init) ?? "",
                    measurement?.encoder ?? "", measurement?.encoderDigest ?? "",
                    measurement.map { String($0.samples) } ?? "", measurement?.referenceSplit ?? "", measurement?.digest ?? "",
                    run.outcome?.rawValue ?? "", run.problem ?? "",
                ])
            }
        }
        return table.text
    }

    /// The same as JSON, with the numbers behind each box.
    public var json: JSONValue {
        [
            "title": .string(title), "metric": .string(metric), "direction": .string(direction.rawValue),
            "scale": .string(scale.rawValue), "selection": .string(selection), "protocol": measurement?.json ?? .null,
            "interval_method": intervalMethod.map { .string($0) } ?? .null, "models": .array(models.map(json)),
        ]
    }

    private func json(_ model: Model) -> JSONValue {
        let box = BoxSummary(model.scored)
        return [
            "model": .string(model.name), "title": .string(model.title), "n": .integer(Int64(model.scored.count)),
            "failures": .integer(Int64(model.failures.count)),
            "box": box.map {
                [
                    "minimum": number($0.minimum), "lower_quartile": number($0.lowerQuartile), "median": number($0.median),
                    "upper_quartile": number($0.upperQuartile), "maximum": number($0.maximum),
                ]
            } ?? .null,
            "interval": model.interval.map { [number($0.lowerBound), number($0.upperBound)] } ?? .null,
            "runs": .array(
                model.runs.map { run in
                    [
                        "run": .string(run.id), "setting": .integer(Int64(run.setting)), "seed": .integer(Int64(clamping: run.seed)),
                        "state": .string(run.state.rawValue), "collapsed": .bool(run.isCollapsed),
                        "outcome": run.outcome.map { .string($0.rawValue) } ?? .null, "problem": run.problem.map { .string($0) } ?? .null, "value": run.value.map(number) ?? .null,
                        "step": run.step.map { .integer(Int64($0)) } ?? .null,
                    ]
                }),
        ]
    }

    /// JSON has no word for infinity and no number for a failure: both are null, and the state says why.
    private func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}
