import Graphs
import Engine

/// Runs one case of the fixture: results and gradients through the public API.
struct OperationRun {
    let outputs: [[Float]]
    let gradients: [[Float]]
    let outputShapes: [Shape]

    init(_ operation: OperationCase, _ golden: OperationFixture.Case, device: CPUDevice = CPUDevice()) throws {
        let graph = Graph()
        let store = TensorStore()
        let inputs = golden.inputs.enumerated().map { index, values in
            store.create("x\(index)", values.shape)
            store["x\(index)"] = values.numbers
            return graph.parameter("x\(index)", values.shape)
        }
        let results = operation.build(inputs)
        outputShapes = results.map(\.shape)
        var gradients: [Tensor] = []
        if !golden.gradientOf.isEmpty {
            let arriving = zip(results, golden.arriving).map { ($0, graph.constant($1.numbers, $1.shape)) }
            gradients = graph.gradients(of: arriving, for: golden.gradientOf.map { inputs[$0] })
        }
        let named = results.enumerated().map { ("y\($0)", $1) } + gradients.enumerated().map { ("g\($0)", $1) }
        let session = Session(try Plan(graph, outputs: named), store: store, device: device, seed: 1)
        session.run(step: 0)
        outputs = results.indices.map { session.output("y\($0)") }
        self.gradients = gradients.indices.map { session.output("g\($0)") }
    }
}
