public import Models

/// Why a run cannot go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String)
    case unknownEncoder(String, dataset: String)
    case unknownMetric(String)
    case noClasses(metric: String, encoder: String)
    case otherNumerics(specification: Int, program: Int)
    case datasetChanged(name: String, expected: String, actual: String)
    case checkpointMismatch(String)
    case unlabelled(dataset: String)
    case unsuitableArchitecture(String, dataset: String)
    case busy(folder: String)
    /// The data set lacks a field that the model needs.
    case missingField(BatchFieldError, model: String, dataset: String)

    public var description: String {
        switch self {
        case .unknownModel(let name): "model: \"\(name)\" is not known"
        case .unknownEncoder(let name, let dataset): "evaluation.encoder: there is no encoder \"\(name)\" for the data set \(dataset)"
        case .unknownMetric(let name): "evaluation.metrics: there is no metric \"\(name)\""
        case .noClasses(let metric, let encoder): "evaluation.metrics: \"\(metric)\" needs class probabilities, which the encoder \(encoder) does not give"
        case .otherNumerics(let specification, let program):
            "numerics: the specification was made for numerics \(specification), this program computes by numerics \(program)"
        case .datasetChanged(let name, let expected, let actual): "dataset.digest: \(name) is \(actual) here, the specification names \(expected)"
        case .checkpointMismatch(let problem): "the checkpoint cannot be resumed: \(problem)"
        case .unlabelled(let dataset): "the data set \(dataset) has no labels to train an encoder from"
        case .unsuitableArchitecture(let name, let dataset): "architecture.name: the networks \"\(name)\" do not suit the examples of \(dataset)"
        case .busy(let folder): "\(folder): another worker is at this run"
        case .missingField(let error, let model, let dataset): "dataset: the model \(model) \(error) in \(dataset)"
        }
    }
}
