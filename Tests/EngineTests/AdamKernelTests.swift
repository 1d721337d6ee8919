import TestSupport
import Testing

@testable import Graphs
@testable import Engine

/// Adam updates have their own kernels: plans use them where applicable, with the bits of the general kernels.
@Suite struct AdamKernelTests {
    /// Two parameters of one size, so that the planner may fuse their updates; the second one is clipped.
    private static func run(_ count: Int, beta1: Float = 0.5, general: Bool, kernels: KernelSet, threads: Int = 1) throws -> (tensors: [[Float]], updates: [Int]) {
        let graph = Graph()
        let store = TensorStore()
        let rate = graph.input("rate", .scalar)
        var updates: [(parameter: Tensor, value: Tensor)] = []
        var outputs: [(String, Tensor)] = []
        for (index, name) in ["a", "b"].enumerated() {
            store.create(name, [count])
            store[name] = values(count, index)
            var own = Adam(beta1: beta1).updates(graph.parameter(name, [count]), named: name, gradient: graph.input("g" + name, [count]), rate: rate)
            if index == 1 { own[0].value = own[0].value.clamped(low: -0.25, high: 0.5) }
            updates += own
            // With one more instruction, the program no longer consists of Adam updates alone.
            if general { outputs.append(("more" + name, own[1].value + 1)) }
        }
        let plan = try Plan(graph, outputs: outputs, updates: updates)
        let session = Session(plan, store: store, device: CPUDevice(threads: threads, kernels: kernels), seed: 1)
        for step in 1...3 {
            session.setInput("rate", Adam(beta1: beta1).correctedRate(learningRate: 0.01, update: step))
            session.setInput("ga", values(count, 10 * step))
            session.setInput("gb", values(count, 10 * step + 1).map { $0 * 1e-3 })
            session.run(step: UInt64(step))
        }
        let found = plan.kernels.map { kernel in
            if case .adam(let adam) = kernel { adam.updates.count } else { 0 }
        }
        return (["a", "b", "adam/a/m", "adam/a/v", "adam/b/m", "adam/b/v"].map { store[$0] }, found)
    }

    private static func values(_ count: Int, _ salt: Int) -> [Float] {
        var values = GradientTests.values(count, salt, -1, 1)
        let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude * 700, 3e38]
        for (place, value) in special.enumerated() where place * 3 + 2 < count { values[place * 3 + 2] = value }
        return values
    }

    /// With beta1 = 0, as in many studies, the graph has no factor 1 - beta1 on the gradient.
    @Test(arguments: [1, 15, 16, 17, 40, 1000, 40_003], [0.5, 0] as [Float]) func bitsAreThoseOfTheGeneralWay(_ count: Int, _ beta1: Float) throws {
        let reference = try Self.run(count, beta1: beta1, general: true, kernels: .scalar)
        #expect(reference.updates.allSatisfy { $0 == 0 })
        for kernels in KernelSet.available {
            for threads in [1, 3] {
                let own = try Self.run(count, beta1: beta1, general: false, kernels: kernels, threads: threads)
                #expect(own.updates.reduce(0, +) == (count == 1 ? 0 : 2), "\(own.updates)")
                for (a, b) in zip(own.tensors, reference.tensors) { #expect(BitPatterns.difference(a, b) == nil, "\(kernels.rawValue)") }
            }
        }
    }

    /// One update reads as its gradient what the other one writes: every reader sees the value from before.
    @Test func updatesThatReadEachOtherSeeOldValues() throws {
        func run(general: Bool) throws -> [[Float]] {
            let graph = Graph()
            let store = TensorStore()
            let parameters = ["a", "b"].enumerated().map { index, name in
                store.create(name, [100])
                store[name] = GradientTests.values(100, index, -1, 1)
                return graph.parameter(name, [100])
            }
            let rate = graph.constant(0.1)
            let updates = zip(parameters, parameters.reversed()).enumerated().flatMap { index, pair in
                Adam().updates(pair.0, named: "\(index)", gradient: pair.1, rate: rate)
            }
            let outputs = general ? [("more", updates[1].value + updates[4].value)] : []
            let session = Session(try Plan(graph, outputs: outputs, updates: updates), store: store, device: CPUDevice(), seed: 1)
            for step in 0..<3 { session.run(step: UInt64(step)) }
            return ["a", "b", "adam/0/m", "adam/1/m"].map { store[$0] }
        }
        let (own, reference) = (try run(general: false), try run(general: true))
        for (a, b) in zip(own, reference) { #expect(BitPatterns.difference(a, b) == nil) }
    }
}
