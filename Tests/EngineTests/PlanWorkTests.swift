import Testing

import Graphs

/// What a plan reports about its kernels.
@Suite struct PlanWorkTests {
    /// A small graph with every kind of product: two convolutions, a matrix product, and all their gradients.
    private func plan() throws -> Plan {
        let graph = Graph()
        let first = graph.parameter("first", [3, 4, 4, 2])
        let second = graph.parameter("second", [5, 4, 4, 3])
        let dense = graph.parameter("dense", [20, 7])
        var x = graph.input("x", [6, 8, 8, 2]).convolved(with: first, stride: 2, padding: .same)
        x = x.convolved(with: second, stride: 2, padding: .same).reshaped([6, 20])
        let loss = Tensor.matmul(x, dense).squared().sum()
        let gradients = graph.gradients(of: loss, for: [first, second, dense])
        return try Plan(graph, outputs: [("loss", loss)], updates: zip([first, second, dense], gradients).map { ($0, $0 - $1) })
    }

    @Test func operationsOfTheKernelsAddUpToThePlans() throws {
        let plan = try plan()
        #expect(plan.work.reduce(0) { $0 + $1.operations } == plan.productOperations)
        #expect(plan.work.count { $0.product != nil } == 8)
        #expect(plan.work.allSatisfy { $0.bytes > 0 && ($0.operations > 0) == ($0.product != nil) })
    }

    @Test func aFormAloneMakesAPlanOfThatProduct() throws {
        for work in try plan().work {
            guard let form = work.product else { continue }
            let alone = try Plan(form)
            #expect(alone.work.compactMap(\.product) == [form])
            #expect(alone.productOperations == work.operations)
            #expect(alone.inputs.map(\.shape) == [form.operands.a, form.operands.b])
        }
    }

    @Test func anElementwisePassCountsEachElementOnce() throws {
        let graph = Graph()
        let sum = graph.input("a", [32, 16]) + graph.input("b", [16])
        let plan = try Plan(graph, outputs: [("sum", sum)])
        #expect(plan.work.map(\.bytes) == [Double(4 * (32 * 16 + 16 + 32 * 16))])
    }
}
