/// Why a graph cannot be compiled to a plan. Each is a programming error in a model.
public enum PlanError: Error, Equatable, CustomStringConvertible {
    /// The target of an update is this operation, not a parameter.
    case updateOfNonParameter(String)
    /// The new value has another shape than the parameter.
    case updateShape(parameter: String, expected: Shape, actual: Shape)
    /// Two updates of one parameter.
    case updatedTwice(String)

    /// The error in one sentence.
    public var description: String {
        switch self {
        case .updateOfNonParameter(let what): "update of \(what), expected a parameter"
        case .updateShape(let parameter, let expected, let actual): "update of \(parameter): shape \(actual), expected \(expected)"
        case .updatedTwice(let parameter): "parameter \(parameter) is updated twice; give one update per parameter"
        }
    }
}
