public import Graphs
public import Numerics

/// The persistent tensors of a model by name: weights, optimiser state, moving averages. Sessions read and update them in place.
public final class TensorStore {
    /// A tensor lies in the host's memory until a session of a device that cannot use it is bound to it.
    private struct Entry {
        var shape: Shape
        var memory: any DeviceMemory
        var isBound = false
    }

    private var entries: [String: Entry] = [:]

    public init() {}

    public var names: [String] { entries.keys.sorted() }

    public func shape(of name: String) -> Shape? { entries[name]?.shape }

    /// Makes a tensor of zeros, or replaces it where its shape differs.
    public func create(_ name: String, _ shape: Shape) { entries[name] = Entry(shape: shape, memory: FloatMemory(count: shape.count)) }

    /// The values in row-major order. - Precondition: the tensor exists.
    public subscript(_ name: String) -> [Float] {
        get { entry(name).memory.values }
        set {
            let memory = entry(name).memory
            memory.values = newValue
        }
    }

    /// Draws a tensor's values where they lie: the numbers of a stream at a step, from index 0 on. - Precondition: the tensor exists.
    public func draw(_ name: String, _ distribution: RandomStream.Distribution, from stream: RandomStream, step: UInt64) {
        entry(name).memory.fill { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                unsafe stream.draw(distribution, step: step, count: buffer.count, into: base)
            }
        }
    }

    public var totalCount: Int { entries.values.reduce(0) { $0 + $1.memory.count } }

    /// The memory of a tensor, for a session of a device: from here on the tensor lies where that device can use it.
    /// - Precondition: it has so many elements, and no session of a device with other memory is bound to it.
    func memory(_ name: String, count: Int, on device: any Device) -> any DeviceMemory {
        let entry = entry(name)
        precondition(entry.shape.count == count, "parameter \(name): \(entry.shape) in the store, \(count) elements in the plan")
        let memory = device.adopt(entry.memory)
        precondition(!entry.isBound || memory === entry.memory, "parameter \(name) is bound to a session of another device than \(device.name)")
        entries[name] = Entry(shape: entry.shape, memory: memory, isBound: true)
        return memory
    }

    private func entry(_ name: String) -> Entry {
        guard let entry = entries[name] else { preconditionFailure("no tensor named \(name)") }
        return entry
    }
}
