import Foundation
import GraphReference
import Testing

@testable import Engine
@testable import Graphs

/// Checkpointed segments: the bits of a graph without them, and less memory.
@Suite struct CheckpointingTests {
    /// Layers that share a condition, two outputs each, one of which runs through all: what the steps of a flow are.
    private struct Chain {
        let graph = Graph()
        let loss: Tensor
        let tensors: [Tensor]
        let gradients: [Tensor]
        static let shape: Shape = [4, 8, 8, 6]

        init(layers: Int = 6, isCheckpointed: Bool, isSecondOrder: Bool = false) {
            let graph = graph, condition = graph.parameter("condition", [4, 8, 8, 5])
            var state = [graph.parameter("x", Self.shape), graph.constant(0, [4])], tensors = [condition, state[0]]
            for index in 0..<layers {
                let kernel = graph.parameter("kernel\(index)", [12, 3, 3, 11]), scale = graph.parameter("scale\(index)", [6])
                tensors += [kernel, scale]
                let layer: ([Tensor]) -> [Tensor] = { inputs in
                    let hidden = Tensor.concatenate([inputs[0], inputs[2]], axis: 3).convolved(with: kernel, stride: 1, padding: .same).leakyReLU()
                    let shift = hidden.slice(starts: [0, 0, 0, 0], extents: Self.shape.extents), gate = hidden.slice(starts: [0, 0, 0, 6], extents: Self.shape.extents).sigmoid()
                    let y = (inputs[0] * scale.exp() + shift) * gate
                    return [y, inputs[1] + gate.log().reshaped([4, Self.shape.count / 4]).sum(axes: [1]) + scale.sum()]
                }
                let inputs = state + [condition]
                state = isCheckpointed ? graph.checkpointed(inputs, layer) : layer(inputs)
            }
            loss = (state[0] * state[0]).mean() - state[1].mean() * 0.1
            var gradients = graph.gradients(of: loss, for: tensors)
            if isSecondOrder { gradients = graph.gradients(of: gradients.dropFirst().reduce(gradients[0].squared().sum()) { $0 + $1.squared().sum() }, for: tensors) }
            (self.tensors, self.gradients) = (tensors, gradients)
        }

        var plan: Plan { get throws { try Plan(graph, outputs: [("loss", loss)] + gradients.enumerated().map { ("gradient\($0)", $1) }) } }

        func run(threads: Int) throws -> [[UInt32]] {
            let plan = try plan, store = TensorStore()
            for (index, tensor) in tensors.enumerated() {
                guard case .parameter(let name) = graph.nodes[tensor.id].operation else { continue }
                store.create(name, tensor.shape)
                store[name] = GradientTests.values(tensor.count, index, -0.5, 0.5)
            }
            let session = Session(plan, store: store, device: CPUDevice(threads: threads), seed: 1)
            session.run(step: 0)
            return plan.outputs.map { session.output($0.name).map(\.bitPattern) }
        }
    }

    @Test(arguments: [false, true]) func gradientsHaveTheSameBits(isSecondOrder: Bool) throws {
        let kept = Chain(isCheckpointed: false, isSecondOrder: isSecondOrder), recomputed = Chain(isCheckpointed: true, isSecondOrder: isSecondOrder)
        let expected = try kept.run(threads: 1)
        #expect(expected.allSatisfy { $0.contains { $0 << 1 != 0 } }, "a gradient of zeros compares nothing")
        // Second derivatives pass through the recomputation, whose terms add up in another order.
        if isSecondOrder {
            for (a, b) in zip(expected, try recomputed.run(threads: 1)) {
                let (a, b) = (a.map(Float.init(bitPattern:)), b.map(Float.init(bitPattern:))), scale = a.reduce(0) { max($0, abs($1)) }
                #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
            }
        } else {
            for threads in [1, 3] { #expect(try recomputed.run(threads: threads) == expected) }
        }
    }

    /// The activations within a layer are held for one layer at a time: what each further layer adds is its input, and the gradient of its kernel, which is an output here.
    @Test func memoryGrowsByTheInputsAlone() throws {
        func growth(_ isCheckpointed: Bool) throws -> Int {
            let (short, long) = (try Chain(layers: 6, isCheckpointed: isCheckpointed).plan, try Chain(layers: 16, isCheckpointed: isCheckpointed).plan)
            #expect(PlanMemory(long).collisions.isEmpty && PlanMemory(long).readsOfNothing.isEmpty)
            return (long.scratchBytes - short.scratchBytes) / 10
        }
        let own = (Chain.shape.count + 12 * 3 * 3 * 11) * 4
        let (kept, recomputed) = (try growth(false), try growth(true))
        #expect(recomputed <= own && kept > 4 * own, "\(recomputed), kept \(kept), input and gradient have \(own) bytes")
    }

    /// The forward pass, then each layer once more.
    @Test func eachSegmentIsComputedOnceMore() throws {
        func convolutions(_ isCheckpointed: Bool) throws -> Int {
            try Chain(isCheckpointed: isCheckpointed).plan.kernels.count { kernel in
                if case .product(let product) = kernel, case .convolution = product.form { true } else { false }
            }
        }
        #expect(try convolutions(false) == 6 && convolutions(true) == 12)
    }

    /// A segment that the loss does not depend on, outputs that nothing reads, and the gradient of an output itself.
    @Test func whatIsNotReadIsNotRecomputed() throws {
        let graph = Graph(), x = graph.parameter("x", [3])
        let both = graph.checkpointed([x]) { [$0[0].exp(), $0[0].sin()] }, unread = graph.checkpointed([x]) { [$0[0].cos()] }
        let gradients = graph.gradients(of: (both[1] * 2).sum(), for: [x, both[1], both[0]])
        let before = graph.nodes.count
        _ = graph.gradients(of: (x * 3).sum(), for: [x])
        #expect(graph.recomputations == 1 && graph.nodes.count < before + 8 && unread[0].shape == [3])
        var evaluator = ReferenceEvaluator(graph, ["x": [0, 1, 2]])
        #expect(evaluator.values(of: gradients[1]) == [2, 2, 2] && evaluator.values(of: gradients[2]) == [0, 0, 0])
        for (found, x) in zip(evaluator.values(of: gradients[0]), [0.0, 1, 2]) { #expect(abs(found - 2 * cos(x)) < 1e-14) }
    }
}
