internal import CKernels
import Graphs
import Numerics

/// Resolves a plan's buffer indices to pointers and its kernels to C structures.
@safe struct Binder {
    let structures: StructureArena
    let kernels: UnsafePointer<FidKernels>
    let threads: Int
    let pointers: [UnsafeMutablePointer<Float>]
    /// Number of elements of each buffer.
    let counts: [Int]
    let seed: UInt64

    func bind(_ kernel: Kernel) -> [BoundKernel] {
        switch kernel {
        case .elementwise(let kernel): return unsafe bind(kernel)
        case .adam(let kernel): return unsafe [bind(kernel)]
        case .product(let kernel): return unsafe bind(products(kernel))
        case .random(let source, let buffer, let count):
            let (distribution, low, high) = switch source.distribution {
            case .uniform(let low, let high): (FID_UNIFORM, low, high)
            case .normal(let mean, let deviation): (FID_NORMAL, mean, deviation)
            case .truncatedNormal(let mean, let deviation): (FID_TRUNCATED_NORMAL, mean, deviation)
            }
            let random = FidRandom(
                key: RandomStream(seed: seed, name: source.stream).key, step: 0, distribution: Int32(distribution.rawValue), low: low,
                high: high)
            return unsafe [.random(random, pointers[buffer], count: count)]
        case .gatherRows(let table, let indices, let result, let rows, let width, let count):
            return unsafe [.gather(table: pointer(table), indices: pointer(indices), result: pointers[result], rows: rows, width: width, count: count)]
        case .scatterRows(let values, let indices, let result, let rows, let width, let count):
            return unsafe [.scatter(values: pointer(values), indices: pointer(indices), result: pointers[result], rows: rows, width: width, count: count)]
        case .matrix(let function, let matrix, let result, let size):
            return unsafe [.matrix(function, pointer(matrix), result: pointers[result], size: size)]
        }
    }

    func pointer(_ place: Place) -> UnsafeMutablePointer<Float> { unsafe pointers[place.buffer] + place.offset }

    /// The address range of a view. - Precondition: it lies within its buffer.
    func memory(_ buffer: Int, _ view: RepeatedView) -> Range<Int> {
        let (first, span) = (view.view.offset, view.span)
        precondition(first >= 0 && first + span <= counts[buffer], "a view of elements \(first)..<\(first + span) exceeds a buffer of \(counts[buffer])")
        let start = unsafe Int(bitPattern: pointers[buffer] + first)
        return start..<start + 4 * span
    }
}
