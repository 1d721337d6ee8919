import Studies
import Graphs

/// The optimizer of a network.
enum Optimizer {
    /// Adam; its bias-corrected learning rate is a scalar input of each step.
    case adam(Adam, learningRate: ScalarSchedule)
    case rmsProp(RMSProp)
    /// Gradient descent without momentum; its learning rate is a scalar input of each step.
    case sgd(learningRate: ScalarSchedule)

    /// - Parameter rate: the scalar described by `rate`
    func updates(_ parameter: Tensor, named name: String, gradient: Tensor, rate: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        switch self {
        case .adam(let adam, _): adam.updates(parameter, named: name, gradient: gradient, rate: rate)
        case .rmsProp(let rmsProp): rmsProp.updates(parameter, named: name, gradient: gradient)
        case .sgd: [(parameter, parameter - gradient * rate)]
        }
    }

    /// Optimizer state that does not start at zeros. TensorFlow's RMSProp initializes the mean square to ones.
    func initialState(of parameters: [ParameterSet.Entry]) -> [ParameterSet.Entry] {
        guard case .rmsProp = self else { return [] }
        return parameters.filter(\.isTrainable).map {
            ParameterSet.Entry(name: "rmsprop/\($0.name)/v", shape: $0.shape, initializer: .ones, isTrainable: false)
        }
    }

    /// The scalar input that the updates of a group read, or nil if they read none.
    func rate(_ input: String, of group: UpdateGroup) -> ScalarInput? {
        switch self {
        case .adam(let adam, let learningRate): .adamRate(input, adam, learningRate: learningRate, group: group.name)
        case .sgd(let learningRate): .schedule(input, learningRate)
        case .rmsProp: nil
        }
    }
}
