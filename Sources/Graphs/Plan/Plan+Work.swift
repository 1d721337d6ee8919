extension Plan {
    /// The work of one kernel, for benchmarks and profiles.
    public struct KernelWork: Sendable {
        /// The kernel's line in the printed plan.
        public let description: String
        /// The matrix product or convolution, if the kernel is one.
        public let product: ProductForm?
        /// Floating-point operations of the product (a multiply-add counts as two); 0 for other kernels.
        public let operations: Double
        /// Lower bound of memory traffic in bytes, each element read or written once.
        public let bytes: Double
    }

    /// The kernels in execution order, which is also the order of profiles.
    public var work: [KernelWork] {
        kernels.map { kernel in
            if case .product(let product) = kernel {
                KernelWork(description: describe(kernel), product: product.form, operations: product.operations, bytes: bytes(kernel))
            } else {
                KernelWork(description: describe(kernel), product: nil, operations: 0, bytes: bytes(kernel))
            }
        }
    }

    /// A plan with one product and a copy to its output: inputs "a" and "b" with the form's operand shapes, output "result".
    /// - Errors: none for a valid form
    public init(_ form: ProductForm) throws(PlanError) {
        let graph = Graph()
        let a = graph.input("a", form.operands.a)
        let b = graph.input("b", form.operands.b)
        let result =
            switch form {
            case .matrix(_, _, _, let transposeA, let transposeB): Tensor.matmul(a, b, transposeA: transposeA, transposeB: transposeB)
            case .convolution(let geometry, _, _, _): Tensor.convolution(a, b, geometry)
            case .inputGradient(let geometry, _, _, _): Tensor.convolutionInputGradient(a, b, geometry)
            case .weightGradient(let geometry, _, _, _): Tensor.convolutionWeightGradient(a, b, geometry)
            }
        try self.init(graph, outputs: [("result", result)])
    }

    private func bytes(_ kernel: Kernel) -> Double {
        func size(_ buffer: Int) -> Int { buffers[buffer].count }
        /// Number of distinct elements in a view; axes of stride 0 do not count.
        func touched(_ view: RepeatedView) -> Int {
            zip(view.view.extents, view.view.strides).reduce(1) { $0 * ($1.1 == 0 ? 1 : $1.0) }
        }
        let elements =
            switch kernel {
            case .elementwise(let kernel):
                (kernel.sources.map(\.view) + kernel.sinks.map(\.view)).reduce(0) { $0 + touched($1) } + kernel.folds.count * kernel.outer * kernel.inner
            case .adam(let kernel): kernel.updates.reduce(0) { $0 + ($1.read.count + $1.written.count) * kernel.count + $1.numbers.count }
            case .product(let product):
                product.form.operands.a.count + product.form.operands.b.count + size(product.result)
            case .random(_, _, let count): count
            case .gatherRows(_, _, _, let rows, let width, _): 2 * rows * width
            case .scatterRows(_, _, _, let rows, let width, let count): (rows + count) * width
            case .matrix(let function, _, _, let n): n * n + function.shape(n).count
            }
        return Double(elements) * 4
    }
}
