import CKernels

/// Start of the rows of a product's output.
enum ProductOutput {
    case matrix(stride: Int)
    case grid(height: Int, width: Int, imageStride: Int, yStride: Int, xStride: Int)

    func row(_ m: Int) -> Int {
        switch self {
        case .matrix(let stride): m * stride
        case .grid(let height, let width, let imageStride, let yStride, let xStride):
            m / width / height * imageStride + m / width % height * yStride + m % width * xStride
        }
    }
}

/// A product with its numbers, its plain reference, and its run through the kernels.
struct ProductCase {
    var a: ProductOperand
    var b: ProductOperand
    var output: ProductOutput
    var aData: [Float]
    var bData: [Float]

    init(_ a: ProductOperand, _ b: ProductOperand, output: ProductOutput? = nil, numbers: (inout ProductNumbers) -> Float = { $0.uniform() }) {
        precondition(a.depth == b.depth, "operands disagree about k: \(a.depth), \(b.depth)")
        var source = ProductNumbers(seed: UInt64(a.count * 1_000_003 + b.count * 1009 + a.depth))
        self.a = a
        self.b = b
        self.output = output ?? .matrix(stride: b.count)
        aData = (0..<a.extent).map { _ in numbers(&source) }
        bData = (0..<b.extent).map { _ in numbers(&source) }
    }

    var m: Int { a.count }
    var n: Int { b.count }
    var k: Int { a.depth }

    /// Output memory before anything is written; a product must leave the gaps unchanged.
    var blank: [UInt32] {
        let extent = m == 0 ? 0 : (0..<m).map(output.row).max()! + n
        return [UInt32](repeating: 0x4242_4242, count: extent)
    }

    /// The definition: chunks of 256, a chain of exact fma in each, the canonical NaN.
    func reference() -> [UInt32] {
        let left = a.dense(aData), right = b.dense(bData)
        var result = blank
        unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                for i in 0..<m {
                    for j in 0..<n {
                        var total: Float = 0
                        var start = 0
                        while start < k {
                            var chain: Float = 0
                            for index in start..<min(start + 256, k) {
                                unsafe chain.addProduct(left[i * k + index], right[j * k + index])
                            }
                            total = start == 0 ? chain : total + chain
                            start += 256
                        }
                        result[output.row(i) + j] = total.isNaN ? 0x7fc0_0000 : total.bitPattern
                    }
                }
            }
        }
        return result
    }

    /// The output bits of a kernel set, computed in blocks of the given size.
    func run(_ kernels: ProductKernels, mBlock: Int? = nil, nBlock: Int? = nil) -> [UInt32] {
        let memory = ProductMemory()
        defer { withExtendedLifetime(memory) {} }
        let out = unsafe memory.copy(blank)
        var product = unsafe product(memory, into: out)
        let workspace = unsafe memory.workspace(bytes: kernels.productWorkspace)
        for m0 in stride(from: 0, to: m, by: mBlock ?? max(m, 1)) {
            for n0 in stride(from: 0, to: n, by: nBlock ?? max(n, 1)) {
                let m1 = min(m, m0 + (mBlock ?? m)), n1 = min(n, n0 + (nBlock ?? n))
                unsafe kernels.table.pointee.product(&product, Int64(m0), Int64(m1), Int64(n0), Int64(n1), workspace)
            }
        }
        return unsafe Array(UnsafeBufferPointer(start: out, count: blank.count))
    }

    private func product(_ memory: ProductMemory, into out: UnsafeMutablePointer<UInt32>) -> FidProduct {
        var product = unsafe FidProduct()
        unsafe product.m = Int64(m)
        unsafe product.n = Int64(n)
        unsafe product.k = Int64(k)
        unsafe product.a = memory.operand(a, aData)
        unsafe product.b = memory.operand(b, bData)
        unsafe product.c.data = UnsafeMutableRawPointer(out).assumingMemoryBound(to: Float.self)
        switch output {
        case .matrix(let stride): unsafe product.c.stride = Int64(stride)
        case .grid(let height, let width, let imageStride, let yStride, let xStride):
            unsafe product.c.grid_height = Int64(height)
            unsafe product.c.grid_width = Int64(width)
            unsafe product.c.image_stride = Int64(imageStride)
            unsafe product.c.y_stride = Int64(yStride)
            unsafe product.c.x_stride = Int64(xStride)
        }
        return unsafe product
    }
}

/// A small reproducible generator of test numbers.
struct ProductNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1 }

    mutating func bits() -> UInt32 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt32(truncatingIfNeeded: state >> 24)
    }

    /// In [-1, 1).
    mutating func uniform() -> Float { Float(Int32(bitPattern: bits())) / 0x1p31 }

    /// Numbers of very different magnitudes, with zeros of both signs; none infinite, products included.
    mutating func wild() -> Float {
        let exponent = Int(bits() % 120) - 60
        return bits() % 16 == 0 ? (uniform() < 0 ? -0.0 : 0) : uniform() * Float(sign: .plus, exponent: exponent, significand: 1)
    }

    /// Arbitrary bit patterns, with more subnormals, infinities, and NaN than by chance.
    mutating func any() -> Float { Float(bitPattern: bits() % 32 == 0 ? bits() | 0x7f80_0000 : bits()) }
}
