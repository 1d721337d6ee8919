public import Graphs
public import Numerics

/// The persistent tensors of a model by name: weights, optimizer state, moving averages. Sessions read and update them in place.
public final class TensorStore {
    /// A tensor is in host memory until it is bound to a session on a device that cannot use host memory.
    private struct Entry {
        var shape: Shape
        var memory: any DeviceMemory
        var isBound = false
    }

    private var entries: [String: Entry] = [:]

    /// Creates an empty store.
    public init() {}

    /// The names of all tensors, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// The shape of a tensor, or nil if there is none of this name.
    public func shape(of name: String) -> Shape? { entries[name]?.shape }

    /// Creates a zeroed tensor, replacing any tensor of this name.
    public func create(_ name: String, _ shape: Shape) { entries[name] = Entry(shape: shape, memory: FloatMemory(count: shape.count)) }

    /// The values of a tensor in row-major order.
    /// - Precondition: the tensor exists; a new value has as many elements.
    public subscript(_ name: String) -> [Float] {
        get { entry(name).memory.values }
        set {
            let memory = entry(name).memory
            memory.values = newValue
        }
    }

    /// Fills a tensor with random numbers of a stream: those of `step`, from index 0 on.
    /// - Precondition: the tensor exists.
    public func draw(_ name: String, _ distribution: RandomStream.Distribution, from stream: RandomStream, step: UInt64) {
        entry(name).memory.fill { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                unsafe stream.draw(distribution, step: step, count: buffer.count, into: base)
            }
        }
    }

    /// Number of elements of all tensors.
    public var totalCount: Int { entries.values.reduce(0) { $0 + $1.memory.count } }

    /// The memory of a tensor for a session on a device; from here on the tensor is in memory that the device can use.
    /// - Precondition: the tensor has `count` elements, and no session on a device with other memory is bound to it.
    func memory(_ name: String, count: Int, on device: any Device) -> any DeviceMemory {
        let entry = entry(name)
        precondition(entry.shape.count == count, "parameter \(name): \(entry.shape) in the store, \(count) elements in the plan")
        let memory = device.adopt(entry.memory)
        precondition(!entry.isBound || memory === entry.memory, "parameter \(name) is bound to a session on another device than \(device.name)")
        entries[name] = Entry(shape: entry.shape, memory: memory, isBound: true)
        return memory
    }

    private func entry(_ name: String) -> Entry {
        guard let entry = entries[name] else { preconditionFailure("no tensor is named \(name)") }
        return entry
    }
}
