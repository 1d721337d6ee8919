import Numerics
@testable import Graphs
@testable import Engine

/// A short training that uses most of the engine: noise through a transposed convolution, normalization in groups, a convolution whose
/// batch is large enough for several threads and tiles, cross-entropy with random labels, clipped gradients, Adam, RMSProp, and a moving average.
struct SmallTraining {
    var seed: UInt64 = 1

    static let names = ["kernel", "dense", "scale", "average", "adam/kernel/m", "adam/kernel/v", "rmsprop/dense/v"]

    struct Step {
        let graph = Graph()
        let loss: Tensor
        let updates: [(parameter: Tensor, value: Tensor)]

        init() {
            let kernel = graph.parameter("kernel", [24, 4, 4, 5])
            let dense = graph.parameter("dense", [14 * 14 * 5, 10])
            let scale = graph.parameter("scale", [5])
            let average = graph.parameter("average", [14 * 14 * 5, 10])
            let noise = graph.random(RandomSource(stream: "noise", distribution: .normal(mean: 0, deviation: 1)), [32, 7, 7, 24])
            let labels = graph.random(RandomSource(stream: "labels", distribution: .uniform(low: 0, high: 1)), [32, 10]).logSoftmax().exp().stopGradient()
            let images = noise.transposedConvolved(with: kernel, stride: 2, padding: .same, outputHeight: 14, outputWidth: 14)
            let hidden = (images.standardized(epsilon: 1e-5, groups: 2).normalized * scale).leakyReLU()
            let scores = Tensor.matmul(hidden.reshaped([32, 14 * 14 * 5]), dense)
            loss = -(labels * scores.logSoftmax()).sum() / 32 + (kernel.squared().sum() + 1).log() * 0.01 + scores.softplus().mean()
            let gradients = clipped(graph.gradients(of: loss, for: [kernel, dense, scale]), toGlobalNorm: 0.5)
            let adam = Adam(beta1: 0.5).updates(kernel, named: "kernel", gradient: gradients[0], rate: graph.input("rate", .scalar))
            let rmsprop = RMSProp(learningRate: 1e-3).updates(dense, named: "dense", gradient: gradients[1])
            updates = adam + rmsprop + SGD(learningRate: 0.1).updates(scale, gradient: gradients[2])
                + [(average, average.movingAverage(towards: rmsprop[0].value, decay: 0.9))]
        }
    }

    /// The loss of each step, then all state of the training.
    func run(steps: Int, device: CPUDevice) throws -> [[Float]] {
        let step = Step()
        let store = TensorStore()
        func start(_ name: String, _ shape: Shape, _ salt: Int) {
            store.create(name, shape)
            store[name] = GradientTests.values(shape.count, salt, -0.1, 0.1)
        }
        start("kernel", [24, 4, 4, 5], 1)
        start("dense", [14 * 14 * 5, 10], 2)
        start("scale", [5], 3)
        let session = Session(try Plan(step.graph, outputs: [("loss", step.loss)], updates: step.updates), store: store, device: device, seed: seed)
        var losses: [Float] = []
        for index in 1...steps {
            session.setInput("rate", Adam(beta1: 0.5).correctedRate(learningRate: 1e-3, update: index))
            session.run(step: UInt64(index))
            losses += session.output("loss")
        }
        return [losses] + Self.names.map { store[$0] }
    }
}
