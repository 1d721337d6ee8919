internal import CKernels
import Graphs

/// A kernel with resolved pointers: C structures at fixed addresses for the lifetime of the session.
@unsafe enum BoundKernel {
    /// The domain, divided into tasks of `grain` elements.
    case elementwise(UnsafePointer<FidElementwise>, grain: Int)
    /// Adam updates over `count` elements, divided in the same way.
    case adam(UnsafeBufferPointer<FidAdam>, count: Int, grain: Int)
    /// Work items of a reduction, the number of ranges they are grouped into, and whether partial sums have to be combined.
    case reduce(UnsafePointer<FidElementwise>, items: Int, tasks: Int, combine: Bool)
    /// Output blocks of products that are computed concurrently.
    case product(UnsafeBufferPointer<ProductPart>, tasks: Int)
    /// Determines whether an operand of a product is finite.
    case checkFinite(UnsafePointer<FidOperand>, count: Int64, depth: Int64, result: UnsafeMutablePointer<Bool>)
    case random(FidRandom, UnsafeMutablePointer<Float>, count: Int)
    case gather(table: UnsafePointer<Float>, indices: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, rows: Int, width: Int, count: Int)
    case scatter(values: UnsafePointer<Float>, indices: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, rows: Int, width: Int, count: Int)
    /// A function of a square matrix of `size` rows.
    case matrix(MatrixFunction, UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, size: Int)
    case clear(UnsafeMutablePointer<Float>, count: Int)
    /// Chains of fma in registers, one task per thread: for benchmarks.
    case peak(rounds: Int)
}

/// Owns C structures, which are freed with the session.
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
