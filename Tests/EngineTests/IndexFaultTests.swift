import Testing

@testable import Graphs
@testable import Engine

/// Out-of-range indices from outside are reported, and neither trap nor access foreign memory.
@Suite struct IndexFaultTests {
    private static func session(rows: Int = 4) throws -> Session {
        let graph = Graph()
        let table = graph.parameter("table", [rows, 2])
        let found = table.gatherRows(graph.input("indices", [3]))
        let gradient = graph.gradients(of: found.sum(), for: [table])[0]
        let store = TensorStore()
        store.create("table", [rows, 2])
        store["table"] = (0..<rows * 2).map(Float.init)
        return Session(try Plan(graph, outputs: [("rows", found), ("gradient", gradient)]), store: store, device: CPUDevice(threads: 2), seed: 1)
    }

    @Test(arguments: [4, -1, 0.5, .nan, .infinity, -.infinity, 1e30, -1e-20] as [Float]) func isTold(_ bad: Float) throws {
        let session = try Self.session()
        session.setInput("indices", [1, bad, 3])
        session.run(step: 0)
        let fault = try #require(session.indexFault)
        #expect(fault.position == 1 && fault.count == 4)
        #expect(fault.value.bitPattern == bad.bitPattern)
        #expect(fault.description.contains("0..<4"))
        let rows = session.output("rows")
        #expect(rows[2].isNaN && rows[3].isNaN)
        #expect([rows[0], rows[1], rows[4], rows[5]] == [2, 3, 6, 7])
        #expect(session.output("gradient") == [0, 0, 1, 1, 0, 0, 1, 1])
    }

    @Test func aGoodReplayForgetsTheFault() throws {
        let session = try Self.session()
        session.setInput("indices", [9, 0, 0])
        session.run(step: 0)
        #expect(session.indexFault?.position == 0)
        session.setInput("indices", [-0.0, 3, 3])
        session.run(step: 1)
        #expect(session.indexFault == nil)
        #expect(session.output("rows") == [0, 1, 6, 7, 6, 7])
    }
}
