/// Why an experiment cannot be made, in one sentence.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String, known: [String])
    case badSetting(name: String, value: String, allowed: String)
    case needsLabels(dataset: String)
    case needsImages(dataset: String)
    case badForeign(String, dataset: String)
    case tooFew(what: String, count: Int, needed: Int)

    public var description: String {
        switch self {
        case .unknown(let name, let known): "There is no experiment \"\(name)\"; known are \(known.joined(separator: ", "))."
        case .badSetting(let name, let value, let allowed): "\(name) is \(value); it may be \(allowed)."
        case .needsLabels(let dataset): "The experiment needs classes, which the data set \(dataset) does not have."
        case .needsImages(let dataset): "The experiment changes pixels, and the data set \(dataset) has none: it consists of points."
        case .badForeign(let foreign, let dataset): "Images of \(foreign) cannot be mixed with those of \(dataset): they are of another shape."
        case .tooFew(let what, let count, let needed): "There are \(count) \(what), and \(needed) are needed."
        }
    }
}
