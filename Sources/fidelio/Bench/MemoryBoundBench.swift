import Numerics
import Graphs
import Engine

/// Adam over 12.8 million parameters: the two large matrices of the network for 28x28 images.
struct AdamBench: BenchWorkload {
    let name = "adam"
    private static let matrices: [(name: String, shape: Shape)] = [("linear2", [1024, 6272]), ("linear3", [6272, 1024])]

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let graph = Graph()
        let rate = graph.input("rate", .scalar)
        let updates = Self.matrices.flatMap { name, shape in
            Adam().updates(graph.parameter(name, shape), named: name, gradient: graph.input("gradient/\(name)", shape), rate: rate)
        }
        let plan = try Plan(graph, outputs: [], updates: updates)
        let session = Session(plan, store: TensorStore(), device: settings.device(), seed: 0)
        for (name, shape) in Self.matrices {
            let stream = RandomStream(seed: 0, name: "bench/\(name)")
            session.setInput("gradient/\(name)", stream.numbers(.normal(mean: 0, deviation: 0.01), step: 0, count: shape.count))
        }
        var step = 0
        let times = settings.repeated {
            step += 1
            session.setInput("rate", Adam().correctedRate(learningRate: 1e-4, update: step))
            session.run(step: UInt64(step))
        }
        let parameters = Self.matrices.reduce(0) { $0 + $1.shape.count }
        return [
            BenchResult(
                name: name, title: "Adam over \(parameters) parameters", value: .seconds(times), bytes: plan.work.reduce(0) { $0 + $1.bytes })
        ]
    }
}

/// The sum of two long vectors: the memory bandwidth of a simple pass.
struct MemoryStreamBench: BenchWorkload {
    let name = "memory-stream"

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let graph = Graph()
        let shape: Shape = [1 << 24]
        let sum = graph.input("a", shape) + graph.input("b", shape)
        let plan = try Plan(graph, outputs: [("sum", sum)])
        let session = Session(plan, store: TensorStore(), device: settings.device(), seed: 0)
        for name in ["a", "b"] { session.setInput(name, [Float](repeating: 1, count: shape.count)) }
        let times = settings.repeated(seconds: settings.seconds / 4) { session.run(step: 1) }
        return [
            BenchResult(name: name, title: "sum of two vectors of \(shape.count)", value: .seconds(times), bytes: plan.work.reduce(0) { $0 + $1.bytes })
        ]
    }
}
