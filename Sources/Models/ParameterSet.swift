public import Graphs

/// The parameters of a network while its graph is built: made on first use, remembered with their initializers, and, where an update has
/// been computed earlier in the same graph, read in their updated form.
public final class ParameterSet {
    public struct Entry: Sendable {
        public let name: String
        public let shape: Shape
        public let initializer: Initializer
        public let isTrainable: Bool
    }

    let graph: Graph
    /// Every parameter's name begins with this, such as "generator".
    let prefix: String
    public private(set) var entries: [Entry] = []
    private var current: [String: Tensor] = [:]
    /// New values of what is not trained, such as moving averages.
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

    /// The trainable parameters, in order of construction.
    var trainable: [(name: String, tensor: Tensor)] {
        entries.filter(\.isTrainable).map { ($0.name, graph.parameter($0.name, $0.shape)) }
    }

    /// From here on the network is built with these values in place of the parameters.
    func adopt(_ updates: [(parameter: Tensor, value: Tensor)]) {
        for entry in entries {
            let parameter = graph.parameter(entry.name, entry.shape)
            if let update = updates.first(where: { $0.parameter == parameter }) { current[entry.name] = update.value }
        }
    }

    func updateStatistic(_ parameter: Tensor, to value: Tensor) { statisticUpdates.append((parameter, value)) }
}
