public import Graphs
public import Engine

/// A small classifier whose last hidden layer gives the features of Frechet distances.
public struct Classifier: Sendable {
    /// How the layers are built.
    public enum Architecture: String, Sendable, CaseIterable {
        /// Two 5x5 convolutions of stride 2 (16 and 32 channels), a hidden layer of 64, ReLU between. - Source: after LeCun et al. 1998, with strides in
        /// place of subsampling layers.
        case lenet
        /// Two 3x3 convolutions of stride 1 (16 and 32 channels), each followed by the maximum of 2x2 pixels, a hidden layer of 128, ReLU between.
        /// - Source: after Simonyan and Zisserman 2015 (VGG), with one convolution a block.
        case vgg

        /// The name with its sizes.
        public var text: String { self == .lenet ? "lenet-16-32-64" : "vgg-16-32-128" }
        public var featureDimension: Int { self == .lenet ? 64 : 128 }
    }

    public let architecture: Architecture
    public let height: Int
    public let width: Int
    public let channels: Int
    public let classes: Int
    public let batchSize: Int
    /// Inputs "images" [batch, h, w, c], "labels" [batch, classes] as one-hot rows, "rate"; output "loss".
    public let training: Plan
    /// Input "images"; output "features" [batch, architecture.featureDimension].
    public let features: Plan
    /// Input "images"; output "logits" [batch, classes].
    public let logits: Plan
    /// Input "images"; both outputs in one pass.
    public let featuresAndLogits: Plan
    public let parameters: [ParameterSet.Entry]
    public let optimizer = Adam()

    public init(height: Int, width: Int, channels: Int, classes: Int, batchSize: Int, architecture: Architecture = .lenet) throws(PlanError) {
        self.architecture = architecture
        self.height = height
        self.width = width
        self.channels = channels
        self.classes = classes
        self.batchSize = batchSize
        let shape: Shape = [batchSize, height, width, channels]
        (training, parameters) = try Self.trainingPlan(architecture, shape, classes: classes, optimizer)
        let graph = Graph()
        let outputs = Self.layers(architecture, graph.input("images", shape), ParameterSet(graph, prefix: "classifier"), classes: classes)
        features = try Plan(graph, outputs: [("features", outputs.features)])
        logits = try Plan(graph, outputs: [("logits", outputs.logits)])
        featuresAndLogits = try Plan(graph, outputs: [("features", outputs.features), ("logits", outputs.logits)])
    }

    private static func trainingPlan(
        _ architecture: Architecture, _ shape: Shape, classes: Int, _ optimizer: Adam
    ) throws(PlanError) -> (Plan, [ParameterSet.Entry]) {
        let graph = Graph()
        let parameters = ParameterSet(graph, prefix: "classifier")
        let logits = layers(architecture, graph.input("images", shape), parameters, classes: classes).logits
        let labels = graph.input("labels", [shape[0], classes])
        let loss = -(logits.logSoftmax() * labels).sum() / Float(shape[0])
        let trainable = parameters.trainable
        let gradients = graph.gradients(of: loss, for: trainable.map(\.tensor))
        let rate = graph.input("rate", .scalar)
        var updates: [(parameter: Tensor, value: Tensor)] = []
        for (parameter, gradient) in zip(trainable, gradients) {
            updates += optimizer.updates(parameter.tensor, named: parameter.name, gradient: gradient, rate: rate)
        }
        return (try Plan(graph, outputs: [("loss", loss)], updates: updates), parameters.entries)
    }

    private static func layers(
        _ architecture: Architecture, _ images: Tensor, _ parameters: ParameterSet, classes: Int
    ) -> (features: Tensor, logits: Tensor) {
        var x = images
        for (name, outputs) in [("convolution1", 16), ("convolution2", 32)] {
            switch architecture {
            case .lenet: x = parameters.heConvolution(x, name, outputs: outputs, kernel: 5, stride: 2)
            case .vgg:
                x = parameters.heConvolution(x, name, outputs: outputs, kernel: 3, stride: 1)
                x = x.maxPooled(kernelHeight: 2, kernelWidth: 2, stride: 2, padding: .same)
            }
        }
        x = x.reshaped([images.shape[0], x.count / images.shape[0]])
        let features = parameters.heDense(x, "hidden", outputs: architecture.featureDimension).relu()
        return (features, parameters.heDense(features, "classes", outputs: classes))
    }

    public func initialize(_ store: TensorStore, seed: UInt64) {
        for entry in parameters {
            entry.initializer.create(entry.name, entry.shape, in: store, seed: seed)
        }
    }
}

extension ParameterSet {
    // Weights N(0, 2 / fan-in) (He et al. 2015), biases 0.
    fileprivate func heConvolution(_ x: Tensor, _ name: String, outputs: Int, kernel: Int, stride: Int) -> Tensor {
        let fanIn = kernel * kernel * x.shape[3]
        let weight = self("\(name)/weight", [outputs, kernel, kernel, x.shape[3]], .normal(deviation: (2 / Float(fanIn)).squareRoot()))
        return (x.convolved(with: weight, stride: stride, padding: .same) + self("\(name)/bias", [outputs], .zeros)).relu()
    }

    fileprivate func heDense(_ x: Tensor, _ name: String, outputs: Int) -> Tensor {
        let weight = self("\(name)/weight", [x.shape[1], outputs], .normal(deviation: (2 / Float(x.shape[1])).squareRoot()))
        return Tensor.matmul(x, weight) + self("\(name)/bias", [outputs], .zeros)
    }
}
