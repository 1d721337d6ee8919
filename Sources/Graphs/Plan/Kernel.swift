/// One step of a plan, fully lowered: a device executes it without further analysis. Memory is identified by buffer index; pointers are resolved when
/// a `Session` binds the plan.
package enum Kernel: Sendable {
    case elementwise(ElementwiseKernel)
    case adam(AdamKernel)
    case product(ProductKernel)
    case random(RandomSource, buffer: Int, count: Int)
    case gatherRows(table: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
    case scatterRows(values: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
    /// A function of a square matrix of `size` rows.
    case matrix(MatrixFunction, Place, result: Int, size: Int)
}

/// A position in a buffer.
package struct Place: Sendable, Hashable {
    /// Index of the buffer.
    package var buffer: Int
    /// Offset in elements.
    package var offset: Int
}

/// A matrix product, or one phase of a convolution, as the C kernels expect it.
package struct ProductKernel: Sendable {
    /// What is multiplied, with extents.
    package var form: ProductForm
    /// The first operand.
    package var a: Place
    /// The second operand.
    package var b: Place
    /// The buffer of the result.
    package var result: Int
}
