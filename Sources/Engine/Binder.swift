internal import CKernels
import Graphs
import Numerics

/// Resolves a plan's buffer numbers to pointers and its kernels to C structures.
@safe struct Binder {
    let structures: StructureArena
    let kernels: UnsafePointer<FidKernels>
    let threads: Int
    let pointers: [UnsafeMutablePointer<Float>]
    let seed: UInt64

    func bind(_ kernel: Kernel) -> [BoundKernel] {
        switch kernel {
        case .elementwise(let kernel): return unsafe bind(kernel)
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
        }
    }

    func pointer(_ place: Place) -> UnsafeMutablePointer<Float> { unsafe pointers[place.buffer] + place.offset }

    // MARK: Elementwise

    private func view(_ access: ElementwiseKernel.Access) -> FidView {
        var view = unsafe FidView()
        unsafe view.data = pointers[access.buffer] + access.view.offset
        unsafe view.reg = Int32(access.register)
        unsafe view.rank = Int32(access.view.extents.count)
        precondition(access.view.extents.count <= Int(FID_MAX_RANK), "a view of rank \(access.view.extents.count)")
        unsafe withUnsafeMutableBytes(of: &view.dims) { raw in
            let dims = unsafe raw.bindMemory(to: Int64.self)
            for axis in access.view.extents.indices { unsafe dims[axis] = Int64(access.view.extents[axis]) }
        }
        unsafe withUnsafeMutableBytes(of: &view.strides) { raw in
            let strides = unsafe raw.bindMemory(to: Int64.self)
            for axis in access.view.strides.indices { unsafe strides[axis] = Int64(access.view.strides[axis]) }
        }
        return unsafe view
    }

    private func bind(_ kernel: ElementwiseKernel) -> [BoundKernel] {
        if kernel.count == 0 {
            return unsafe kernel.folds.map { unsafe .clear(pointers[$0.result], count: kernel.outer * kernel.inner) }
        }
        var program = unsafe FidElementwise()
        unsafe program.count = Int64(kernel.count)
        let instructions = kernel.instructions.map { instruction in
            func operand(_ i: Int) -> Int32 { i < instruction.operands.count ? Int32(instruction.operands[i]) : -1 }
            return FidInstruction(
                op: Int32(instruction.function.opcode.rawValue), dst: Int32(instruction.destination), a: operand(0), b: operand(1), c: operand(2),
                immediate: 0)
        }
        unsafe program.instruction_count = Int32(instructions.count)
        unsafe program.source_count = Int32(kernel.sources.count)
        unsafe program.sink_count = Int32(kernel.sinks.count)
        unsafe program.reduction_count = Int32(kernel.folds.count)
        unsafe program.instructions = UnsafePointer(structures.store(instructions))
        unsafe program.sources = UnsafePointer(structures.store(kernel.sources.map { unsafe view($0) }))
        unsafe program.sinks = UnsafePointer(structures.store(kernel.sinks.map { unsafe view($0) }))
        let folds = unsafe kernel.folds.map { fold in
            unsafe FidReduction(
                kind: Int32(fold.kind == .sum ? FID_SUM.rawValue : FID_MAXIMUM.rawValue), reg: Int32(fold.register), result: pointers[fold.result],
                partial: fold.partial.map { unsafe pointers[$0] })
        }
        unsafe program.reductions = UnsafePointer(structures.store(folds))
        unsafe program.outer = Int64(kernel.outer)
        unsafe program.rows = Int64(kernel.rows)
        unsafe program.inner = Int64(kernel.inner)
        let stored = unsafe structures.store([program])
        // Small kernels are not worth waking a thread for.
        let work = kernel.count * (kernel.instructions.count + kernel.sources.count + kernel.sinks.count + kernel.folds.count)
        if kernel.folds.isEmpty {
            let tile = Int(FID_TILE)
            let parts = work < 1 << 17 ? 1 : threads * 4
            let grain = ((kernel.count + parts - 1) / parts + tile - 1) / tile * tile
            return unsafe [.elementwise(UnsafePointer(stored), grain: grain)]
        }
        let chunks = unsafe fid_reduction_chunks(stored)
        let items = unsafe Int(fid_reduction_items(stored))
        // Each call prepares the program anew, so items go in ranges.
        let tasks = threads == 1 || work < 1 << 17 ? Swift.min(items, 1) : Swift.min(items, threads * 8)
        return unsafe [.reduce(UnsafePointer(stored), items: items, tasks: tasks, combine: chunks > 1)]
    }
}

extension ElementwiseFunction {
    var opcode: FidOpcode {
        switch self {
        case .copy: FID_COPY
        case .add: FID_ADD
        case .subtract: FID_SUB
        case .multiply: FID_MUL
        case .divide: FID_DIV
        case .minimum: FID_MIN
        case .maximum: FID_MAX
        case .negate: FID_NEG
        case .absolute: FID_ABS
        case .square: FID_SQUARE
        case .squareRoot: FID_SQRT
        case .reciprocalSquareRoot: FID_RSQRT
        case .reciprocal: FID_RECIPROCAL
        case .sign: FID_SIGN
        case .exponential: FID_EXP
        case .exponentialMinusOne: FID_EXPM1
        case .logarithm: FID_LOG
        case .logarithmOnePlus: FID_LOG1P
        case .tanh: FID_TANH
        case .sigmoid: FID_SIGMOID
        case .softplus: FID_SOFTPLUS
        case .sine: FID_SIN
        case .cosine: FID_COS
        case .greater: FID_GREATER
        case .greaterOrEqual: FID_GREATER_EQUAL
        case .equal: FID_EQUAL
        case .select: FID_SELECT
        case .floor: FID_FLOOR
        case .round: FID_ROUND
        }
    }
}
