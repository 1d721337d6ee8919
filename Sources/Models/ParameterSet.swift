public import Graphs

/// The parameters of a network while its graph is built. A parameter is created on first use with its initializer. After an update earlier in the same
/// graph, it is read in its updated form.
public final class ParameterSet {
    /// A parameter or state variable.
    public struct Entry: Sendable {
        /// Full name, which identifies it in checkpoints and seeds its initial values.
        public let name: String
        /// Shape of the tensor.
        public let shape: Shape
        /// Initial values.
        public let initializer: Initializer
        /// Whether the optimizer updates it; false for state such as moving averages.
        public let isTrainable: Bool
    }

    let graph: Graph
    /// Prefix of every parameter's name, such as "generator".
    let prefix: String
    /// The parameters, in order of creation.
    public private(set) var entries: [Entry] = []
    private var current: [String: Tensor] = [:]
    /// New values of state that is not trained, such as moving averages.
    private(set) var statisticUpdates: [(parameter: Tensor, value: Tensor)] = []

    init(_ graph: Graph, prefix: String) {
        self.graph = graph
        self.prefix = prefix
    }

    func callAsFunction(_ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool = true) -> Tensor {
        let full = "\(prefix)/\(name)"
        if let value = current[full] { return value }
        let parameter = graph.parameter(full, shape)
        entries.append(Entry(name: full, shape: shape, initializer: initializer, isTrainable: isTrainable))
        current[full] = parameter
        return parameter
    }

    /// The trainable parameters, in order of creation.
    var trainable: [(name: String, tensor: Tensor)] {
        entries.filter(\.isTrainable).map { ($0.name, graph.parameter($0.name, $0.shape)) }
    }

    /// From here on the network reads these values instead of the parameters.
    func adopt(_ updates: [(parameter: Tensor, value: Tensor)]) {
        for entry in entries {
            let parameter = graph.parameter(entry.name, entry.shape)
            if let update = updates.first(where: { $0.parameter == parameter }) { current[entry.name] = update.value }
        }
    }

    func updateStatistic(_ parameter: Tensor, to value: Tensor) { statisticUpdates.append((parameter, value)) }
}
