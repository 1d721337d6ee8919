internal import Models

/// Latent normalization: groups of latents are shifted and scaled to the moments that groups of their size have among latents of samples. Latents of a degraded or edited image,
/// which the model does not expect, become such as it generates.
///
/// z' = (sigma / sigma_z) (z - mu_z) + mu, with the mean and the standard deviation (divisor n - 1) of a group of latents z, and of the same group of a sample's latents. The latter are a
/// draw of mu ~ N(0, t^2 / n) and sigma^2 ~ t^2 chi^2(n - 1) / (n - 1), the law of the moments of n latents at the temperature t.
/// - Source: Lugmayr et al. 2020, section 3.4
public enum LatentNormalization: String, Sendable, Hashable, CaseIterable {
    /// Each level's latents together.
    case global
    /// Each pixel, over its channels.
    case local
    /// Each channel, over its pixels.
    case spatial

    /// Normalizes latents to the moments of a sample's.
    /// - Parameter groups: shapes of the levels' latents, as in `LatentMap.groups`
    func normalized(_ latents: [Float], like sample: [Float], groups: [ExampleShape]) -> [Float] {
        var result = latents
        var start = 0
        for shape in groups {
            for members in indices(of: shape) {
                let own = Moments(members.map { latents[start + $0] }), wanted = Moments(members.map { sample[start + $0] })
                for index in members { result[start + index] = Float(own.moved(Double(latents[start + index]), to: wanted)) }
            }
            start += shape.count
        }
        return result
    }

    /// The groups of one level's latents [height, width, channels].
    private func indices(of shape: ExampleShape) -> [[Int]] {
        let pixels = shape.height * shape.width
        return switch self {
        case .global: [Array(0..<shape.count)]
        case .local: (0..<pixels).map { pixel in (0..<shape.channels).map { pixel * shape.channels + $0 } }
        case .spatial: (0..<shape.channels).map { channel in (0..<pixels).map { $0 * shape.channels + channel } }
        }
    }
}

/// Mean and standard deviation (divisor n - 1) of latents.
struct Moments: Sendable, Hashable {
    let mean: Double
    /// 0 for a single value.
    let deviation: Double

    init(_ values: [Float]) {
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(Swift.max(1, values.count))
        let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        self.mean = mean
        deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
    }

    /// A value of the group moved to other moments; equal values become the other mean.
    func moved(_ value: Double, to other: Moments) -> Double {
        deviation > 0 ? other.deviation / deviation * (value - mean) + other.mean : other.mean
    }
}
