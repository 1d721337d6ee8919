import Numerics
import Graphs
import Engine

/// Initial values of a parameter. Random values come from the stream "initial/<name>" of the run's seed, at step 0.
public enum Initializer: Sendable, Hashable {
    /// All zeros.
    case zeros
    /// All ones.
    case ones
    /// Normal with this mean and standard deviation.
    case normal(mean: Float = 0, deviation: Float)
    /// Normal with mean 0, truncated at two standard deviations.
    case truncatedNormal(deviation: Float)
    /// A random orthogonal matrix [n, n], or one of its factors, by `OrthogonalMatrix`. All factors of one matrix give the same `name`, whose stream it comes from.
    case orthogonal(OrthogonalMatrix.Part, of: String)

    /// Creates a tensor with these values in a store, in place.
    func create(_ name: String, _ shape: Shape, in store: TensorStore, seed: UInt64) {
        store.create(name, shape)
        let stream = RandomStream(seed: seed, name: "initial/\(name)")
        switch self {
        case .zeros: return
        case .ones: store[name] = [Float](repeating: 1, count: shape.count)
        case .normal(let mean, let deviation): store.draw(name, .normal(mean: mean, deviation: deviation), from: stream, step: 0)
        case .truncatedNormal(let deviation): store.draw(name, .truncatedNormal(mean: 0, deviation: deviation), from: stream, step: 0)
        case .orthogonal(let part, let matrix):
            store[name] = OrthogonalMatrix(size: shape[0], stream: RandomStream(seed: seed, name: "initial/\(matrix)")).values(of: part)
        }
    }
}
