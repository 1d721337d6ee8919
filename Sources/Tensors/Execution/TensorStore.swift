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

    public var totalCount: Int { memories.values.reduce(0) { $0 + $1.memory.count } }

    func entry(_ name: String) -> (shape: Shape, memory: FloatMemory) {
        guard let entry = memories[name] else { preconditionFailure("no tensor named \(name)") }
        return entry
    }
}
