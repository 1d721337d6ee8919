public import Graphs

/// A plan bound to device memory: set the inputs, run, read the outputs. A replay does not allocate.
public final class Session {
    /// The plan.
    public let plan: Plan
    let compiled: any CompiledPlan
    private let arena: any DeviceMemory
    private let inputs: [String: any DeviceMemory]
    private let buffers: [DeviceBuffer]
    /// Seconds spent in each kernel of the plan over all profiled replays; empty if none was profiled.
    public private(set) var profile: [Double] = []
    /// The first out-of-range row index of the last replay. The affected rows are NaN; their gradients are dropped.
    public private(set) var indexFault: IndexFault?

    /// Binds a plan. Parameters that the store does not have yet are created as zeros.
    /// - Parameters:
    ///   - sharing: a session on the same device whose scratch memory may be reused; the two must not run at the same time
    ///   - preparation: a session on the same device; inputs with the names of its outputs are these outputs, in place, as its last replay left them
    /// - Precondition: parameters in the store have the plan's shapes.
    public init(_ plan: Plan, store: TensorStore, device: any Device, seed: UInt64, sharing: Session? = nil, preparation: Session? = nil) {
        self.plan = plan
        let arena = if let other = sharing?.arena, other.count >= plan.arenaCount { other } else { device.allocate(plan.arenaCount) }
        let constants = device.allocate(plan.constants.count)
        constants.copyIn(plan.constants.span)
        for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        var inputs: [String: any DeviceMemory] = [:]
        buffers = plan.buffers.map { buffer in
            switch buffer.storage {
            case .arena(let offset): return DeviceBuffer(memory: arena, offset: offset, count: buffer.count)
            case .constants(let offset): return DeviceBuffer(memory: constants, offset: offset, count: buffer.count)
            case .parameter(let name): return DeviceBuffer(memory: store.memory(name, count: buffer.count, on: device), offset: 0, count: buffer.count)
            case .output: return DeviceBuffer(memory: device.allocate(buffer.count), offset: 0, count: buffer.count)
            case .input(let name):
                if let prepared = preparation?.buffer(ofOutput: name) { return prepared }
                let memory = device.allocate(buffer.count)
                inputs[name] = memory
                return DeviceBuffer(memory: memory, offset: 0, count: buffer.count)
            }
        }
        (self.arena, self.inputs) = (arena, inputs)
        compiled = device.compile(plan, buffers, seed: seed)
    }

    // MARK: Values

    /// Sets an input, in row-major order. Inputs that the graph declares but the plan does not read may be set, without effect.
    /// - Precondition: the graph declares the input with as many elements.
    public func setInput(_ name: String, _ values: [Float]) { input(name, count: values.count)?.copyIn(values.span) }

    /// Sets an input of one element.
    /// - Precondition: the graph declares the input with one element.
    public func setInput(_ name: String, _ value: Float) {
        input(name, count: 1)?.fill { $0[0] = value }
    }

    /// Fills an input; in place if the device memory is host memory.
    /// - Precondition: the graph declares the input.
    public func withInput(_ name: String, _ fill: (inout MutableSpan<Float>) -> Void) { input(name, count: nil)?.fill(fill) }

    /// The memory of an input, or nil if the plan does not read it.
    private func input(_ name: String, count: Int?) -> (any DeviceMemory)? {
        if let memory = inputs[name] {
            precondition(count ?? memory.count == memory.count, "\(count ?? 0) values for input \(name), expected \(memory.count)")
            return memory
        }
        do { _ = try plan.inputShape(name) } catch { preconditionFailure(error.description) }
        return nil
    }

    /// The values of an output after the last replay, in row-major order.
    /// - Precondition: the plan has the output.
    public func output(_ name: String) -> [Float] {
        let index: Int
        do { index = try plan.outputIndex(name) } catch { preconditionFailure(error.description) }
        let buffer = buffers[plan.outputBuffers[index]]
        return buffer.memory.copyOut(buffer.offset..<buffer.offset + buffer.count)
    }

    private func buffer(ofOutput name: String) -> DeviceBuffer? {
        plan.outputs.firstIndex { $0.name == name }.map { buffers[plan.outputBuffers[$0]] }
    }

    // MARK: Replay

    /// Runs the plan once. Random numbers are those of `step`.
    /// - Parameter profiled: adds the seconds of each kernel to `profile`
    public func run(step: UInt64, profiled: Bool = false) {
        if profiled {
            if profile.isEmpty { profile = [Double](repeating: 0, count: plan.kernels.count) }
            indexFault = compiled.run(step: step, profile: &profile)
        } else {
            var none: [Double] = []
            indexFault = compiled.run(step: step, profile: &none)
        }
    }
}

/// An out-of-range index of a gather or scatter, caused by unchecked input data.
public struct IndexFault: Error, Equatable, CustomStringConvertible {
    /// "gather" or "scatter".
    public let operation: String
    /// Position among the indices, counted from 0.
    public let position: Int
    /// The value of the index.
    public let value: Float
    /// Number of rows.
    public let count: Int

    /// The fault in one sentence.
    public var description: String { "\(operation): index \(position) is \(value), expected an integer in 0..<\(count)" }

    /// The row of an index value, or nil if it is not an integer in 0..<count.
    static func index(_ value: Float, below count: Int) -> Int? {
        guard value >= 0, value < Float(count), let index = Int(exactly: value), index < count else { return nil }
        return index
    }
}
