import Graphs
import Studies

/// The two fields of a super-resolution data set: "images", the high resolution, and "low_resolution". Their shapes determine the scale.
struct ResolutionPair: Sendable, Hashable {
    /// Name of the field that holds the low resolution, and of the plans' input.
    static let lowResolution = ModelSchema.lowResolution
    /// The scales that models support.
    static let scales = [2, 4, 8]

    /// High resolution; height and width are `scale` times those of `low`.
    let high: ExampleShape
    let low: ExampleShape
    /// 2, 4, or 8.
    let scale: Int

    /// - Errors: `BatchFieldError` if the data set has no field "low_resolution"; `ModelShapeError` if its shape is no half, quarter, or eighth of the images'
    init(_ configuration: ModelConfiguration) throws {
        let images = configuration.images, field = try configuration.field(Self.lowResolution), shape = field.shape
        let scales = shape.rank == 3 ? Self.scales.filter { [images.height, images.width, images.channels] == [shape[0] * $0, shape[1] * $0, shape[2]] } : []
        guard let scale = scales.first else {
            throw ModelShapeError(
                key: "dataset",
                problem: "\(field) of images \(images) has no scale of 2, 4, or 8: height and width must be those of the images divided by it, with the same channels")
        }
        (high, self.scale) = (images, scale)
        low = ExampleShape(height: shape[0], width: shape[1], channels: shape[2])
    }

    /// Number of times that the scale doubles the low resolution.
    var doublings: Int { scale.trailingZeroBitCount }
    /// The field "low_resolution".
    var condition: BatchField { BatchField(Self.lowResolution, [low.height, low.width, low.channels]) }
    /// Both fields.
    var fields: [BatchField] { [.images(high), condition] }

    /// The plans' input with high-resolution images in the data set's range.
    func images(_ graph: Graph, _ count: Int) -> Tensor { graph.input("images", BatchField.images(high).shape(examples: count)) }

    /// The plans' input with low-resolution images in the data set's range.
    func lowResolution(_ graph: Graph, _ count: Int) -> Tensor { graph.input(Self.lowResolution, condition.shape(examples: count)) }
}
