import CKernels

@testable import Graphs
@testable import Engine

/// An elementwise program over a few arrays: lowered, bound, and run by the kernels like a plan's, or by its definition.
struct ElementwiseCase {
    struct View {
        var memory: Int
        var register: Int
        var dims: [Int]
        var strides: [Int]

        static func contiguous(_ memory: Int, register: Int, count: Int) -> View {
            View(memory: memory, register: register, dims: [count], strides: [1])
        }

        /// The layout of the domain's elements.
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
        var op: ElementwiseFunction
        var result = 0
        var a = -1
        var b = -1
        var c = -1
    }

    struct Fold {
        var kind: Graphs.Reduction
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
    var reductions: [Fold] = []
    var outer = 1
    var rows = 1
    var inner = 1

    // MARK: Kernels

    /// The program as the planner assembles it. Buffers are the memories, then the results of the reductions, then their partial sums.
    var program: FusedProgram {
        let partial = memory.count + reductions.count
        return FusedProgram(
            count: count,
            instructions: instructions.map { .init(function: $0.op, destination: $0.result, operands: Array([$0.a, $0.b, $0.c].prefix($0.op.arity))) },
            sources: sources.map(\.access), sinks: sinks.map(\.access),
            folds: reductions.enumerated().map {
                .init(kind: $1.kind, register: $1.register, result: memory.count + $0, partial: rows > 1024 ? partial + $0 : nil)
            },
            outer: outer, rows: rows, inner: inner)
    }

    /// Runs the program, `portion` elements or work items at a time.
    func run(_ kernels: ProductKernels, portion: Int = .max) -> Outcome {
        let store = ProductMemory()
        let chunks = (rows + 1023) / 1024, sizes = reductions.map { _ in outer * inner }
        let values = memory + (sizes + sizes.map { $0 * chunks }).map { [Float](repeating: 7, count: $0) }
        let pointers = unsafe values.map { unsafe store.copy($0) }
        let binder = unsafe Binder(
            structures: StructureArena(), kernels: kernels.table, threads: 1, pointers: pointers, counts: values.map(\.count), seed: 0)
        for unsafe kernel in unsafe binder.bind(Lowering.kernel(program)) { unsafe run(kernel, kernels, portion, store) }
        func array(_ index: Int) -> [Float] { unsafe Array(UnsafeBufferPointer(start: pointers[index], count: values[index].count)) }
        return Outcome(memory.indices.map(array), reductions.indices.map { array(memory.count + $0) })
    }

    private func run(_ kernel: BoundKernel, _ kernels: ProductKernels, _ portion: Int, _ store: ProductMemory) {
        func cut(_ total: Int, _ body: (_ start: Int, _ end: Int) -> Void) {
            var start = 0
            while start < total {
                let end = total - start > portion ? start + portion : total
                body(start, end)
                start = end
            }
        }
        switch unsafe kernel {
        case .elementwise(let program, _):
            let workspace = unsafe store.workspace(bytes: Int(fid_elementwise_workspace(program)))
            cut(count) { unsafe kernels.table.pointee.elementwise(program, Int64($0), Int64($1 - $0), workspace) }
        case .reduce(let program, let items, _, let combines):
            let workspace = unsafe store.workspace(bytes: Int(fid_elementwise_workspace(program)))
            cut(items) { unsafe kernels.table.pointee.reduce(program, Int64($0), Int64($1), workspace) }
            if combines { unsafe fid_combine(program) }
        case .adam(let updates, _, _):
            for index in updates.indices { cut(count) { unsafe kernels.table.pointee.adam(updates.baseAddress! + index, Int64($0), Int64($1 - $0)) } }
        case .clear(let pointer, let count): unsafe pointer.update(repeating: 0, count: count)
        default: preconditionFailure("no elementwise kernel")
        }
    }

    // MARK: Definition

    /// The same by the definition: element by element, with the sum tree written out.
    func reference() -> Outcome {
        var registers = [[Float]](repeating: [Float](repeating: 0, count: count), count: FusedProgram.registers)
        for view in sources { registers[view.register] = (0..<count).map { memory[view.memory][view.offset($0)] } }
        for instruction in instructions {
            func operand(_ register: Int) -> [Float] { register < 0 ? [Float](repeating: 0, count: count) : registers[register] }
            let (a, b, c) = (operand(instruction.a), operand(instruction.b), operand(instruction.c))
            registers[instruction.result] = (0..<count).map { Definition.value(instruction.op, a[$0], b[$0], c[$0]) }
        }
        var after = memory
        for view in sinks {
            for i in 0..<count { after[view.memory][view.offset(i)] = registers[view.register][i] }
        }
        let results = reductions.map { reduction in
            (0..<outer * inner).map { column in
                let first = column / inner * rows * inner + column % inner
                return Definition.tree((0..<rows).map { registers[reduction.register][first + $0 * inner] }, reduction.kind)
            }
        }
        return Outcome(after, results)
    }
}

extension ElementwiseCase.View {
    var access: FusedProgram.Access {
        .init(register: register, buffer: memory, view: Graphs.View(offset: 0, extents: dims, strides: strides).merged)
    }
}

extension ElementwiseCase.Instruction {
    /// The functions that are defined to the bit.
    static let defined = ElementwiseFunction.allCases.filter { !Definition.approximate.contains($0) }
}
