import Numerics
import TestSupport

@testable import Graphs
@testable import Engine

/// A graph of random operations over a few parameters, with outputs, gradients, and updates: to compare ways of planning it.
struct RandomGraph {
    let graph = Graph()
    private(set) var outputs: [(String, Tensor)] = []
    private(set) var updates: [(parameter: Tensor, value: Tensor)] = []
    private var random: TestRandom
    private var pool: [Tensor] = []
    private let parameters: [Tensor]

    static let shapes: [Shape] = [[6, 4], [4], [6, 1], [3, 2, 4], [6, 4], [4, 6], [1300, 2]]

    init(seed: UInt64) {
        random = TestRandom(seed: seed)
        parameters = Self.shapes.enumerated().map { [graph] in graph.parameter("p\($0.offset)", $0.element) }
        pool = parameters + [graph.random(RandomSource(stream: "noise", distribution: .uniform(low: -1, high: 1)), [6, 4])]
        for _ in 0..<Int.random(in: 6...30, using: &random) { grow() }
        finish()
    }

    static func store() -> TensorStore {
        let store = TensorStore()
        for (index, shape) in shapes.enumerated() {
            store.create("p\(index)", shape)
            store["p\(index)"] = GradientTests.values(shape.count, index, -1, 1)
        }
        return store
    }

    private mutating func any() -> Tensor {
        // Recent tensors are chosen more often, so that chains become long.
        Bool.random(using: &random) ? pool.suffix(4).randomElement(using: &random)! : pool.randomElement(using: &random)!
    }

    private mutating func grow() {
        let x = any()
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: pool.append(x.tanh())
        case 2: pool.append((x * 0.5 + 0.25).squared())
        case 3: pool.append(x.leakyReLU())
        case 4, 5, 6: combine(x, any())
        case 7:
            let axis = Int.random(in: 0..<Swift.max(x.shape.rank, 1), using: &random)
            guard x.shape.rank > 0 else { return }
            pool.append(Bool.random(using: &random) ? x.mean(axes: [axis], keepingAxes: true) : x.maximum(axes: [axis]))
        case 8: pool.append(x.permuted(Array(0..<x.shape.rank).shuffled(using: &random)))
        case 9:
            guard x.shape.rank > 0, x.shape[0] > 1 else { return }
            pool.append(x.rows(1, x.shape[0]))
        case 10:
            guard x.shape.rank > 0, x.count < 2000 else { return }
            let none = [Int](repeating: 0, count: x.shape.rank)
            var one = none
            one[Int.random(in: 0..<one.count, using: &random)] = 1
            pool.append(Bool.random(using: &random) ? x.padded(before: one, after: none) : Tensor.concatenate([x, x.tanh()], axis: 0))
        default: multiply(x)
        }
    }

    private mutating func combine(_ a: Tensor, _ b: Tensor) {
        guard a.shape.broadcast(with: b.shape) != nil, a.shape.broadcast(with: b.shape)!.count < 10_000 else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: pool.append(a + b)
        case 1: pool.append((a * b).tanh())
        case 2: pool.append(Tensor.maximum(a, b))
        default: pool.append(a - b * 0.5)
        }
    }

    private mutating func multiply(_ x: Tensor) {
        guard x.shape.rank == 2, let other = pool.filter({ $0.shape.rank == 2 && $0.shape[0] == x.shape[1] && $0.count < 3000 }).randomElement(using: &random) else { return }
        pool.append(Tensor.matmul(x, other).tanh())
    }

    private mutating func finish() {
        let results = (0..<3).map { _ in any() }
        outputs = results.enumerated().map { ("y\($0.offset)", $0.element) }
        let loss = results.dropFirst().reduce(results[0].squared().mean()) { $0 + $1.squared().mean() }
        let gradients = graph.gradients(of: loss, for: parameters)
        outputs.append(("loss", loss))
        // Some parameters are updated by their gradients, some by the value of another one: the planner decides whether in place.
        for (index, parameter) in parameters.enumerated() where Bool.random(using: &random) {
            let twin = parameters.first { $0.shape == parameter.shape && $0 != parameter }
            let value = twin.map { Bool.random(using: &random) ? $0 : parameter - gradients[index] * 0.1 } ?? parameter - gradients[index] * 0.1
            updates.append((parameter, value))
        }
    }
}
