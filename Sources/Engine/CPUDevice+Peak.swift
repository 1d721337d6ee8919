internal import CKernels

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
