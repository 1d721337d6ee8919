import Studies

/// The words of the document that depend on this server: its models, and the data sets that are there at this moment.
struct OpenAPIVocabulary: Sendable {
    var models: [ModelSchema]
    /// Those that can be trained on.
    var datasets: [DatasetFacts]
    /// The cookies of a member and of a share link.
    var sessionCookie: String
    var shareCookie: String

    /// By the names under which `Schema` refers to them.
    var schemas: [String: Schema] {
        [
            "ModelName": .word(models.map(\.name)), "DatasetName": .word(datasets.map(\.name)),
            "Architecture": .word(distinct(models.flatMap(\.architectures))), "Encoder": .word(distinct(datasets.flatMap(\.encoders))),
            "Split": .word(distinct(datasets.flatMap(\.splits.keys))), "Hyperparameters": .closed([:], optional: hyperparameters),
            "Grid": .closed([:], optional: hyperparameters.mapValues { .list($0, 1...SpecificationLimits.settings.upperBound, distinct: true) }),
        ]
    }

    /// Every hyperparameter that any model has; which model has which is what `/models` tells.
    private var hyperparameters: [String: Schema] {
        let all = Dictionary(grouping: models.flatMap(\.hyperparameters), by: \.name)
        return all.mapValues { found in
            let choices = found.map(Schema.value).reduce(into: [Schema]()) { if !$0.contains($1) { $0.append($1) } }
            return choices.count == 1 ? choices[0] : .either(choices)
        }
    }

    private func distinct(_ words: [String]) -> [String] { Set(words).sorted() }
}

extension Schema {
    /// The valid values of a hyperparameter of a model or of an option of a metric.
    static func value(of hyperparameter: HyperparameterSchema) -> Schema {
        switch hyperparameter.domain {
        case .reals(let range): .number(range)
        case .integers(let range): .integer(range)
        case .bools: .boolean
        case .oneOf(let values): .word(values.compactMap { if case .text(let text) = $0 { text } else { nil } })
        }
    }
}
