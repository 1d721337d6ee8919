public import Catalog
public import Studies

extension RunVocabulary {
    /// The names that runs of these models can have: every metric's values and every model's hyperparameters.
    public init(of models: [ModelSchema]) {
        self.init(
            metrics: MetricChoice.all.flatMap { $0.values.map(\.name) },
            hyperparameters: models.flatMap(\.hyperparameters).map { ($0.name, $0.kind == .text ? .text : .number) })
    }
}
