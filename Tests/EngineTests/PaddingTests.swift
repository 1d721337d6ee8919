import CKernels
import Testing

@testable import Graphs
@testable import Engine

/// Convolutions skip the padding where that is faster. The bits are those of the definition, in which padding takes part as +0.
@Suite struct PaddingTests {
    enum Numbers: CaseIterable {
        case plain
        /// Infinite or NaN weights: times zero padding they are NaN.
        case infinite
        /// Products that round to zeros of both signs: adding +0 turns -0 into +0.
        case vanishing
    }

    /// A product over windows, from the definition.
    struct Windowed {
        let form: ProductForm
        let a: [Float], b: [Float]

        init(_ form: ProductForm, _ numbers: Numbers) {
            var source = ProductNumbers(seed: UInt64(form.operands.a.count))
            var infinities = ProductNumbers(seed: 77)
            let scale: Float = numbers == .vanishing ? 0x1p-80 : 1
            self.form = form
            a = (0..<form.operands.a.count).map { _ in source.uniform() * scale }
            b = (0..<form.operands.b.count).map { _ in
                let number = source.uniform() * scale
                guard numbers == .infinite, infinities.bits() % 800 == 0 else { return number }
                return number < 0 ? .nan : .infinity
            }
        }

        /// Factors of each output's chain, in order; nil for the padding.
        private func chain(_ place: Int) -> [(Int?, Int)] {
            switch form {
            case .convolution(let g, _, let inChannels, let outChannels):
                let (out, x, y, image) = Self.split(place, outChannels, g.outputWidth, g.outputHeight)
                return Self.all(g.kernelHeight, g.kernelWidth, inChannels) { ky, kx, c in
                    let weight = ((out * g.kernelHeight + ky) * g.kernelWidth + kx) * inChannels + c
                    let pixel = Self.pixel(y * g.strideY + ky - g.padTop, x * g.strideX + kx - g.padLeft, g.inputHeight, g.inputWidth, image)
                    return (pixel.map { $0 * inChannels + c }, weight)
                }
            case .inputGradient(let g, _, let inChannels, let outChannels):
                let (channel, x, y, image) = Self.split(place, inChannels, g.inputWidth, g.inputHeight)
                return Self.all(g.kernelHeight, g.kernelWidth, outChannels) { ky, kx, c in
                    let (row, column) = (y + g.padTop - ky, x + g.padLeft - kx)
                    guard row % g.strideY == 0, column % g.strideX == 0 else { return nil }
                    let weight = ((c * g.kernelHeight + ky) * g.kernelWidth + kx) * inChannels + channel
                    let pixel = Self.pixel(row / g.strideY, column / g.strideX, g.outputHeight, g.outputWidth, image)
                    return (pixel.map { $0 * outChannels + c }, weight)
                }
            case .weightGradient(let g, let images, let inChannels, let outChannels):
                let (channel, kx, ky, out) = Self.split(place, inChannels, g.kernelWidth, g.kernelHeight)
                return Self.all(images, g.outputHeight, g.outputWidth) { image, y, x in
                    let pixel = Self.pixel(y * g.strideY + ky - g.padTop, x * g.strideX + kx - g.padLeft, g.inputHeight, g.inputWidth, image)
                    let gradient = ((image * g.outputHeight + y) * g.outputWidth + x) * outChannels + out
                    return (pixel.map { $0 * inChannels + channel }, gradient)
                }
            case .matrix: preconditionFailure("\(form) has no padding")
            }
        }

        private static func split(_ place: Int, _ channels: Int, _ width: Int, _ height: Int) -> (Int, Int, Int, Int) {
            let pixel = place / channels
            return (place % channels, pixel % width, pixel / width % height, pixel / width / height)
        }

        private static func pixel(_ y: Int, _ x: Int, _ height: Int, _ width: Int, _ image: Int) -> Int? {
            (0..<height).contains(y) && (0..<width).contains(x) ? (image * height + y) * width + x : nil
        }

        private static func all(_ rows: Int, _ columns: Int, _ channels: Int, _ term: (Int, Int, Int) -> (Int?, Int)?) -> [(Int?, Int)] {
            (0..<rows).flatMap { ky in (0..<columns).flatMap { kx in (0..<channels).compactMap { term(ky, kx, $0) } } }
        }

        /// The output's bits, every `step`-th element; with or without the padding in the chains.
        func reference(every step: Int, padding: Bool = true) -> [UInt32] {
            let count =
                switch form {
                case .convolution(let g, let images, _, let outChannels): images * g.outputHeight * g.outputWidth * outChannels
                case .inputGradient(let g, let images, let inChannels, _): images * g.inputHeight * g.inputWidth * inChannels
                case .weightGradient(let g, _, let inChannels, let outChannels): outChannels * g.kernelHeight * g.kernelWidth * inChannels
                case .matrix: 0
                }
            return stride(from: 0, to: count, by: step).map { place in
                let factors = chain(place)
                var total: Float = 0
                for start in stride(from: 0, to: factors.count, by: 256) {
                    var value: Float = 0
                    for (pixel, weight) in factors[start..<min(start + 256, factors.count)] where padding || pixel != nil {
                        value.addProduct(pixel.map { a[$0] } ?? 0, b[weight])
                    }
                    total = start == 0 ? value : total + value
                }
                return total.isNaN ? 0x7fc0_0000 : total.bitPattern
            }
        }

        /// The kernels' bits, and the number of products with omitted padding.
        func run(_ kernels: KernelSet, threads: Int) throws -> (bits: [UInt32], parts: Int) {
            let session = Session(try Plan(form), store: TensorStore(), device: CPUDevice(threads: threads, kernels: kernels), seed: 0)
            session.setInput("a", a)
            session.setInput("b", b)
            session.run(step: 0)
            var leaving = 0
            for unsafe kernel in unsafe try #require(session.compiled as? CPUProgram).bound {
                if case .product(let parts, _) = unsafe kernel { unsafe leaving += parts.count { unsafe $0.product.pointee.whole != nil } }
            }
            return (session.output("result").map(\.bitPattern), leaving)
        }
    }

    /// Stride 2 with an odd edge, chunks that end within a tap, taps without a complete chunk, edges of more than one pixel.
    static let forms: [ProductForm] = {
        func geometry(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: ConvolutionGeometry.Padding) -> ConvolutionGeometry {
            ConvolutionGeometry(inputHeight: size, inputWidth: size + 1, kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding)
        }
        return [
            .convolution(geometry(8, 4, 2, .same), images: 12, inChannels: 40, outChannels: 37),
            .inputGradient(geometry(8, 4, 2, .same), images: 12, inChannels: 21, outChannels: 40),
            .convolution(geometry(5, 3, 1, .explicit(1)), images: 16, inChannels: 64, outChannels: 33),
            .inputGradient(geometry(5, 3, 1, .explicit(1)), images: 16, inChannels: 2, outChannels: 300),
            .convolution(geometry(4, 2, 1, .explicit(3)), images: 13, inChannels: 16, outChannels: 40),
            .inputGradient(geometry(6, 5, 3, .explicit(2)), images: 30, inChannels: 35, outChannels: 24),
            .weightGradient(geometry(8, 4, 2, .same), images: 32, inChannels: 40, outChannels: 37),
            .weightGradient(geometry(5, 3, 1, .explicit(1)), images: 12, inChannels: 64, outChannels: 33),
            .weightGradient(geometry(4, 2, 1, .explicit(3)), images: 11, inChannels: 16, outChannels: 40),
        ]
    }()

    @Test(arguments: KernelSet.allCases.filter(\.isAvailable), Numbers.allCases)
    func leavingThePaddingOutMovesNoBit(kernels: KernelSet, numbers: Numbers) throws {
        for form in Self.forms {
            let product = Windowed(form, numbers)
            let step = 17
            let reference = product.reference(every: step)
            let alone = try product.run(kernels, threads: 1), shared = try product.run(kernels, threads: 3)
            #expect(stride(from: 0, to: alone.bits.count, by: step).map { alone.bits[$0] } == reference, "\(form)")
            #expect(shared.bits == alone.bits, "\(form)")
            #expect(alone.parts >= 1, "\(form) was done with all of its padding")
        }
    }

    @Test(arguments: [Numbers.infinite, .vanishing])
    func theNumbersCanTell(numbers: Numbers) {
        let telling = Self.forms.count { form in
            let product = Windowed(form, numbers)
            return product.reference(every: 13, padding: false) != product.reference(every: 13)
        }
        #expect(telling >= 4, "\(telling) of \(Self.forms.count)")
    }
}

/// Which windows meet the image where.
@Suite struct ConvolutionWindowsTests {
    @Test func positionsWithTheSameTapsAreOnePart() {
        // 14 pixels, kernel 4, stride 2, one pixel of padding.
        let axis = ConvolutionWindows.Axis(count: 7, stride: 2, distances: [-1, 0, 1, 2], extent: 14)
        #expect(axis.parts == [.init(positions: 0..<1, distances: 1..<4), .init(positions: 1..<6, distances: 0..<4), .init(positions: 6..<7, distances: 0..<3)])
        #expect(axis.meetings == 26)
        // Descending, as in the phases of a gradient; and a window entirely in the padding.
        let phase = ConvolutionWindows.Axis(count: 3, stride: 1, distances: [1, 0], extent: 2)
        #expect(phase.parts == [.init(positions: 0..<1, distances: 0..<2), .init(positions: 1..<2, distances: 1..<2), .init(positions: 2..<3, distances: 0..<0)])
    }

    @Test func chunksEndWhereTheWholeReductionsDo() {
        // 3 x 3 taps of 64 channels: chunks of four taps.
        #expect(ConvolutionWindows.chunkEnds(taps: Array(0..<9), channels: 64) == [256, 512, 576])
        #expect(ConvolutionWindows.chunkEnds(taps: [1, 2, 4, 5, 7, 8], channels: 64) == [128, 320, 384])
        #expect(ConvolutionWindows.chunkEnds(taps: [4, 5], channels: 64) == [128])
        #expect(ConvolutionWindows.chunkEnds(taps: [0, 2], channels: 200) == [200, 312, 400])
        #expect(ConvolutionWindows.chunkEnds(taps: [1], channels: 600) == [168, 424, 600])
        #expect(ConvolutionWindows.chunkEnds(taps: [], channels: 64) == [0])
    }
}
