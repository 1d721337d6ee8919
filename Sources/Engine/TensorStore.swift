public import Graphs
public import Numerics

/// The persistent tensors of a model by name: weights, optimiser state, moving averages. Sessions read and update them in place.
@safe public final class TensorStore {
    private var memories: [String: (shape: Shape, memory: FloatMemory)] = [:]

    public init() {}

    public var names: [String] { memories.keys.sorted() }

    public func shape(of name: String) -> Shape? { memories[name]?.shape }

    /// Makes a tensor of zeros, or replaces it where its shape differs.
    public func create(_ name: String, _ shape: Shape) { memories[name] = (shape, FloatMemory(count: shape.count)) }

    /// The values in row-major order. - Precondition: the tensor exists.
    public subscript(_ name: String) -> [Float] {
        get { entry(name).memory.values }
        set { entry(name).memory.values = newValue }
    }

    /// Draws a tensor's values where they lie: the numbers of a stream at a step, from index 0 on. - Precondition: the tensor exists.
    public func draw(_ name: String, _ distribution: RandomStream.Distribution, from stream: RandomStream, step: UInt64) {
        let memory = entry(name).memory
        unsafe stream.draw(distribution, step: step, count: memory.count, into: memory.base)
    }

    public var totalCount: Int { memories.values.reduce(0) { $0 + $1.memory.count } }

    func entry(_ name: String) -> (shape: Shape, memory: FloatMemory) {
        guard let entry = memories[name] else { preconditionFailure("no tensor named \(name)") }
        return entry
    }
}
