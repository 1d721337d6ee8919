internal import CKernels
import Graphs

/// A plan bound to the CPU: its kernels as C structures with pointers, prepared once. A replay does not allocate.
@safe final class CPUProgram: CompiledPlan {
    private let device: CPUDevice
    private let structures = StructureArena()
    /// Keeps the memory alive that the structures point into.
    private let memories: [any DeviceMemory]
    private(set) var bound: [BoundKernel] = unsafe []
    /// For each bound kernel, the index of its kernel in the plan.
    private var boundToKernel: [Int] = []

    init(_ plan: Plan, _ buffers: [DeviceBuffer], on device: CPUDevice, seed: UInt64) {
        self.device = device
        memories = buffers.map(\.memory)
        precondition(buffers.map(\.count) == plan.buffers.map(\.count), "the buffers' sizes are not those of the plan's buffers")
        let pointers = unsafe buffers.map { buffer in
            guard let memory = buffer.memory as? FloatMemory else { preconditionFailure("a buffer of another device was passed to \(device.name)") }
            return unsafe memory.base + buffer.offset
        }
        let binder = unsafe Binder(
            structures: structures, kernels: device.table, threads: device.threads, pointers: pointers, counts: plan.buffers.map(\.count), seed: seed)
        for (index, kernel) in plan.kernels.enumerated() {
            let kernels = unsafe binder.bind(kernel)
            unsafe bound += kernels
            unsafe boundToKernel += [Int](repeating: index, count: kernels.count)
        }
        for index in unsafe bound.indices {
            switch unsafe bound[index] {
            case .elementwise(let program, _), .reduce(let program, _, _, _): unsafe device.reserveWorkspace(fid_elementwise_workspace(program))
            case .matrix(_, _, _, let size): unsafe device.reserveWorkspace(Int64(Elimination.bytes(size: size)))
            default: break
            }
        }
    }

    func run(step: UInt64, profile: inout [Double]) -> IndexFault? {
        var fault: IndexFault?
        let clock = ContinuousClock()
        for index in unsafe bound.indices {
            if fault == nil { fault = unsafe Self.check(bound[index]) }
            if profile.isEmpty {
                unsafe run(bound[index], step)
            } else {
                let start = clock.now
                unsafe run(bound[index], step)
                let (seconds, attoseconds) = (clock.now - start).components
                profile[boundToKernel[index]] += Double(seconds) + Double(attoseconds) * 1e-18
            }
        }
        return fault
    }

    private func run(_ kernel: BoundKernel, _ step: UInt64) {
        unsafe device.pool.run(BoundWork(
            kernel: kernel, table: device.table, workspace: device.workspace.base, workspaceStride: device.workspaceStride,
            threads: device.threads, step: step))
        if case .reduce(let program, _, _, true) = unsafe kernel { unsafe fid_combine(program) }
    }

    /// The first row index of a kernel that is out of range.
    private static func check(_ kernel: BoundKernel) -> IndexFault? {
        switch unsafe kernel {
        case .gather(_, let indices, _, let rows, _, let count): unsafe check(indices, rows, below: count, "gather")
        case .scatter(_, let indices, _, let rows, _, let count): unsafe check(indices, rows, below: count, "scatter")
        default: nil
        }
    }

    private static func check(_ indices: UnsafePointer<Float>, _ rows: Int, below count: Int, _ operation: String) -> IndexFault? {
        for row in 0..<rows where unsafe IndexFault.index(indices[row], below: count) == nil {
            return unsafe IndexFault(operation: operation, position: row, value: indices[row], count: count)
        }
        return nil
    }
}
