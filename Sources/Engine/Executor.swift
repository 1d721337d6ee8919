internal import CKernels
import Numerics

/// Threads, a kernel set and scratch memory. Results do not depend on either choice.
@safe public final class Executor {
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

    /// Makes sure that every thread's workspace holds this many bytes. Only called while sessions are bound.
    func reserveWorkspace(_ bytes: Int64) {
        precondition(bytes <= Int64(workspaceStride * 4), "a kernel needs \(bytes) bytes of workspace, there are \(workspaceStride * 4)")
    }
}
