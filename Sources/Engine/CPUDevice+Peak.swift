internal import CKernels

extension CPUDevice {
    /// Has every thread go `rounds` times through the chains of fma that fill a register tile, without touching memory: for measuring what
    /// the cores can do at most.
    /// - Returns: the floating-point operations done by all threads, an fma counted as two.
    public func spinPeak(rounds: Int) -> Double {
        let chains = unsafe Int(table.pointee.product_m_step * table.pointee.product_n_step)
        unsafe pool.run(BoundWork(
            kernel: .peak(rounds: rounds), table: table, workspace: workspace.base, workspaceStride: workspaceStride, threads: threads,
            step: 0))
        return 2 * Double(chains) * Double(rounds) * Double(threads)
    }
}
