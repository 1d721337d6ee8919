import CKernels

/// An elementwise program over a few arrays, run by kernels or by its definition.
struct ElementwiseCase {
    struct View {
        var memory: Int
        var register: Int
        var dims: [Int]
        var strides: [Int]

        static func contiguous(_ memory: Int, register: Int, count: Int) -> View {
            View(memory: memory, register: register, dims: [count], strides: [1])
        }

        /// Where the elements of the domain lie.
        func offset(_ index: Int) -> Int {
            var rest = index, offset = 0
            for d in dims.indices.reversed() {
                offset += rest % dims[d] * strides[d]
                rest /= dims[d]
            }
            return offset
        }
    }

    struct Instruction {
        var op: FidOpcode
        var result = 0
        var a = -1
        var b = -1
        var c = -1
        var immediate: Float = 0
    }

    struct Reduction {
        var kind: FidReductionKind
        var register: Int
    }

    /// Memory and results of reductions after a run, bit for bit.
    struct Outcome: Equatable {
        var memory: [[UInt32]]
        var results: [[UInt32]] = []

        init(_ memory: [[Float]], _ results: [[Float]]) {
            self.memory = memory.map { $0.map(\.bitPattern) }
            self.results = results.map { $0.map(\.bitPattern) }
        }
    }

    var memory: [[Float]]
    var count: Int
    var sources: [View] = []
    var instructions: [Instruction] = []
    var sinks: [View] = []
    var reductions: [Reduction] = []
    var outer = 1
    var rows = 1
    var inner = 1

    // MARK: Kernels

    /// Runs the program, `portion` elements or work items at a time.
    func run(_ kernels: ProductKernels, portion: Int = .max) -> Outcome {
        let store = ProductMemory()
        let arrays = unsafe memory.map { unsafe store.copy($0) }
        let (chunks, results) = ((rows + 1023) / 1024, unsafe reductions.map { _ in unsafe store.copy([Float](repeating: 7, count: outer * inner)) })
        var program = unsafe FidElementwise()
        unsafe program.count = Int64(count)
        unsafe program.instruction_count = Int32(instructions.count)
        unsafe program.source_count = Int32(sources.count)
        unsafe program.sink_count = Int32(sinks.count)
        unsafe program.reduction_count = Int32(reductions.count)
        unsafe program.instructions = UnsafePointer(store.copy(instructions.map(\.structure)))
        unsafe program.sources = UnsafePointer(store.copy(sources.map { unsafe $0.structure(arrays) }))
        unsafe program.sinks = UnsafePointer(store.copy(sinks.map { unsafe $0.structure(arrays) }))
        unsafe program.reductions = UnsafePointer(
            store.copy(
                zip(reductions, results).map {
                    unsafe FidReduction(
                        kind: Int32($0.kind.rawValue), reg: Int32($0.register), result: $1,
                        partial: store.copy([Float](repeating: 7, count: outer * inner * chunks)))
                }))
        unsafe (program.outer, program.rows, program.inner) = (Int64(outer), Int64(rows), Int64(inner))
        let workspace = unsafe store.workspace(bytes: Int(fid_elementwise_workspace(&program)))
        let total = reductions.isEmpty ? count : unsafe Int(fid_reduction_items(&program))
        var start = 0
        while start < total {
            let end = total - start > portion ? start + portion : total
            if reductions.isEmpty {
                unsafe kernels.table.pointee.elementwise(&program, Int64(start), Int64(end - start), workspace)
            } else {
                unsafe kernels.table.pointee.reduce(&program, Int64(start), Int64(end), workspace)
            }
            start = end
        }
        if !reductions.isEmpty { unsafe fid_combine(&program) }
        return unsafe Outcome(
            zip(arrays, memory).map { unsafe Array(UnsafeBufferPointer(start: $0, count: $1.count)) },
            results.map { unsafe Array(UnsafeBufferPointer(start: $0, count: outer * inner)) })
    }

    // MARK: Definition

    /// The same by the definition: element by element, and the tree of sums as it is written down.
    func reference() -> Outcome {
        var registers = [[Float]](repeating: [Float](repeating: 0, count: count), count: Int(FID_MAX_REGISTERS))
        for view in sources { registers[view.register] = (0..<count).map { memory[view.memory][view.offset($0)] } }
        for instruction in instructions {
            func operand(_ register: Int) -> [Float] { register < 0 ? [Float](repeating: 0, count: count) : registers[register] }
            let (a, b, c) = (operand(instruction.a), operand(instruction.b), operand(instruction.c))
            registers[instruction.result] = (0..<count).map { instruction.value(a[$0], b[$0], c[$0]) }
        }
        var after = memory
        for view in sinks {
            for i in 0..<count { after[view.memory][view.offset(i)] = registers[view.register][i] }
        }
        let results = reductions.map { reduction in
            (0..<outer * inner).map { column in
                let first = column / inner * rows * inner + column % inner
                return Self.tree((0..<rows).map { registers[reduction.register][first + $0 * inner] }, reduction.kind)
            }
        }
        return Outcome(after, results)
    }

    /// The tree of fidelio_elementwise.h.
    static func tree(_ values: [Float], _ kind: FidReductionKind) -> Float {
        func joined(_ a: Float, _ b: Float) -> Float { kind == FID_SUM ? settled(a + b) : settled(a > b || a.isNaN ? a : b) }
        if values.count > 1024 {
            return tree(stride(from: 0, to: values.count, by: 1024).map { tree(Array(values[$0..<min($0 + 1024, values.count)]), kind) }, kind)
        }
        var lanes = [Float](repeating: kind == FID_SUM ? 0 : -.infinity, count: 16)
        for i in values.indices { lanes[i % 16] = joined(lanes[i % 16], values[i]) }
        for half in [8, 4, 2, 1] {
            for lane in 0..<half { lanes[lane] = joined(lanes[lane], lanes[lane + half]) }
        }
        return lanes[0]
    }

    static func settled(_ x: Float) -> Float { x.isNaN ? .nan : x }
}

extension ElementwiseCase.View {
    func structure(_ arrays: [UnsafeMutablePointer<Float>]) -> FidView {
        var view = unsafe FidView()
        unsafe view.data = arrays[memory]
        unsafe view.reg = Int32(register)
        unsafe view.rank = Int32(dims.count)
        for d in dims.indices {
            unsafe withUnsafeMutableBytes(of: &view.dims) { unsafe $0.storeBytes(of: Int64(dims[d]), toByteOffset: 8 * d, as: Int64.self) }
            unsafe withUnsafeMutableBytes(of: &view.strides) { unsafe $0.storeBytes(of: Int64(strides[d]), toByteOffset: 8 * d, as: Int64.self) }
        }
        return unsafe view
    }
}

extension ElementwiseCase.Instruction {
    var structure: FidInstruction {
        FidInstruction(op: Int32(op.rawValue), dst: Int32(result), a: Int32(a), b: Int32(b), c: Int32(c), immediate: immediate)
    }

    /// What the operation is defined to give; elementary functions are not among them.
    func value(_ a: Float, _ b: Float, _ c: Float) -> Float {
        switch op {
        case FID_COPY: a
        case FID_CONSTANT: immediate
        case FID_SELECT: a != 0 ? b : c
        default: ElementwiseCase.settled(arithmetic(a, b, c))
        }
    }

    private func arithmetic(_ a: Float, _ b: Float, _ c: Float) -> Float {
        switch op {
        case FID_ADD: a + b
        case FID_SUB: a - b
        case FID_MUL: a * b
        case FID_DIV: a / b
        case FID_MIN: a.isNaN || b.isNaN ? .nan : a < b ? a : b
        case FID_MAX: a.isNaN || b.isNaN ? .nan : a > b ? a : b
        case FID_FMA: c.addingProduct(a, b)
        case FID_NEG: -a
        case FID_ABS: abs(a)
        case FID_SQUARE: a * a
        case FID_SQRT: a.squareRoot()
        case FID_RSQRT: 1 / a.squareRoot()
        case FID_RECIPROCAL: 1 / a
        case FID_SIGN: a.isNaN ? .nan : a > 0 ? 1 : a < 0 ? -1 : 0
        case FID_GREATER: a > b ? 1 : 0
        case FID_GREATER_EQUAL: a >= b ? 1 : 0
        case FID_EQUAL: a == b ? 1 : 0
        case FID_FLOOR: a.rounded(.down)
        case FID_ROUND: a.rounded(.toNearestOrEven)
        default: preconditionFailure("no definition of instruction \(op.rawValue)")
        }
    }

    static let defined: [FidOpcode] = [
        FID_COPY, FID_CONSTANT, FID_ADD, FID_SUB, FID_MUL, FID_DIV, FID_MIN, FID_MAX, FID_FMA, FID_NEG, FID_ABS, FID_SQUARE, FID_SQRT, FID_RSQRT,
        FID_RECIPROCAL, FID_SIGN, FID_GREATER, FID_GREATER_EQUAL, FID_EQUAL, FID_SELECT, FID_FLOOR, FID_ROUND,
    ]
}
