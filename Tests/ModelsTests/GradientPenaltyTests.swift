import Graphs
import Engine
import Testing

@testable import Models

@Suite struct GradientPenaltyTests {
    /// A linear discriminator <w, x> has the gradient w everywhere: the penalty is (sqrt(1e-4 + |w|^2) - 1)^2, and its derivative with respect to w is
    /// 2 (r - 1) w / r with r the root.
    @Test func linearDiscriminator() throws {
        let graph = Graph()
        let w = graph.parameter("w", [4])
        let real = graph.constant([Float](repeating: 0.25, count: 12), [3, 2, 2, 1])
        let generated = graph.constant([Float](repeating: 0.75, count: 12), [3, 2, 2, 1])
        let value = InterpolationPenalty(weight: 10).value(real: real, generated: generated) { ($0.reshaped([3, 4]) * w).sum(axes: [1]) }
        let plan = try Plan(graph, outputs: [("penalty", value), ("gradient", graph.gradients(of: value, for: [w])[0])])
        let store = TensorStore()
        let session = Session(plan, store: store, device: CPUDevice(), seed: 0)
        for weights: [Float] in [[0.5, -1, 2, 0.25], [0, 0, 0, 0]] {
            store["w"] = weights
            session.run(step: 1)
            let root = (weights.reduce(1e-4) { $0 + Double($1) * Double($1) }).squareRoot()
            #expect(abs(Double(session.output("penalty")[0]) - (root - 1) * (root - 1)) < 1e-6)
            for (gradient, weight) in zip(session.output("gradient"), weights) {
                #expect(abs(Double(gradient) - 2 * (root - 1) * Double(weight) / root) < 1e-6)
            }
        }
    }

    /// x_hat lies between the two images, at one position per image and step.
    @Test func interpolatesOncePerImage() throws {
        let graph = Graph()
        let real = graph.constant(0, [3, 2, 2, 1])
        let generated = graph.constant(1, [3, 2, 2, 1])
        var points: Tensor?
        _ = InterpolationPenalty(weight: 1).value(real: real, generated: generated) { images in
            points = images
            return images.squared().sum(axes: [1, 2, 3])
        }
        let session = Session(try Plan(graph, outputs: [("points", points!)]), store: TensorStore(), device: CPUDevice(), seed: 5)
        session.run(step: 1)
        let first = session.output("points")
        session.run(step: 2)
        #expect(first != session.output("points"))
        let places = stride(from: 0, to: 12, by: 4).map { Set(first[$0..<($0 + 4)]) }
        #expect(places.allSatisfy { $0.count == 1 && (0..<1).contains($0.first!) })
        #expect(Set(places).count == 3)
    }
}
