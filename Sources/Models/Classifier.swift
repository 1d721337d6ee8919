public import Graphs
public import Engine

/// A small convolutional classifier. Its last hidden layer provides the features of the Frechet distance.
public struct Classifier: Sendable {
    /// The layers.
    public enum Architecture: String, Sendable, CaseIterable {
        /// Two 5x5 convolutions of stride 2 (16 and 32 channels) and a hidden layer of 64 units, with ReLU. - Source: after LeCun et al. 1998, with strides
        /// instead of subsampling layers.
        case lenet
        /// Two 3x3 convolutions of stride 1 (16 and 32 channels), each followed by 2x2 max pooling, and a hidden layer of 128 units, with ReLU.
        /// - Source: after Simonyan and Zisserman 2015 (VGG), with one convolution per block.
        case vgg

        /// The architecture's name with its sizes, as recorded with an extractor.
        public var text: String { self == .lenet ? "lenet-16-32-64" : "vgg-16-32-128" }
        /// Number of features.
        public var featureDimension: Int { self == .lenet ? 64 : 128 }
    }

    /// The layers.
    public let architecture: Architecture
    /// Height of the images in pixels.
    public let height: Int
    /// Width of the images in pixels.
    public let width: Int
    /// Channels of the images.
    public let channels: Int
    /// Number of classes.
    public let classes: Int
    /// Images per batch in all plans.
    public let batchSize: Int
    /// Inputs "images" [batch, h, w, c], "labels" [batch, classes] (one-hot), and "rate"; output "loss", the mean cross-entropy in nats.
    public let training: Plan
    /// Input "images"; output "features" [batch, architecture.featureDimension].
    public let features: Plan
    /// Input "images"; output "logits" [batch, classes].
    public let logits: Plan
    /// Input "images"; both outputs in one pass.
    public let featuresAndLogits: Plan
    /// Parameters with their initializers.
    public let parameters: [ParameterSet.Entry]
    /// Adam with default settings.
    public let optimizer = Adam()

    /// Builds the plans.
    /// - Errors: `PlanError` if a graph cannot be compiled, which is a programming error
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

    /// Writes the initial parameter values of a seed to a store.
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
