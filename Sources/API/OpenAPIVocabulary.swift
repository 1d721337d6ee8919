import Studies

/// The parts of the document that depend on this server: its models, and its current data sets.
struct OpenAPIVocabulary: Sendable {
    var models: [ModelSchema]
    /// The data sets that can be trained on.
    var datasets: [DatasetFacts]
    /// The cookie names of a member and of a share link.
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

    /// Every hyperparameter of any model; `/models` lists them per model.
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
    /// The valid values of a hyperparameter or of a metric option.
    static func value(of hyperparameter: HyperparameterSchema) -> Schema {
        switch hyperparameter.domain {
        case .reals(let range): .number(range)
        case .integers(let range): .integer(range)
        case .bools: .boolean
        case .oneOf(let values): .word(values.compactMap { if case .text(let text) = $0 { text } else { nil } })
        }
    }
}
