/// One step of a plan in its finished form: a device executes it and finds nothing more out. Memory is named by buffer number; pointers come when
/// a `Session` binds the plan.
package enum Kernel: Sendable {
    case elementwise(ElementwiseKernel)
    case adam(AdamKernel)
    case product(ProductKernel)
    case random(RandomSource, buffer: Int, count: Int)
    case gatherRows(table: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
    case scatterRows(values: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
}

/// A position in a buffer, in elements.
package struct Place: Sendable, Hashable {
    package var buffer: Int
    package var offset: Int
}

/// A matrix product, or one phase of a convolution, in the terms of the C kernels.
package struct ProductKernel: Sendable {
    package var form: ProductForm
    package var a: Place
    package var b: Place
    package var result: Int
}
