import Canonical

/// When a hyperparameter affects training. A value without effect would create two runs with identical training.
public enum HyperparameterEffect: Sendable, Hashable {
    case always
    /// Never. The study's searches draw it for every model, and these draws are kept unchanged.
    case never
    /// Only if another hyperparameter has this value.
    case with(String, HyperparameterValue)
    /// Only if another hyperparameter has another value than this.
    case unless(String, HyperparameterValue)
    /// Only for items with more than one channel.
    case severalChannels
}

extension HyperparameterEffect {
    /// Why a value has no effect; nil if it has one or if this is unknown.
    func absence(in values: Hyperparameters, dataset: DatasetFacts?) -> String? {
        switch self {
        case .always: return nil
        case .never: return ""
        case .with(let name, let needed): return values[name] == needed ? nil : ", whose \(name) is \(values[name].map(\.description) ?? "absent"), not \(needed)"
        case .unless(let name, let excluded): return values[name] == excluded ? ", whose \(name) is \(excluded)" : nil
        case .severalChannels:
            guard let dataset, dataset.channels == 1 else { return nil }
            return " on \(dataset.name), whose examples have one channel"
        }
    }
}

extension ModelSchema {
    /// Rejects explicitly given values without effect.
    /// - Parameters:
    ///   - given: the names that were given explicitly; default values are accepted, because they do not create a different run
    ///   - path: the path of a name in the document
    func checkEffects(
        of given: [String], in values: Hyperparameters, dataset: DatasetFacts?, path: (String) -> String
    ) throws(FieldError) {
        for name in given {
            guard let schema = hyperparameter(name), let value = values[name], value != schema.defaultValue,
                let condition = schema.effect.absence(in: values, dataset: dataset)
            else { continue }
            let others = hyperparameters.filter { $0.effect.absence(in: values, dataset: dataset) == nil }.map(\.name)
            throw FieldError(
                path: path(name),
                problem: .rule("has no effect on \(self.name)\(condition): omit it, or give \(schema.defaultValue); the hyperparameters of \(self.name) are \(others.joined(separator: ", "))"))
        }
    }
}
