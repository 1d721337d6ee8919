import Numerics
import Graphs
import Engine

/// How a parameter begins. Random values come from the stream "initial/<name>" of the run's seed, at step 0.
public enum Initializer: Sendable, Hashable {
    case zeros
    case ones
    case normal(mean: Float = 0, deviation: Float)
    /// Normal, redrawn beyond two deviations.
    case truncatedNormal(deviation: Float)

    /// Makes a tensor in a store with these values, without a copy of them elsewhere.
    func create(_ name: String, _ shape: Shape, in store: TensorStore, seed: UInt64) {
        store.create(name, shape)
        let stream = RandomStream(seed: seed, name: "initial/\(name)")
        switch self {
        case .zeros: return
        case .ones: store[name] = [Float](repeating: 1, count: shape.count)
        case .normal(let mean, let deviation): store.draw(name, .normal(mean: mean, deviation: deviation), from: stream, step: 0)
        case .truncatedNormal(let deviation): store.draw(name, .truncatedNormal(mean: 0, deviation: deviation), from: stream, step: 0)
        }
    }
}
