import Graphs
import Numerics

/// The data side of a flow: examples as continuous numbers with a density.
struct FlowData: Sendable {
    /// Shape of an example.
    let images: ExampleShape

    /// Values of a pixel. - Source: 8-bit images; Theis et al. 2016, section 3.1
    static let levels = 256
    static let noiseStream = "dequantization"

    /// Number of values of a pixel; nil for points.
    var levels: Int? { images.isPoint ? nil : Self.levels }

    /// Shape of a batch.
    func shape(_ batch: Int) -> Shape { [batch, images.height, images.width, images.channels] }

    /// Examples of the data set as numbers that the flow transforms: images as (v + noise) / 256 - 1/2 with v = round(255 x), points unchanged.
    /// - Parameter noise: uniform in [0, 1), of the shape of x; nil for points
    func continuous(_ x: Tensor, noise: Tensor?) -> Tensor {
        guard let noise else { return x }
        return ((x * 255).rounded() + noise) * (1 / Float(Self.levels)) - 0.5
    }

    /// A batch with noise of a stream at the step of the replay.
    func dequantized(_ x: Tensor, stream: String) -> Tensor {
        continuous(x, noise: images.isPoint ? nil : x.graph.random(RandomSource(stream: stream, distribution: .uniform(low: 0, high: 1)), x.shape))
    }

    /// Numbers of the flow as examples of the data set's range: images as floor(256 (y + 1/2)) / 255, clamped to [0, 1], so each is a sample of the
    /// discrete model.
    func examples(_ y: Tensor) -> Tensor {
        if images.isPoint { return y }
        return ((y + 0.5) * Float(Self.levels)).floor().clamped(low: 0, high: 255) / 255
    }
}
