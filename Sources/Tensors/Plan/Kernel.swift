/// One step of a plan. Memory is named by buffer number; pointers come when a `Session` binds the plan.
enum Kernel: Sendable {
    case elementwise(ElementwiseKernel)
    case product(ProductKernel)
    case random(RandomSource, buffer: Int, count: Int)
    case gatherRows(table: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
    case scatterRows(values: Place, indices: Place, result: Int, rows: Int, width: Int, count: Int)
}

/// A position in a buffer, in elements.
struct Place: Sendable, Hashable {
    var buffer: Int
    var offset: Int
}

struct ElementwiseKernel: Sendable {
    struct Instruction: Sendable {
        var function: ElementwiseFunction
        var destination: Int
        var operands: [Int]
    }
    struct Access: Sendable {
        var register: Int
        var buffer: Int
        var view: View  // merged
    }
    struct Fold: Sendable {
        var kind: Reduction
        var register: Int
        var result: Int
        var partial: Int?
    }
    var count: Int
    var instructions: [Instruction]
    var sources: [Access]
    var sinks: [Access]
    var folds: [Fold]
    var outer = 1, rows = 1, inner = 1
}

/// A matrix product, or one phase of a convolution, in the terms of the C kernels.
struct ProductKernel: Sendable {
    var form: ProductForm
    var a: Place
    var b: Place
    var result: Int
}
