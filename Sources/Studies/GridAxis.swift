import Canonical

/// The values of one hyperparameter in a grid search.
public struct GridAxis: Sendable, Hashable {
    /// The hyperparameter.
    public let name: String
    /// The values, without duplicates.
    public let values: [HyperparameterValue]

    /// Creates a value from its parts.
    public init(name: String, values: [HyperparameterValue]) {
        self.name = name
        self.values = values
    }
}

extension GridAxis {
    /// Reads the field "grid" of a plan: names and lists of values. Every model of the plan must have every hyperparameter.
    /// - Returns: the axes, sorted by name.
    static func axes(_ fields: inout FieldReader, models: [ModelSchema], dataset: DatasetFacts) throws(FieldError) -> [GridAxis] {
        var inner = try fields.object("grid")
        var axes: [GridAxis] = []
        for name in inner.keys {
            let list = try inner.array(name, count: 1...SpecificationLimits.settings.upperBound)
            axes.append(GridAxis(name: name, values: try values(list, inner.path(of: name), name, models)))
        }
        try inner.finish()
        guard !axes.isEmpty else { throw fields.error("grid", "must contain at least one hyperparameter") }
        try checkSize(axes, fields)
        for model in models {
            for values in model.settings(of: axes) {
                try model.checkEffects(of: axes.map(\.name), in: values, dataset: dataset) { inner.path(of: $0) }
            }
        }
        return axes
    }

    private static func values(
        _ list: [JSONValue], _ path: String, _ name: String, _ models: [ModelSchema]
    ) throws(FieldError) -> [HyperparameterValue] {
        var values: [HyperparameterValue] = []
        for model in models {
            guard let schema = model.hyperparameter(name) else {
                throw FieldError(path: path, problem: .rule("is not a hyperparameter of \(model.name), which has "
                        + model.hyperparameters.map(\.name).joined(separator: ", ")))
            }
            values = []
            for (index, json) in list.enumerated() {
                let value = try schema.value(reading: json, path: "\(path)[\(index)]")
                guard !values.contains(value) else {
                    throw FieldError(path: "\(path)[\(index)]", problem: .rule("duplicate value \(value)"))
                }
                values.append(value)
            }
        }
        return values
    }

    private static func checkSize(_ axes: [GridAxis], _ fields: FieldReader) throws(FieldError) {
        let limit = SpecificationLimits.settings.upperBound
        var points = 1
        for axis in axes {
            points *= axis.values.count
            guard points < limit else { throw fields.error("grid", "has more than \(limit - 1) combinations") }
        }
    }

    static func json(_ axes: [GridAxis]) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: axes.map { ($0.name, .array($0.values.map(\.json))) }))
    }
}
