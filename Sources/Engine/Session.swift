internal import CKernels
public import Graphs

/// A plan bound to memory: set the inputs, run, read the outputs. A replay works in memory planned once and asks for none.
@safe public final class Session {
    public let plan: Plan
    private let executor: Executor
    private let structures: StructureArena
    private let arena: FloatMemory
    private let constants: FloatMemory
    private let inputs: [String: FloatMemory]
    private let outputs: [String: FloatMemory]
    private let store: TensorStore
    private(set) var bound: [BoundKernel] = unsafe []
    /// Seconds spent in each kernel of the plan since the session began, where profiling was asked for.
    public private(set) var profile: [Double] = []
    private var boundToKernel: [Int] = []
    /// The first index of the last replay that names no row of its table. The rows asked for are NaN; a gradient for them is left out.
    public private(set) var indexFault: IndexFault?

    /// Binds a plan. Parameters that the store does not hold yet are made, as zeros.
    /// - Parameter sharing: a session of the same executor whose scratch memory may be used; the two are then never run at the same time.
    public init(_ plan: Plan, store: TensorStore, executor: Executor, seed: UInt64, sharing: Session? = nil) {
        self.plan = plan
        self.store = store
        self.executor = executor
        structures = StructureArena()
        if let other = sharing, other.arena.count >= plan.arenaCount {
            arena = other.arena
        } else {
            arena = FloatMemory(count: plan.arenaCount)
        }
        constants = FloatMemory(count: plan.constants.count)
        if !plan.constants.isEmpty { constants.values = plan.constants }
        var inputs: [String: FloatMemory] = [:]
        var outputs: [String: FloatMemory] = [:]
        var pointers: [UnsafeMutablePointer<Float>] = unsafe []
        for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        for buffer in plan.buffers {
            switch buffer.storage {
            case .arena(let offset): unsafe pointers.append(arena.base + offset)
            case .constants(let offset): unsafe pointers.append(constants.base + offset)
            case .parameter(let name):
                let entry = store.entry(name)
                precondition(entry.shape.count == buffer.count, "parameter \(name): \(entry.shape) in the store, \(buffer.count) elements in the plan")
                unsafe pointers.append(entry.memory.base)
            case .input(let name):
                let memory = inputs[name] ?? FloatMemory(count: buffer.count)
                inputs[name] = memory
                unsafe pointers.append(memory.base)
            case .output(let name):
                let memory = FloatMemory(count: buffer.count)
                outputs[name] = memory
                unsafe pointers.append(memory.base)
            }
        }
        self.inputs = inputs
        self.outputs = outputs
        unsafe self.pointers = pointers
        let binder = unsafe Binder(
            structures: structures, kernels: executor.table, threads: executor.threads, pointers: pointers,
            counts: plan.buffers.map(\.count), seed: seed)
        for (index, kernel) in plan.kernels.enumerated() {
            let kernels = unsafe binder.bind(kernel)
            unsafe bound += kernels
            unsafe boundToKernel += [Int](repeating: index, count: kernels.count)
        }
        for index in unsafe bound.indices {
            switch unsafe bound[index] {
            case .elementwise(let program, _), .reduce(let program, _, _, _):
                unsafe executor.reserveWorkspace(fid_elementwise_workspace(program))
            default: break
            }
        }
    }

    private let pointers: [UnsafeMutablePointer<Float>]

    // MARK: Values

    /// Sets an input, in row-major order. One that the graph declares and the plan does not need may be set, to no effect.
    /// - Precondition: the graph declares the input, with as many elements.
    public func setInput(_ name: String, _ values: [Float]) {
        if let memory = input(name, count: values.count) { memory.values = values }
    }

    /// Sets an input of one number.
    public func setInput(_ name: String, _ value: Float) {
        if let memory = input(name, count: 1) { unsafe memory.base.pointee = value }
    }

    /// Fills an input in place.
    public func withInput(_ name: String, _ fill: (inout MutableSpan<Float>) -> Void) {
        guard let memory = input(name, count: nil) else { return }
        let buffer = unsafe UnsafeMutableBufferPointer(start: memory.base, count: memory.count)
        var span = unsafe MutableSpan(_unsafeElements: buffer)
        fill(&span)
    }

    /// The memory of an input, or nil where the plan does not need it.
    private func input(_ name: String, count: Int?) -> FloatMemory? {
        if let memory = inputs[name] {
            precondition(count ?? memory.count == memory.count, "\(count ?? 0) values for input \(name), which has \(memory.count)")
            return memory
        }
        do { _ = try plan.inputShape(name) } catch { preconditionFailure(error.description) }
        return nil
    }

    /// The values of an output of the last replay. - Precondition: the plan has the output.
    public func output(_ name: String) -> [Float] {
        let index: Int
        do { index = try plan.outputIndex(name) } catch { preconditionFailure(error.description) }
        let buffer = plan.outputBuffers[index]
        return unsafe Array(UnsafeBufferPointer(start: pointers[buffer], count: plan.buffers[buffer].count))
    }

    // MARK: Replay

    /// Runs the plan once. Random numbers are those of `step`.
    public func run(step: UInt64, profiled: Bool = false) {
        if profiled, profile.isEmpty { profile = [Double](repeating: 0, count: plan.kernels.count) }
        indexFault = nil
        let clock = ContinuousClock()
        for index in unsafe bound.indices {
            if profiled {
                let start = clock.now
                unsafe run(bound[index], step)
                let (seconds, attoseconds) = (clock.now - start).components
                profile[boundToKernel[index]] += Double(seconds) + Double(attoseconds) * 1e-18
            } else {
                unsafe run(bound[index], step)
            }
        }
    }

    /// Notes the first index of a replay that names no row.
    private func check(_ indices: UnsafePointer<Float>, _ rows: Int, below count: Int, _ operation: String) {
        guard indexFault == nil else { return }
        for row in 0..<rows where unsafe IndexFault.index(indices[row], below: count) == nil {
            indexFault = unsafe IndexFault(operation: operation, position: row, value: indices[row], count: count)
            return
        }
    }

    private func run(_ kernel: BoundKernel, _ step: UInt64) {
        switch unsafe kernel {
        case .gather(_, let indices, _, let rows, _, let count): unsafe check(indices, rows, below: count, "gather")
        case .scatter(_, let indices, _, let rows, _, let count): unsafe check(indices, rows, below: count, "scatter")
        default: break
        }
        unsafe executor.pool.run(BoundWork(
            kernel: kernel, table: executor.table, workspace: executor.workspace.base, workspaceStride: executor.workspaceStride,
            threads: executor.threads, step: step))
        if case .reduce(let program, _, _, true) = unsafe kernel { unsafe fid_combine(program) }
    }
}
