internal import CKernels

/// A kernel with its pointers: C structures in memory that stays where it is for the life of the session.
@unsafe enum BoundKernel {
    /// Domain split over tasks of `grain` elements.
    case elementwise(UnsafePointer<FidElementwise>, grain: Int)
    /// Updates over `count` elements, these split likewise.
    case adam(UnsafeBufferPointer<FidAdam>, count: Int, grain: Int)
    /// Work items of a reduction, the ranges they are run in, and whether partial sums are to be combined.
    case reduce(UnsafePointer<FidElementwise>, items: Int, tasks: Int, combine: Bool)
    /// Blocks of the outputs of products that are computed side by side.
    case product(UnsafeBufferPointer<ProductPart>, tasks: Int)
    /// Whether an operand of a product is finite.
    case checkFinite(UnsafePointer<FidOperand>, count: Int64, depth: Int64, result: UnsafeMutablePointer<Bool>)
    case random(FidRandom, UnsafeMutablePointer<Float>, count: Int)
    case gather(table: UnsafePointer<Float>, indices: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, rows: Int, width: Int, count: Int)
    case scatter(values: UnsafePointer<Float>, indices: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, rows: Int, width: Int, count: Int)
    case clear(UnsafeMutablePointer<Float>, count: Int)
    /// Chains of fma in registers, one task a thread: for measuring.
    case peak(rounds: Int)
}

/// Memory for C structures, freed with the session.
@safe final class StructureArena {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    func store<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
        let block = UnsafeMutablePointer<T>.allocate(capacity: Swift.max(values.count, 1))
        unsafe values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { unsafe block.initialize(from: base, count: source.count) }
        }
        unsafe blocks.append(UnsafeMutableRawPointer(block))
        return unsafe block
    }

    deinit { for unsafe block in unsafe blocks { unsafe block.deallocate() } }
}
