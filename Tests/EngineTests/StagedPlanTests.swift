import Testing

@testable import Engine
@testable import Graphs

/// A computation in two plans: the bits of one plan, and nothing that varies in the first.
@Suite struct StagedPlanTests {
    private static let shape: Shape = [3, 6, 6, 4]

    /// A network of the condition, a part of which is used at once and another after a network of both. - Parameter conditions: 3, or 1 for all examples
    private static func build(_ graph: Graph, conditions: Int) -> Tensor {
        let z = graph.input("z", shape), condition = graph.input("condition", [conditions, 6, 6, 2])
        let features = condition.convolved(with: graph.parameter("a", [8, 3, 3, 2]), stride: 1, padding: .same).leakyReLU()
        let shift = features.slice(starts: [0, 0, 0, 0], extents: [conditions, 6, 6, 4]), scale = features.slice(starts: [0, 0, 0, 4], extents: [conditions, 6, 6, 4]).sigmoid() + 0.5
        let matrix = graph.parameter("matrix", [4, 4]).matrixInverse()
        let x = Tensor.matmul(z.reshaped([108, 4]), matrix).reshaped(shape) / scale - shift
        let joined = Tensor.concatenate([x, features.broadcast(to: [3, 6, 6, 8])], axis: 3)
        return joined.convolved(with: graph.parameter("b", [4, 3, 3, 12]), stride: 1, padding: .same).tanh() + z
    }

    private static func store() -> TensorStore {
        let store = TensorStore()
        for (index, (name, shape)) in [("a", [8, 3, 3, 2] as Shape), ("b", [4, 3, 3, 12]), ("matrix", [4, 4])].enumerated() {
            store.create(name, shape)
            store[name] = GradientTests.values(shape.count, index, -1, 1)
        }
        return store
    }

    @Test(arguments: [3, 1]) func twoPlansHaveTheBitsOfOne(conditions: Int) throws {
        let graph = Graph(), result = Self.build(graph, conditions: 3), store = Self.store(), device = CPUDevice(threads: 2)
        let whole = Session(try Plan(graph, outputs: [("y", result)]), store: store, device: device, seed: 1)
        let other = Graph(), staged = try StagedPlan(other, outputs: [("y", Self.build(other, conditions: conditions))], varying: ["z"])
        #expect(!staged.preparation.inputs.contains { $0.name == "z" } && staged.completion.inputs.contains { $0.name == "z" })
        #expect(staged.completion.parameters.map(\.name) == ["b"])
        let first = Session(staged.preparation, store: store, device: device, seed: 1)
        let second = Session(staged.completion, store: store, device: device, seed: 1, sharing: first, preparation: first)
        for round in 0..<2 {
            let given = GradientTests.values(conditions * 72, 7 + round, -1, 1)
            whole.setInput("condition", conditions == 3 ? given : given + given + given)
            first.setInput("condition", given)
            first.run(step: 0)
            for draw in 0..<3 {
                let z = GradientTests.values(Self.shape.count, 20 + draw, -1, 1)
                for session in [whole, second] {
                    session.setInput("z", z)
                    session.run(step: UInt64(draw))
                }
                #expect(whole.output("y").map(\.bitPattern) == second.output("y").map(\.bitPattern))
            }
        }
    }

    /// An output that does not vary is computed once; without inputs that vary, everything is.
    @Test func outputsThatDoNotVaryArePrepared() throws {
        let graph = Graph(), x = graph.input("x", [4]), z = graph.input("z", [4])
        let outputs = [("fixed", x.exp()), ("varying", x.exp() * z)]
        let staged = try StagedPlan(graph, outputs: outputs, varying: ["z"])
        #expect(staged.preparation.outputs.count == 1 && staged.completion.outputs.map(\.name) == ["fixed", "varying"])
        let store = TensorStore(), device = CPUDevice()
        let first = Session(staged.preparation, store: store, device: device, seed: 1)
        let second = Session(staged.completion, store: store, device: device, seed: 1, preparation: first)
        first.setInput("x", [0, 1, 2, 3])
        first.run(step: 0)
        second.setInput("z", [1, 2, 3, 4])
        second.run(step: 0)
        #expect(second.output("varying") == zip(second.output("fixed"), [1, 2, 3, 4] as [Float]).map { $0 * $1 } && second.output("fixed")[0] == 1)
    }
}
