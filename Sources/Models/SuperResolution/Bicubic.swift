import Graphs
import Numerics
public import Studies

/// Bicubic interpolation of the low resolution: the baseline of super-resolution. It has no parameters, so its steps only measure the error of a batch.
/// - Source: Keys 1981 with a = -1/2; weights and borders are those of `BicubicResampler`
public struct Bicubic: StudyModel {
    /// Creates the model.
    public init() {}

    /// No hyperparameters.
    public var schema: ModelSchema {
        ModelSchema(
            name: "bicubic", title: "Bicubic", description: "Bicubic interpolation of the low resolution, without parameters (Keys 1981)", hyperparameters: [],
            architectures: [SRFlow.architecture], condition: ModelSchema.lowResolution)
    }

    /// Builds the program.
    /// - Errors: `BatchFieldError` if the data set has no low resolution; `ModelShapeError` if its scale is not supported; `PlanError` if the graph cannot be
    ///   compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws -> TrainingProgram {
        let pair = try ResolutionPair(configuration), batch = configuration.batchSize
        let graph = Graph(), images = Self.images(pair.lowResolution(graph, batch), pair)
        let error = AbsoluteErrorTraining.error(images, pair.images(graph, batch))
        return TrainingProgram(
            batchSize: batch, steps: configuration.steps, fields: pair.fields, parameters: [],
            phases: [Phase("measuring", try Plan(graph, outputs: [(AbsoluteErrorTraining.metric, error)], updates: []))], rule: .single, updateGroups: [],
            scalarInputs: [], metrics: [AbsoluteErrorTraining.metric],
            generation: try Self.generation(pair, batch: batch))
    }

    static func generation(_ pair: ResolutionPair, batch: Int) throws(PlanError) -> Generation {
        let graph = Graph()
        let plan = try Plan(graph, outputs: [("images", images(pair.lowResolution(graph, batch), pair))])
        return Generation(plan: plan, images: pair.high, latents: nil, condition: pair.condition)
    }

    /// The rows, then the columns, each as a product with the matrix of weights; clamped to [0, 1]. - Shapes: [batch, h, w, c] -> [batch, H, W, c]
    static func images(_ x: Tensor, _ pair: ResolutionPair) -> Tensor {
        let rows = x.interpolated(axis: 1, to: pair.high.height)
        return rows.interpolated(axis: 2, to: pair.high.width).clamped(low: 0, high: 1)
    }

    /// The weights of one axis as a matrix [to, from].
    static func weights(from: Int, to: Int) -> [Float] {
        let identity = (0..<from * from).map { $0 % (from + 1) == 0 ? Float(1) : 0 }
        return BicubicResampler(height: from, width: 1, toHeight: to, toWidth: 1).resampled(identity, channels: from)
    }
}

extension Tensor {
    /// Bicubic interpolation along an axis of images [batch, h, w, c].
    fileprivate func interpolated(axis: Int, to extent: Int) -> Tensor {
        let from = shape[axis]
        let order = [axis] + shape.extents.indices.filter { $0 != axis }
        let moved = permuted(order)
        let matrix = graph.constant(Bicubic.weights(from: from, to: extent), [extent, from])
        let product = Tensor.matmul(matrix, moved.reshaped([from, count / from]))
        return product.reshaped(Shape([extent] + moved.shape.extents.dropFirst())).permuted(order.indices.map { order.firstIndex(of: $0) ?? 0 })
    }
}
