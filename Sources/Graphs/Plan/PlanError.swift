/// Why a graph cannot be planned.
public enum PlanError: Error, Equatable, CustomStringConvertible {
    case updateOfNonParameter(String)
    case updateShape(parameter: String, expected: Shape, actual: Shape)
    case updatedTwice(String)

    public var description: String {
        switch self {
        case .updateOfNonParameter(let what): "update of \(what), which is no parameter"
        case .updateShape(let parameter, let expected, let actual): "update of \(parameter): shape \(actual), expected \(expected)"
        case .updatedTwice(let parameter): "parameter \(parameter) is updated twice"
        }
    }
}
