import Testing

@testable import Graphs
@testable import Engine

/// Every operation, element by element, against PyTorch in double precision. The tolerance is the accumulated rounding error of a correct binary32
/// computation: (roundings on the longest path) * 2^-24 * (sum of the magnitudes added on the path).
@Suite struct OperationGoldenTests {
    private func expect(_ computed: [Float], _ golden: OperationFixture.Golden, _ what: String) {
        #expect(computed.count == golden.values.numbers.count, "\(what): \(computed.count) elements")
        let (share, element) = golden.worst(computed)
        #expect(
            share <= 1,
            "\(what), element \(element): \(computed[element]), golden \(golden.values.numbers[element]): \(share) of the allowed error")
    }

    @Test(arguments: OperationCase.all) func agrees(_ operation: OperationCase) throws {
        let golden = try #require(try OperationFixture.shared.get().operation(operation.name))
        let run = try OperationRun(operation, golden)
        #expect(run.outputShapes == golden.outputs.map(\.values.shape))
        for (index, pair) in zip(run.outputs, golden.outputs).enumerated() { expect(pair.0, pair.1, "result \(index)") }
        #expect(run.gradients.count == golden.gradients.count)
        for (index, pair) in zip(run.gradients, golden.gradients).enumerated() { expect(pair.0, pair.1, "gradient \(index)") }
    }

    @Test func everyGoldenCaseIsTested() throws {
        let fixture = try OperationFixture.shared.get()
        #expect(fixture.names.filter { fixture.operation($0) != nil } == fixture.names.filter { OperationCase.named($0) != nil })
        #expect(Set(fixture.names).isSuperset(of: OperationCase.all.map(\.name)))
    }

    /// The comparison itself is sensitive: a result off by one part in 2^20 is rejected wherever the bound allows few roundings.
    @Test func aWrongResultIsRefused() throws {
        let golden = try #require(try OperationFixture.shared.get().operation("exp")).outputs[0]
        #expect(golden.worst(golden.values.numbers).share == 0)
        #expect(golden.worst(golden.values.numbers.map { $0 * (1 + 0x1p-20) }).share > 1)
        #expect(!(golden.worst(golden.values.numbers.map { _ in .nan }).share <= 1))
    }

    // MARK: Optimizers

    enum Optimizer: String, CaseIterable, Sendable { case adam, rmspropInside = "rmsprop inside", rmspropOutside = "rmsprop outside", sgd }

    @Test(arguments: Optimizer.allCases) func threeUpdates(_ optimizer: Optimizer) throws {
        let trace = try #require(try OperationFixture.shared.get().trace(optimizer.rawValue))
        let graph = Graph()
        let store = TensorStore()
        store.create("p", trace.start.shape)
        store["p"] = trace.start.numbers
        let parameter = graph.parameter("p", trace.start.shape)
        let gradient = graph.input("g", trace.start.shape)
        let rate = graph.input("rate", .scalar)
        let adam = Adam(beta1: 0.5, beta2: 0.999, epsilon: 1e-3)
        let updates = switch optimizer {
        case .adam: adam.updates(parameter, named: "p", gradient: gradient, rate: rate)
        case .rmspropInside:
            RMSProp(learningRate: 1e-2, decay: 0.9, epsilon: 1e-4, placement: .insideSquareRoot).updates(parameter, named: "p", gradient: gradient)
        case .rmspropOutside:
            RMSProp(learningRate: 1e-2, decay: 0.9, epsilon: 1e-4, placement: .outsideSquareRoot).updates(parameter, named: "p", gradient: gradient)
        case .sgd: SGD(learningRate: 1e-2).updates(parameter, gradient: gradient)
        }
        let session = Session(try Plan(graph, outputs: [], updates: updates), store: store, device: CPUDevice(), seed: 1)
        let prefix = optimizer == .adam ? "adam/p/" : "rmsprop/p/"
        let names = ["p"] + trace.state.map { prefix + $0 }
        var computed = [[Float]](repeating: [], count: names.count)
        for update in 1...3 {
            session.setInput("g", Array(trace.gradients.numbers[(update - 1) * parameter.count..<update * parameter.count]))
            session.setInput("rate", adam.correctedRate(learningRate: 2e-4, update: update))
            session.run(step: UInt64(update))
            for (index, name) in names.enumerated() { computed[index] += store[name] }
        }
        for (index, name) in names.enumerated() { expect(computed[index], trace.outputs[index], name) }
    }
}
