import Numerics
import TestSupport
import Testing

@testable import Graphs
@testable import Engine

/// Runs every operation on every device against its definition: one table, one harness. To test another device, add it to `devices`.
@Suite struct DeviceOperationTests {
    struct Named: Sendable, CustomStringConvertible {
        let description: String
        let make: @Sendable () -> any Device
    }

    static let devices: [Named] = KernelSet.available.flatMap { kernels in
        [1, 3].map { threads in Named(description: "cpu \(kernels.rawValue) x \(threads)") { CPUDevice(threads: threads, kernels: kernels) } }
    } + [Named(description: "reference") { ReferenceDevice() }]

    /// Numbers of many magnitudes, including zeros of both signs, infinities, and NaN.
    private static func numbers(_ count: Int, _ seed: Int, isFinite: Bool) -> [Float] {
        var generator = ElementwiseGenerator(seed: UInt64(seed))
        return generator.numbers(count).map { isFinite && !$0.isFinite ? 1 : $0 }
    }

    @Test(arguments: DeviceCase.all) func everyDeviceGivesTheValuesOfTheDefinition(_ example: DeviceCase) throws {
        let graph = Graph()
        let inputs = example.shapes.enumerated().map { graph.parameter("x\($0)", $1) }
        let given = Dictionary(uniqueKeysWithValues: example.shapes.enumerated().map { index, shape in
            ("x\(index)", example.given[index] ?? Self.numbers(shape.count, example.name.utf8.reduce(index) { $0 &* 31 &+ Int($1) } & 0xffff, isFinite: example.isFinite))
        })
        let results = example.build(inputs)
        var defined = DefinedGraph(graph, given, seed: 7)
        let expected = results.map { defined.values(of: $0) }
        let plan = try Plan(graph, outputs: results.enumerated().map { ("y\($0)", $1) })
        for named in Self.devices {
            let store = TensorStore()
            for (name, values) in given {
                store.create(name, [values.count])
                store[name] = values
            }
            let session = Session(plan, store: store, device: named.make(), seed: 7)
            for step in 0..<2 { session.run(step: UInt64(step)) }
            session.run(step: 0)
            for (index, expected) in expected.enumerated() {
                let found = session.output("y\(index)")
                #expect(found.count == expected.count)
                let place = zip(found, expected).enumerated().first { !Self.agree($1.0, $1.1, ulps: example.ulps) }?.offset
                if let place { Issue.record("\(named): element \(place) of result \(index) is \(found[place]), defined as \(expected[place])") }
            }
        }
    }

    private static func agree(_ a: Float, _ b: Float, ulps: Int) -> Bool {
        if a.bitPattern == b.bitPattern { return true }
        guard ulps > 0, !a.isNaN, !b.isNaN else { return false }
        func place(_ x: Float) -> Int { x.sign == .minus ? -Int(x.magnitude.bitPattern) : Int(x.bitPattern) }
        return abs(place(a) - place(b)) <= ulps
    }

    /// The table is complete: every elementwise function, every other operation, every way of lowering a step.
    @Test func theTableHasEveryOperation() throws {
        var kinds: Set<String> = []
        var steps: Set<StepFunction> = []
        var hasAdam = false
        for example in DeviceCase.all {
            let graph = Graph()
            let results = example.build(example.shapes.enumerated().map { graph.parameter("x\($0)", $1) })
            kinds.formUnion(graph.nodes.map { OperationCoverageTests.kind($0.operation) })
            for kernel in try Plan(graph, outputs: results.enumerated().map { ("y\($0)", $1) }).kernels {
                switch kernel {
                case .elementwise(let kernel): steps.formUnion((kernel.once + kernel.steps).map(\.function))
                case .adam: hasAdam = true
                default: break
                }
            }
        }
        for kind in OperationCoverageTests.functions + OperationCoverageTests.others + ["random", "scatterRows", "stopGradient"] {
            #expect(kinds.contains(kind), "\(kind) is not in the table")
        }
        // A copy of a source is not a step: the source itself is stored.
        let functions = ElementwiseFunction.allCases.filter { $0 != .copy }
        #expect(steps.isSuperset(of: functions.map { .function($0) } + [.subtractFrom, .divideInto, .rectify, .rectifySelf]))
        #expect(hasAdam, "no example of the table is lowered to the kernel of Adam")
    }

    /// Two layers and an optimizer: inputs, random numbers, products, sums, in-place updates.
    private static func train(on device: any Device) throws -> [[Float]] {
        let graph = Graph(), store = TensorStore()
        let first = graph.parameter("first", [6, 9]), second = graph.parameter("second", [9, 1]), rate = graph.input("rate", .scalar)
        for (index, tensor) in [(0, first), (1, second)] {
            store.create(index == 0 ? "first" : "second", tensor.shape)
            store[index == 0 ? "first" : "second"] = GradientTests.values(tensor.count, index, -0.5, 0.5)
        }
        let noise = graph.random(RandomSource(stream: "noise", distribution: .normal(mean: 0, deviation: 0.1)), [12, 6])
        let hidden = Tensor.matmul(graph.input("x", [12, 6]) + noise, first).leakyReLU()
        let loss = (Tensor.matmul(hidden, second) - graph.input("y", [12, 1])).squared().mean()
        let gradients = graph.gradients(of: loss, for: [first, second])
        let updates = Adam(beta1: 0.5).updates(first, named: "first", gradient: gradients[0], rate: rate) + [(second, second - gradients[1] * 0.1)]
        let session = Session(try Plan(graph, outputs: [("loss", loss)], updates: updates), store: store, device: device, seed: 3)
        session.setInput("x", GradientTests.values(72, 5, -1, 1))
        session.withInput("y") { span in for place in span.indices { span[place] = Float(place % 3) } }
        var losses: [Float] = []
        for step in 1...4 {
            session.setInput("rate", Adam(beta1: 0.5).correctedRate(learningRate: 0.01, update: step))
            session.run(step: UInt64(step))
            losses += session.output("loss")
        }
        return [losses] + store.names.map { store[$0] }
    }

    /// Sessions and stores do not depend on the device, and a training of bit-exact operations has the same bits on each.
    @Test func aTrainingHasTheSameBitsOnEveryDevice() throws {
        let reference = try Self.train(on: ReferenceDevice())
        #expect(reference[0][3] < reference[0][0] && reference.count == 5)
        for named in Self.devices {
            let found = try Self.train(on: named.make())
            for (a, b) in zip(found, reference) { #expect(BitPatterns.difference(a, b) == nil, "\(named)") }
        }
    }

    /// A tensor moves to the device that uses it; a session on another device would read stale values.
    @Test func aTensorIsBoundToOneKindOfMemory() async throws {
        let graph = Graph()
        let p = graph.parameter("p", [3])
        let plan = try Plan(graph, outputs: [], updates: [(p, p + 1)])
        let store = TensorStore()
        store.create("p", [3])
        store["p"] = [1, 2, 3]
        let session = Session(plan, store: store, device: ReferenceDevice(), seed: 0)
        session.run(step: 0)
        #expect(store["p"] == [2, 3, 4])
        store["p"] = [10, 20, 30]
        session.run(step: 1)
        #expect(store["p"] == [11, 21, 31])
        await #expect(processExitsWith: .failure) {
            let graph = Graph()
            let plan = try Plan(graph, outputs: [("y", graph.parameter("p", [3]) + 1)])
            let store = TensorStore()
            _ = Session(plan, store: store, device: ReferenceDevice(), seed: 0)
            _ = Session(plan, store: store, device: CPUDevice(), seed: 0)
        }
    }
}
