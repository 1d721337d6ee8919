public import Tensors

/// A small classifier in the manner of LeNet, whose last hidden layer gives the features of Frechet distances: two 5x5 convolutions of stride 2
/// (16 and 32 channels), a hidden layer of 64, one output a class, ReLU between.
/// - Source: after LeCun et al. 1998, with strides in place of subsampling layers.
public struct Classifier: Sendable {
    public static let architecture = "lenet-16-32-64"
    public static let featureDimension = 64

    public let height: Int
    public let width: Int
    public let channels: Int
    public let classes: Int
    public let batchSize: Int
    /// Inputs "images" [batch, h, w, c], "labels" [batch, classes] as one-hot rows, "rate"; output "loss".
    public let training: Plan
    /// Input "images"; output "features" [batch, 64].
    public let features: Plan
    /// Input "images"; output "logits" [batch, classes].
    public let logits: Plan
    /// Input "images"; both outputs in one pass.
    public let featuresAndLogits: Plan
    public let parameters: [ParameterSet.Entry]
    public let optimizer = Adam()

    public init(height: Int, width: Int, channels: Int, classes: Int, batchSize: Int) throws(PlanError) {
        self.height = height
        self.width = width
        self.channels = channels
        self.classes = classes
        self.batchSize = batchSize
        let shape: Shape = [batchSize, height, width, channels]
        (training, parameters) = try Self.trainingPlan(shape, classes: classes, optimizer)
        let graph = Graph()
        let outputs = Self.layers(graph.input("images", shape), ParameterSet(graph, prefix: "classifier"), classes: classes)
        features = try Plan(graph, outputs: [("features", outputs.features)])
        logits = try Plan(graph, outputs: [("logits", outputs.logits)])
        featuresAndLogits = try Plan(graph, outputs: [("features", outputs.features), ("logits", outputs.logits)])
    }

    private static func trainingPlan(_ shape: Shape, classes: Int, _ optimizer: Adam) throws(PlanError) -> (Plan, [ParameterSet.Entry]) {
        let graph = Graph()
        let parameters = ParameterSet(graph, prefix: "classifier")
        let logits = layers(graph.input("images", shape), parameters, classes: classes).logits
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

    private static func layers(_ images: Tensor, _ parameters: ParameterSet, classes: Int) -> (features: Tensor, logits: Tensor) {
        var x = parameters.heConvolution(images, "convolution1", outputs: 16)
        x = parameters.heConvolution(x, "convolution2", outputs: 32)
        x = x.reshaped([images.shape[0], x.count / images.shape[0]])
        let features = parameters.heDense(x, "hidden", outputs: featureDimension).relu()
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
    fileprivate func heConvolution(_ x: Tensor, _ name: String, outputs: Int) -> Tensor {
        let fanIn = 25 * x.shape[3]
        let weight = self("\(name)/weight", [outputs, 5, 5, x.shape[3]], .normal(deviation: (2 / Float(fanIn)).squareRoot()))
        return (x.convolved(with: weight, stride: 2, padding: .same) + self("\(name)/bias", [outputs], .zeros)).relu()
    }

    fileprivate func heDense(_ x: Tensor, _ name: String, outputs: Int) -> Tensor {
        let weight = self("\(name)/weight", [x.shape[1], outputs], .normal(deviation: (2 / Float(x.shape[1])).squareRoot()))
        return Tensor.matmul(x, weight) + self("\(name)/bias", [outputs], .zeros)
    }
}
