internal import CKernels
public import Graphs
import Numerics

/// The processor as a device: threads, a set of kernels and scratch memory. Results do not depend on either choice.
@safe public final class CPUDevice: Device {
    public let threads: Int
    public let kernels: KernelSet
    /// The kernels, looked up once.
    let table: UnsafePointer<FidKernels>
    let pool: ThreadPool
    let workspaceStride: Int
    private(set) var workspace: FloatMemory

    public init(threads: Int = 1, kernels: KernelSet = .best) {
        self.threads = threads
        self.kernels = kernels
        unsafe table = kernels.table
        pool = ThreadPool(threads: threads)
        // Each thread has a workspace for one product block or one elementwise tile run.
        let bytes = unsafe Swift.max(Int(table.pointee.product_workspace), 1 << 20)
        workspaceStride = (bytes + 4095) / 4096 * 4096 / 4
        workspace = FloatMemory(count: workspaceStride * threads)
    }

    public var name: String { "cpu, \(kernels.rawValue) kernels, \(threads) \(threads == 1 ? "thread" : "threads")" }

    public func allocate(_ count: Int) -> any DeviceMemory { FloatMemory(count: count) }

    public func adopt(_ memory: any DeviceMemory) -> any DeviceMemory {
        if memory is FloatMemory { return memory }
        let own = FloatMemory(count: memory.count)
        own.copyIn(memory.values.span)
        return own
    }

    public func compile(_ plan: Plan, _ buffers: [DeviceBuffer], seed: UInt64) -> any CompiledPlan {
        CPUProgram(plan, buffers, on: self, seed: seed)
    }

    /// Makes sure that every thread's workspace holds this many bytes.
    func reserveWorkspace(_ bytes: Int64) {
        precondition(bytes <= Int64(workspaceStride * 4), "a kernel needs \(bytes) bytes of workspace, there are \(workspaceStride * 4)")
    }
}

/// The name that a processor's threads and kernels have where nothing else runs plans.
public typealias Executor = CPUDevice
