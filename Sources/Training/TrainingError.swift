public import Models

/// Why a run cannot start or continue.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The specification names a model that this program does not have.
    case unknownModel(String)
    /// The feature extractor does not exist, or not for this data set.
    case unknownEncoder(String, dataset: String)
    /// The specification names a metric that this program does not have.
    case unknownMetric(String)
    /// The metric requires class probabilities, which the feature extractor does not provide.
    case noClasses(metric: String, encoder: String)
    /// The specification was made under another numerics version.
    case otherNumerics(specification: Int, program: Int)
    /// The data set has another digest than the specification names.
    case datasetChanged(name: String, expected: String, actual: String)
    /// The archive is not a checkpoint of this run.
    case checkpointMismatch(String)
    /// A feature extractor cannot be trained without labels.
    case unlabeled(dataset: String)
    /// The architecture does not fit the data set's examples.
    case unsuitableArchitecture(String, dataset: String)
    /// Another worker holds the lock of the run's folder.
    case busy(folder: String)
    /// A worker of this or a later attempt has claimed the run's folder.
    case superseded(folder: String, by: String)
    /// The data set lacks a field that the model needs.
    case missingField(BatchFieldError, model: String, dataset: String)
    /// A hyperparameter does not fit the shape of the data set's examples.
    case unsuitableShape(ModelShapeError)

    /// The error in one sentence, preceded by the affected key of the specification if there is one.
    public var description: String {
        switch self {
        case .unknownModel(let name): "model: \"\(name)\" is not known"
        case .unknownEncoder(let name, let dataset): "evaluation.encoder: the data set \(dataset) has no feature extractor \"\(name)\""
        case .unknownMetric(let name): "evaluation.metrics: \"\(name)\" is not known"
        case .noClasses(let metric, let encoder): "evaluation.metrics: \"\(metric)\" requires class probabilities, which the feature extractor \(encoder) does not provide"
        case .otherNumerics(let specification, let program):
            "numerics: the specification requires version \(specification), this program has version \(program)"
        case .datasetChanged(let name, let expected, let actual): "dataset.digest: \(name) has digest \(actual), the specification requires \(expected)"
        case .checkpointMismatch(let problem): "the checkpoint cannot be resumed: \(problem)"
        case .unlabeled(let dataset): "the data set \(dataset) has no labels, which training a feature extractor requires"
        case .unsuitableArchitecture(let name, let dataset): "architecture.name: \"\(name)\" does not fit the examples of \(dataset)"
        case .busy(let folder): "\(folder): another worker is executing this run"
        case .superseded(let folder, let order): "the run in \(folder) belongs to worker \(order), of this or a later attempt"
        case .unsuitableShape(let error): error.description
        case .missingField(let error, let model, let dataset): "dataset: the model \(model) \(error) in \(dataset)"
        }
    }
}
