internal import CKernels

/// One of the products that a kernel computes together, and its division into tasks.
@unsafe struct ProductPart {
    let product: UnsafePointer<FidProduct>
    /// Rows and columns of one task's block.
    private(set) var mBlock: Int
    private(set) var nBlock: Int
    /// Index of its first task among all tasks of the kernel.
    let firstTask: Int

    /// A single task.
    init(_ product: UnsafePointer<FidProduct>, firstTask: Int) {
        unsafe self.product = product
        unsafe mBlock = Swift.max(Int(product.pointee.m), 1)
        unsafe nBlock = Swift.max(Int(product.pointee.n), 1)
        unsafe self.firstTask = firstTask
    }

    var tasks: Int { unsafe Self.count(product.pointee.m, mBlock) * Self.count(product.pointee.n, nBlock) }

    /// Divides the product into blocks for a number of threads.
    mutating func cut(_ kernels: UnsafePointer<FidKernels>, threads: Int) {
        var m: Int64 = 0
        var n: Int64 = 0
        unsafe fid_product_blocks(kernels, product, Int32(threads), &m, &n)
        unsafe (mBlock, nBlock) = (Int(m), Int(n))
    }

    /// Computes the block of one of its tasks.
    func perform(_ task: Int, _ kernels: UnsafePointer<FidKernels>, _ workspace: UnsafeMutablePointer<Float>) {
        let columns = unsafe Self.count(product.pointee.n, nBlock)
        let (row, column) = unsafe (Int64(task / columns * mBlock), Int64(task % columns * nBlock))
        let (m, n) = unsafe (Swift.min(row + Int64(mBlock), product.pointee.m), Swift.min(column + Int64(nBlock), product.pointee.n))
        unsafe kernels.pointee.product(product, row, m, column, n, workspace)
    }

    private static func count(_ extent: Int64, _ block: Int) -> Int { (Int(extent) + block - 1) / block }
}
