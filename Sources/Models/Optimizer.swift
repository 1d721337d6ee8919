import Studies
import Graphs

/// How parameters follow their gradients.
enum Optimizer {
    /// The rate with its bias corrections comes in as an input at each step.
    case adam(Adam, learningRate: ScalarSchedule)
    case rmsProp(RMSProp)

    /// - Parameter rate: the scalar that `rate` describes.
    func updates(_ parameter: Tensor, named name: String, gradient: Tensor, rate: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        switch self {
        case .adam(let adam, _): adam.updates(parameter, named: name, gradient: gradient, rate: rate)
        case .rmsProp(let rmsProp): rmsProp.updates(parameter, named: name, gradient: gradient)
        }
    }

    /// The optimiser's state where it does not begin with zeros. TensorFlow's RMSProp begins its mean square with ones.
    func initialState(of parameters: [ParameterSet.Entry]) -> [ParameterSet.Entry] {
        guard case .rmsProp = self else { return [] }
        return parameters.filter(\.isTrainable).map {
            ParameterSet.Entry(name: "rmsprop/\($0.name)/v", shape: $0.shape, initializer: .ones, isTrainable: false)
        }
    }

    /// The scalar input that the updates of a group read, or nil where they read none.
    func rate(_ input: String, of group: UpdateGroup) -> ScalarInput? {
        guard case .adam(let adam, let learningRate) = self else { return nil }
        return .adamRate(input, adam, learningRate: learningRate, group: group.name)
    }
}
