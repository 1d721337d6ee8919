import Tensors

/// How a parameter begins. Random values come from the stream "initial/<name>" of the run's seed, at step 0.
public enum Initializer: Sendable, Hashable {
    case zeros
    case ones
    case normal(mean: Float = 0, deviation: Float)
    /// Normal, redrawn beyond two deviations.
    case truncatedNormal(deviation: Float)

    func values(_ count: Int, name: String, seed: UInt64) -> [Float] {
        let stream = RandomStream(seed: seed, name: "initial/\(name)")
        return switch self {
        case .zeros: [Float](repeating: 0, count: count)
        case .ones: [Float](repeating: 1, count: count)
        case .normal(let mean, let deviation): stream.numbers(.normal(mean: mean, deviation: deviation), step: 0, count: count)
        case .truncatedNormal(let deviation): stream.numbers(.truncatedNormal(mean: 0, deviation: deviation), step: 0, count: count)
        }
    }
}
