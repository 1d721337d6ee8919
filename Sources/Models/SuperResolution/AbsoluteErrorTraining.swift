import Graphs
import Studies

/// Trains an `RRDBNetwork` with the mean absolute error of its images, in the data set's range.
struct AbsoluteErrorTraining: Sendable {
    let network: RRDBNetwork
    let pair: ResolutionPair
    let batchSize: Int
    let adam: Adam

    /// The recorded loss.
    static let metric = "absolute_error"

    /// The error of images. - Shapes: [batch, h, w, c] twice -> scalar
    static func error(_ images: Tensor, _ truth: Tensor) -> Tensor { (images - truth).absoluteValue().mean() }

    /// One step on a batch.
    /// - Parameters:
    ///   - prefix: of the network's parameters
    ///   - rate: the scalar input with Adam's corrected rate
    ///   - moments: prefix of the parameters' names in those of Adam's moments, "" for none
    func phase(_ name: String, prefix: String, rate: String, moments: String = "") throws(PlanError) -> (phase: Phase, entries: [ParameterSet.Entry]) {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: prefix)
        let images = network.image(pair.lowResolution(graph, batchSize), doublings: pair.doublings, parameters)
        let loss = Self.error(images, pair.images(graph, batchSize))
        let trainable = parameters.trainable, rate = graph.input(rate, .scalar)
        let updates = zip(trainable, graph.gradients(of: loss, for: trainable.map(\.tensor))).flatMap {
            adam.updates($0.tensor, named: moments + $0.name, gradient: $1, rate: rate)
        }
        return (Phase(name, try Plan(graph, outputs: [(Self.metric, loss)], updates: updates)), parameters.entries)
    }

    /// One image for each low resolution, clamped to the data set's range.
    func generation(prefix: String) throws(PlanError) -> Generation {
        let graph = Graph()
        let images = network.image(pair.lowResolution(graph, batchSize), doublings: pair.doublings, ParameterSet(graph, prefix: prefix))
        return Generation(
            plan: try Plan(graph, outputs: [("images", images.clamped(low: 0, high: 1))]), images: pair.high, latents: nil, condition: pair.condition)
    }
}
