import Canonical

/// When a hyperparameter changes the training. A value that changes nothing but the run's identity would make two runs of one training.
public enum HyperparameterEffect: Sendable, Hashable {
    case always
    /// In no run. The study's searches draw it for every model, and its draws are kept as they are.
    case never
    /// Only where another hyperparameter has this value.
    case with(String, HyperparameterValue)
    /// Only for examples of more than one channel.
    case severalChannels
}

extension HyperparameterEffect {
    /// Why a value would change nothing; nil where it changes something or that cannot be told.
    func absence(in values: Hyperparameters, dataset: DatasetFacts?) -> String? {
        switch self {
        case .always: return nil
        case .never: return ""
        case .with(let name, let needed): return values[name] == needed ? nil : ", whose \(name) is \(values[name].map(\.description) ?? "absent"), not \(needed)"
        case .severalChannels:
            guard let dataset, dataset.channels == 1 else { return nil }
            return " on \(dataset.name), whose examples have one channel"
        }
    }
}

extension ModelSchema {
    /// Refuses a value that somebody chose and that would change nothing but the run's identity.
    /// - Parameters:
    ///   - given: the names that were written down; a value that is the default is taken, because it makes no other run.
    ///   - path: where a name stands in the document.
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
                problem: .rule("has no effect on \(self.name)\(condition): leave it out, or give \(schema.defaultValue); \(self.name) takes \(others.joined(separator: ", "))"))
        }
    }
}
