/// One step of a plan. Memory is named by buffer number; pointers come when a `Session` binds the plan.
package enum Kernel: Sendable {
    case elementwise(ElementwiseKernel)
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

package struct ElementwiseKernel: Sendable {
    package struct Instruction: Sendable {
        package var function: ElementwiseFunction
        package var destination: Int
        package var operands: [Int]
    }
    package struct Access: Sendable {
        package var register: Int
        package var buffer: Int
        package var view: View  // merged
    }
    package struct Fold: Sendable {
        package var kind: Reduction
        package var register: Int
        package var result: Int
        package var partial: Int?
    }
    package var count: Int
    package var instructions: [Instruction]
    package var sources: [Access]
    package var sinks: [Access]
    package var folds: [Fold]
    package var outer = 1, rows = 1, inner = 1
}

/// A matrix product, or one phase of a convolution, in the terms of the C kernels.
package struct ProductKernel: Sendable {
    package var form: ProductForm
    package var a: Place
    package var b: Place
    package var result: Int
}
