/// Why an experiment cannot be run.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String, known: [String])
    case badSetting(name: String, value: String, allowed: String)
    case needsLabels(dataset: String)
    case needsImages(dataset: String)
    case badForeign(String, dataset: String)
    case tooFew(what: String, count: Int, needed: Int)

    /// The error as one sentence.
    public var description: String {
        switch self {
        case .unknown(let name, let known): "There is no experiment \"\(name)\"; known are \(known.joined(separator: ", "))."
        case .badSetting(let name, let value, let allowed): "\(name) is \(value); allowed: \(allowed)."
        case .needsLabels(let dataset): "The experiment requires class labels; the data set \(dataset) has none."
        case .needsImages(let dataset): "The experiment requires images; the data set \(dataset) consists of points."
        case .badForeign(let foreign, let dataset): "Images of \(foreign) cannot be mixed with those of \(dataset): they have a different shape."
        case .tooFew(let what, let count, let needed): "There are \(count) \(what); \(needed) are required."
        }
    }
}
