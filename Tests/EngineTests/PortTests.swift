import Testing

@testable import Graphs
@testable import Engine

/// Inputs and outputs are identified by name: an unknown name is an error that lists the existing ones, never silently ignored.
@Suite struct PortTests {
    private static func graph() -> (graph: Graph, sum: Tensor) {
        let graph = Graph()
        _ = graph.input("rate", .scalar)
        return (graph, graph.input("images", [2, 3]) + graph.input("offset", [3]))
    }

    private static func plan() throws -> Plan {
        let (graph, sum) = graph()
        return try Plan(graph, outputs: [("sum", sum)])
    }

    @Test func aPlanKnowsTheInputsItNeedsAndThoseItsGraphDeclares() throws {
        let plan = try Self.plan()
        #expect(plan.inputs.map(\.name) == ["images", "offset"] && plan.unusedInputs.map(\.name) == ["rate"])
        #expect(try plan.inputShape("images") == [2, 3])
        #expect(try plan.inputShape("rate") == .scalar)
        #expect(throws: UnknownPort(kind: .input, name: "image", known: ["images", "offset", "rate"])) { try plan.inputShape("image") }
        #expect(throws: UnknownPort(kind: .output, name: "total", known: ["sum"])) { try plan.outputIndex("total") }
        #expect(UnknownPort(kind: .input, name: "image", known: ["images", "rate"]).description == #"the plan has no input "image"; it has images, rate"#)
        #expect(UnknownPort(kind: .output, name: "y", known: []).description == #"the plan has no output "y"; it has none"#)
    }

    @Test func declaredInputsMayBeSetWhereAPlanDoesNotNeedThem() throws {
        let session = Session(try Self.plan(), store: TensorStore(), device: CPUDevice(), seed: 0)
        session.setInput("rate", 0.5)
        session.setInput("images", [1, 2, 3, 4, 5, 6])
        session.withInput("offset") { span in for place in span.indices { span[place] = 10 } }
        session.run(step: 0)
        #expect(session.output("sum") == [11, 12, 13, 14, 15, 16])
    }

    @Test func aMisspeltInputEndsTheProgramWithTheKnownNames() async throws {
        let ended = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Session(try Self.plan(), store: TensorStore(), device: CPUDevice(), seed: 0).setInput("image", [1, 2, 3, 4, 5, 6])
        }
        #expect(String(decoding: ended.standardErrorContent, as: UTF8.self).contains(#"the plan has no input "image"; it has images, offset, rate"#))
        await #expect(processExitsWith: .failure) {
            Session(try Self.plan(), store: TensorStore(), device: CPUDevice(), seed: 0).withInput("rates") { _ in }
        }
        await #expect(processExitsWith: .failure) {
            Session(try Self.plan(), store: TensorStore(), device: CPUDevice(), seed: 0).setInput("images", [1, 2, 3])
        }
    }

    /// One name is one memory: with two shapes under one name, one would overrun the other.
    @Test func aNameHasOneShapeInAGraph() async throws {
        let graph = Graph()
        #expect(graph.input("x", [3]) == graph.input("x", [3]))
        await #expect(processExitsWith: .failure) {
            let graph = Graph()
            _ = graph.input("x", [3])
            _ = graph.input("x", [4])
        }
    }

    /// Planning works on a copy: the graph keeps its nodes, and planning again, after any other plan of it, gives the same plan.
    @Test func planningLeavesTheGraphAsItIs() throws {
        let graph = Graph()
        let x = graph.parameter("x", [4, 3])
        let turned = x.permuted([1, 0]), padded = x.padded(before: [1, 0], after: [0, 0])
        let nodes = graph.nodes.count
        let alone = try Plan(graph, outputs: [("padded", padded)]).description
        // Outputs and updates that need their own memory: views, one tensor twice, and zero padding.
        _ = try Plan(graph, outputs: [("turned", turned), ("again", turned), ("padded", padded), ("x", x)], updates: [(x, x)])
        #expect(graph.nodes.count == nodes)
        #expect(try Plan(graph, outputs: [("padded", padded)]).description == alone)
        let example = RandomGraph(seed: 3)
        let before = example.graph.nodes.count
        _ = try Plan(example.graph, outputs: example.outputs, updates: example.updates)
        #expect(example.graph.nodes.count == before)
    }
}
