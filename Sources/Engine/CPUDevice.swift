import CKernels
public import Graphs
import Numerics
import Synchronization

/// The CPU as a device: a thread pool, a kernel set, and scratch memory. Results do not depend on either choice.
@safe public final class CPUDevice: Device {
    /// Number of threads.
    public let threads: Int
    /// The kernel set.
    public let kernels: KernelSet
    /// The kernels' function table.
    let table: UnsafePointer<FidKernels>
    let pool: ThreadPool
    let workspaceStride: Int
    private(set) var workspace: FloatMemory

    /// Creates a device with its own thread pool.
    /// - Precondition: threads >= 1, and the processor supports the kernel set.
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

    /// Such as "cpu, avx2 kernels, 2 threads".
    public var name: String { "cpu, \(kernels.rawValue) kernels, \(threads) \(threads == 1 ? "thread" : "threads")" }

    /// Allocates zeroed memory of `count` floats.
    public func allocate(_ count: Int) -> any DeviceMemory { FloatMemory(count: count) }

    /// The given memory if it is host memory, else a copy in host memory.
    public func adopt(_ memory: any DeviceMemory) -> any DeviceMemory {
        if memory is FloatMemory { return memory }
        let own = FloatMemory(count: memory.count)
        own.copyIn(memory.values.span)
        return own
    }

    /// Binds a plan to buffers of this device.
    /// - Precondition: the buffers have the sizes of the plan's and belong to this device.
    public func compile(_ plan: Plan, _ buffers: [DeviceBuffer], seed: UInt64) -> any CompiledPlan {
        CPUProgram(plan, buffers, on: self, seed: seed)
    }

    /// The results of `body` for 0..<count, in this order, computed on the device's threads. For the work between two replays of a plan.
    public func map<Result: Sendable>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
        let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
        withoutActuallyEscaping(body) { body in
            pool.run(count) { index, _ in
                let result = body(index)
                results.withLock { $0[index] = result }
            }
        }
        return results.withLock { $0.compactMap(\.self) }
    }

    /// Checks that each thread's workspace holds this many bytes.
    func reserveWorkspace(_ bytes: Int64) {
        precondition(bytes <= Int64(workspaceStride * 4), "a kernel needs \(bytes) bytes of workspace, there are \(workspaceStride * 4)")
    }
}

extension CPUDevice {
    /// Measures peak throughput: every thread runs `rounds` iterations of the fma chains that fill a register tile, without accessing memory.
    /// - Returns: the number of floating-point operations of all threads; an fma counts as two
    public func spinPeak(rounds: Int) -> Double {
        let chains = unsafe Int(table.pointee.product_m_step * table.pointee.product_n_step)
        unsafe pool.run(BoundWork(
            kernel: .peak(rounds: rounds), table: table, workspace: workspace.base, workspaceStride: workspaceStride, threads: threads,
            step: 0))
        return 2 * Double(chains) * Double(rounds) * Double(threads)
    }
}
