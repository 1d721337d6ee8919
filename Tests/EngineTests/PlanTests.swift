import TestSupport
import Testing

@testable import Graphs
@testable import Engine

@Suite struct PlanTests {
    struct UnexpectedKernel: Error {}

    // MARK: The readable form

    @Test func twoBuildsGiveOneDigest() throws {
        func plan() throws -> Plan {
            let step = SmallTraining.Step()
            return try Plan(step.graph, outputs: [("loss", step.loss)], updates: step.updates)
        }
        let (first, second) = (try plan(), try plan())
        #expect(first.digest == second.digest)
        #expect(first.description == second.description)
    }

    @Test func descriptionHasALineForEachKernelAndNamesWhatItTouches() throws {
        let step = SmallTraining.Step()
        let plan = try Plan(step.graph, outputs: [("loss", step.loss)], updates: step.updates)
        let lines = plan.description.split(separator: "\n")
        #expect(lines.count == plan.kernels.count + 1)
        #expect(lines[0].hasPrefix("plan: \(plan.kernels.count) kernels"))
        for name in ["parameter kernel", "parameter adam/kernel/m", "input rate", "output loss", "random", "convolution weight gradient", "matrix product 32x10x980"] {
            #expect(plan.description.contains(name), "\(name)")
        }
    }

    @Test func zerosKeepTheirSigns() throws {
        let graph = Graph()
        let one = graph.parameter("x", [1])
        let results = [one * graph.constant(-0.0, [1]), one.padded(before: [0], after: [1]), one * graph.constant(0, [1])]
        let store = TensorStore()
        store.create("x", [1])
        store["x"] = [1]
        let plan = try Plan(graph, outputs: results.enumerated().map { ("y\($0)", $1) })
        let session = Session(plan, store: store, device: CPUDevice(), seed: 1)
        session.run(step: 0)
        #expect(session.output("y0")[0].sign == .minus)
        #expect(session.output("y1")[1].sign == .plus)
        #expect(session.output("y2")[0].sign == .plus)
    }

    @Test func differentWorkHasAnotherDigest() throws {
        func digest(_ factor: Float) throws -> String {
            let graph = Graph()
            return try Plan(graph, outputs: [("y", graph.parameter("x", [4]) * factor)]).digest
        }
        #expect(try digest(2) != digest(3))
    }

    // MARK: Only what is needed

    @Test func deadCodeIsNotPlanned() throws {
        let graph = Graph()
        let x = graph.parameter("x", [8, 8])
        let unused = Tensor.matmul(x, graph.parameter("unused", [8, 8])).exp()
        _ = graph.gradients(of: unused.sum(), for: [x])
        let plan = try Plan(graph, outputs: [("y", x.tanh())])
        #expect(plan.kernels.count == 1)
        #expect(plan.productOperations == 0)
        #expect(plan.parameters.map(\.name) == ["x"])
    }

    /// The generator is trained through the discriminator, whose weights then need no gradient.
    @Test func theGeneratorStepComputesNoDiscriminatorWeightGradients() throws {
        let graph = Graph()
        let weight = (generator: graph.parameter("generator", [10, 20]), discriminator: graph.parameter("discriminator", [20, 5]))
        let latent = graph.input("latent", [7, 10])
        let fake = Tensor.matmul(latent, weight.generator).tanh()
        let loss = Tensor.matmul(fake, weight.discriminator).softplus().mean()
        let gradient = graph.gradients(of: loss, for: [weight.generator])[0]
        let plan = try Plan(graph, outputs: [], updates: [(weight.generator, weight.generator - gradient)])
        let products = plan.kernels.compactMap { kernel -> String? in
            if case .product(let product) = kernel { product.formDescription } else { nil }
        }
        // Two forward products, the gradient for the images, the gradient for the generator's weights.
        #expect(products == [
            "matrix product 7x20x10", "matrix product 7x5x20", "matrix product 7x20x5 B'", "matrix product 10x20x7 A'",
        ])
        #expect(plan.updated == ["generator"])
    }

    @Test func equalActivationsAreMadeOnce() throws {
        let graph = Graph()
        let x = graph.parameter("x", [8, 8])
        #expect(x.leakyReLU() == x.leakyReLU() && x.relu() == x.relu() && x.relu() != x.leakyReLU() && x.leakyReLU(slope: 0.1) != x.leakyReLU())
        let products = (0..<2).map { _ in Tensor.matmul(x.relu(), x) }
        #expect(products[0] == products[1])
    }

    @Test func elementwiseChainsAreOneKernel() throws {
        let graph = Graph()
        let x = graph.parameter("x", [32, 16])
        let y = ((x * 2 + graph.parameter("b", [16])).leakyReLU() - x).squared()
        let plan = try Plan(graph, outputs: [("y", y), ("total", y.sum())])
        // One kernel that ends in a sum, and one that copies the total to its output.
        #expect(plan.kernels.count == 2)
        guard case .elementwise(let kernel) = plan.kernels[0] else { throw UnexpectedKernel() }
        // Two steps before the rectifier, which is one step, and two after it; all in registers.
        #expect(kernel.segments.map(\.count) == [5] && kernel.once.isEmpty && kernel.folds.count == 1 && kernel.sinks.count == 1)
    }

    // MARK: Updates in place

    /// Every reader sees the values from before the replay, however it reads: elementwise, transposed, through a product, after the update's
    /// own kernel, or swapped.
    @Test func noReaderSeesANewValueEarly() throws {
        let graph = Graph()
        let (p, q, r) = (graph.parameter("p", [4, 4]), graph.parameter("q", [4, 4]), graph.parameter("r", [4, 4]))
        let newP = q + 0  // swapped
        let newQ = p * 1 + p.permuted([1, 0]) * 0  // reads p elementwise and transposed
        let square = Tensor.matmul(p, p)
        let newR = r - (Tensor.matmul(square, r) + r.permuted([1, 0])) * 0.5
        let outputs = [("p", p.tanh()), ("turned", newR.permuted([1, 0])), ("product", Tensor.matmul(newR, p)), ("sum", r.sum(axes: [0]))]
        let plan = try Plan(graph, outputs: outputs, updates: [(p, newP), (q, newQ), (r, newR)])

        let store = TensorStore()
        for (index, name) in ["p", "q", "r"].enumerated() {
            store.create(name, [4, 4])
            store[name] = (0..<16).map { Float(($0 * (3 + index) + index) % 7) - 3 }  // small integers: every result is exact
        }
        let (oldP, oldQ, oldR) = (store["p"], store["q"], store["r"])
        let session = Session(plan, store: store, device: CPUDevice(threads: 2), seed: 1)
        session.run(step: 0)

        func product(_ a: [Float], _ b: [Float]) -> [Float] {
            (0..<16).map { at in (0..<4).reduce(0) { $0 + a[at / 4 * 4 + $1] * b[$1 * 4 + at % 4] } }
        }
        func turned(_ a: [Float]) -> [Float] { (0..<16).map { a[$0 % 4 * 4 + $0 / 4] } }
        let moved = zip(product(product(oldP, oldP), oldR), turned(oldR)).map { $0 + $1 }
        let expectedR = zip(oldR, moved).map { $0 - $1 * 0.5 }
        #expect(store["p"] == oldQ)
        #expect(store["q"] == oldP)
        #expect(store["r"] == expectedR)
        #expect(session.output("turned") == turned(expectedR))
        #expect(session.output("product") == product(expectedR, oldP))
        let sums: [Float] = (0..<4).map { column in (0..<4).reduce(0) { $0 + oldR[$1 * 4 + column] } }
        #expect(session.output("sum") == sums)
    }

    @Test func updatesThatMakeNoSenseAreRefused() throws {
        let graph = Graph()
        let p = graph.parameter("p", [2])
        #expect(throws: PlanError.updateShape(parameter: "p", expected: [2], actual: [1])) {
            try Plan(graph, outputs: [], updates: [(p, p.sum(keepingAxes: true))])
        }
        #expect(throws: PlanError.updatedTwice("p")) { try Plan(graph, outputs: [], updates: [(p, p + 1), (p, p + 2)]) }
        #expect(throws: PlanError.self) { try Plan(graph, outputs: [], updates: [(p + 1, p)]) }
    }

    // MARK: Any graph

    /// One item per kernel, or as many as fit: the same bits, over three replays that update parameters in place.
    @Test(arguments: 0..<150) func fusionChangesNoBit(_ seed: Int) throws {
        let example = RandomGraph(seed: UInt64(seed))
        func run(_ plan: Plan, threads: Int) -> [[Float]] {
            let store = RandomGraph.store()
            let session = Session(plan, store: store, device: CPUDevice(threads: threads), seed: 1)
            var found: [[Float]] = []
            for step in 0..<3 {
                session.run(step: UInt64(step))
                found += example.outputs.map { session.output($0.0) } + RandomGraph.shapes.indices.map { store["p\($0)"] }
            }
            return found
        }
        var planner = try Planner(example.graph.table, outputs: example.outputs, updates: example.updates, itemLimit: 1)
        let hasRegisters = planner.build()
        try #require(hasRegisters)
        let plan = try Plan(example.graph, outputs: example.outputs, updates: example.updates)
        #expect(plan.kernels.count <= planner.plan.kernels.count)
        let expected = run(planner.plan, threads: 1)
        for (a, b) in zip(run(plan, threads: 2), expected) { #expect(BitPatterns.difference(a, b) == nil) }
        // Rematerialization, which only large tensors get by default, changes no bit either.
        var again = try Planner(example.graph.table, outputs: example.outputs, updates: example.updates, itemLimit: 48, recomputedFrom: 1)
        guard again.build() else { return }
        for (a, b) in zip(run(again.plan, threads: 2), expected) { #expect(BitPatterns.difference(a, b) == nil) }
        let memory = PlanMemory(again.plan)
        #expect(memory.collisions.isEmpty && memory.readsOfNothing.isEmpty)
    }

    @Test(arguments: 0..<150) func buffersInUseTogetherDoNotOverlap(_ seed: Int) throws {
        let example = RandomGraph(seed: UInt64(seed))
        let plan = try Plan(example.graph, outputs: example.outputs, updates: example.updates)
        let memory = PlanMemory(plan)
        #expect(memory.collisions.isEmpty, "\(memory.collisions) in \(plan)")
        #expect(memory.readsOfNothing.isEmpty)
        #expect(memory.extents.allSatisfy { $0.memory.lowerBound >= 0 && $0.memory.upperBound <= plan.arenaCount })
    }

    @Test func scratchIsReused() throws {
        let graph = Graph()
        var x = graph.parameter("x", [64, 64])
        for index in 0..<20 { x = Tensor.matmul(x, graph.parameter("w\(index)", [64, 64])) }
        let plan = try Plan(graph, outputs: [("y", x.tanh())])
        #expect(plan.arenaCount == 2 * 64 * 64)
    }
}
