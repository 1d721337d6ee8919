import Foundation
import Testing

@testable import Numerics
@testable import Graphs
@testable import Engine

/// Outputs larger than the caches are written with nontemporal stores. The bits are those of the same work in smaller parts.
@Suite struct StreamedOutputTests {
    private static let half = 1 << 22 + 24  // two of them exceed the caches
    private static let whole = 2 * half + 5

    /// a + b and a * b of the numbers `range` of two streams, with an infinite one among them, written twice over.
    private static func run(_ range: Range<Int>, _ device: CPUDevice) throws -> [Data] {
        let graph = Graph()
        let a = graph.input("a", [range.count]), b = graph.input("b", [range.count])
        let session = Session(try Plan(graph, outputs: [("sum", a + b), ("product", a * b)]), store: TensorStore(), device: device, seed: 0)
        for (name, infinity) in [("a", Float.infinity), ("b", -Float.infinity)] {
            let stream = RandomStream(seed: 3, name: name)
            var values = stream.numbers(.normal(mean: 0, deviation: 1), step: 0, start: range.lowerBound, count: range.count)
            if range.contains(100) { values[100] = infinity }
            session.setInput(name, values)
        }
        for step in 0..<2 { session.run(step: UInt64(step)) }
        return ["sum", "product"].map { name in unsafe session.output(name).withUnsafeBytes { unsafe Data($0) } }
    }

    @Test(arguments: KernelSet.allCases.filter { $0.isAvailable && $0 != .scalar }, [1, 2])
    func streamingMovesNoBit(kernels: KernelSet, threads: Int) throws {
        let device = CPUDevice(threads: threads, kernels: kernels)
        let whole = try Self.run(0..<Self.whole, device)
        let parts = try [0..<Self.half, Self.half..<2 * Self.half, 2 * Self.half..<Self.whole].map { try Self.run($0, device) }
        for output in 0..<2 {
            #expect(whole[output] == parts[0][output] + parts[1][output] + parts[2][output])
            // Infinity minus infinity is the canonical NaN.
            #expect(Array(whole[output][400..<404]) == (output == 0 ? [0, 0, 0xc0, 0x7f] : [0, 0, 0x80, 0xff]))
        }
    }
}
