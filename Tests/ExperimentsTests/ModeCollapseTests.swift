import Canonical
import Engine
import Foundation
import Graphs
import Numerics
import Testing

@testable import Experiments

private let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

@Suite("Mode collapse")
struct ModeCollapseTests {
    @Test func countsAreThoseOfTheDefinitions() {
        // 100 points: 90 at mode 0, 5 near mode 2, 1 near mode 3, and 4 beyond 0.4 of mode 4.
        var points: [Float] = []
        for (mode, x, times) in [(0, 0.01, 90), (2, 0.2, 5), (3, 0.05, 1), (4, -0.5, 4)] as [(Int, Float, Int)] {
            for _ in 0..<times { points += [ModeCollapse.centers[mode].x + x, ModeCollapse.centers[mode].y] }
        }
        let count = ModeCollapse.Count(points)
        #expect(count.soft == 3 && count.strict == 2 && abs(count.quality - 0.91) < 1e-12)
        let expected = [0.9, 0.05, 0.01, 0.04].reduce(0.0) { $0 - $1 * log($1) }
        #expect(abs(count.entropy - expected) < 1e-12)
    }

    /// The gradient of the generator through unrolled steps against differences of the loss, with moments away from 0, and with smooth units: the gradient of
    /// rectified ones jumps where a point crosses a kink, which differences see and second derivatives do not.
    @Test(arguments: [0, 1, 3]) func theGradientPassesThroughUnrolledSteps(_ k: Int) throws {
        let discriminator = SmallNetwork(name: "discriminator", widths: [2, 16, 16, 1], activation: .tanh)
        let generator = SmallNetwork(name: "generator", widths: [2, 16, 16, 2], activation: .tanh)
        let graph = Graph(), loss = ModeCollapse.step(k, graph, discriminator: discriminator, generator: generator).loss, name = "generator/3/bias"
        let gradient = graph.gradients(of: loss, for: [graph.parameter(name, [2])])[0]
        let store = TensorStore()
        for network in [discriminator, generator] { network.create(in: store, .modeCollapse, seed: 1) }
        for (parameter, shape) in discriminator.shapes {
            store.create("adam/\(parameter)/v", shape)
            store["adam/\(parameter)/v"] = [Float](repeating: 1e-4, count: shape.count)
        }
        let session = Session(try Plan(graph, outputs: [("loss", loss), ("gradient", gradient)]), store: store, device: CPUDevice(), seed: 1)
        // A rate at which the unrolled steps matter.
        for index in 0..<k { session.setInput("discriminator-rate-\(index)", 0.01) }
        func value(_ bias: [Float]) -> Double {
            store[name] = bias
            session.run(step: 1)
            return Double(session.output("loss")[0])
        }
        _ = value([0, 0])
        let found = session.output("gradient").map { Double($0) }
        for axis in 0..<2 {
            var up: [Float] = [0, 0], down = up
            (up[axis], down[axis]) = (0.01, -0.01)
            let difference = (value(up) - value(down)) / 0.02
            #expect(abs(found[axis] - difference) < 0.01 * max(1, abs(difference)), "k = \(k): \(found[axis]), \(difference)")
            #expect(abs(found[axis]) > 1e-3, "k = \(k): \(found)")
        }
    }

    /// k = 5 keeps at least two modes more than k = 0 on the mean of five seeds.
    @Test(.enabled(if: isLong)) func unrollingKeepsModes() throws {
        let result = try Experiment.modeCollapse.run(.none, ExperimentSettings(draws: 5))
        let json = try JSONValue(parsing: #require(result.files.first { $0.name == "mode-collapse.json" }).text)
        let means = try #require(json["last"]?.arrayValue).compactMap { $0["mean_soft_modes"]?.numberValue }
        #expect(means.count == 3 && means[2] - means[0] >= 2, "\(means)")
    }

    @Test func theSeedDecidesEveryByte() throws {
        func files(_ seed: UInt64, _ threads: Int) throws -> [ExperimentResult.File] {
            var experiment = ModeCollapse(settings: ExperimentSettings(draws: 2, seed: seed), device: CPUDevice(threads: threads))
            (experiment.steps, experiment.unrolled, experiment.every) = (12, [0, 2], 6)
            return try experiment.run { _ in }.files
        }
        let first = try files(0, 1)
        #expect(first.map(\.name) == ["mode-collapse.md", "mode-collapse.csv", "mode-collapse-counts.csv", "mode-collapse.json", "mode-collapse.svg"])
        #expect(try files(0, 1) == first && files(0, 3) == first)
        #expect(try files(1, 1)[2] != first[2])
    }
}
