extension ProductKernel {
    /// Floating-point operations; a multiply-add counts as two. Taps outside the image do not count.
    var operations: Double {
        switch form {
        case .matrix(let m, let n, let k, _, _): 2 * Double(m) * Double(n) * Double(k)
        case .convolution(let g, let images, let inChannels, let outChannels),
            .inputGradient(let g, let images, let inChannels, let outChannels),
            .weightGradient(let g, let images, let inChannels, let outChannels):
            2 * Double(images * ConvolutionWindows(g).meetings) * Double(inChannels) * Double(outChannels)
        }
    }

    var formDescription: String {
        func geometry(_ g: ConvolutionGeometry) -> String {
            "\(g.inputHeight)x\(g.inputWidth)->\(g.outputHeight)x\(g.outputWidth) kernel \(g.kernelHeight)x\(g.kernelWidth) stride \(g.strideY) pad \(g.padTop),\(g.padLeft)"
        }
        switch form {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            return "matrix product \(m)x\(n)x\(k)\(transposeA ? " A'" : "")\(transposeB ? " B'" : "")"
        case .convolution(let g, let images, let inChannels, let outChannels):
            return "convolution \(images) images \(inChannels)->\(outChannels) \(geometry(g))"
        case .inputGradient(let g, let images, let inChannels, let outChannels):
            return "convolution input gradient \(images) images \(outChannels)->\(inChannels) \(geometry(g))"
        case .weightGradient(let g, let images, let inChannels, let outChannels):
            return "convolution weight gradient \(images) images \(inChannels)x\(outChannels) \(geometry(g))"
        }
    }
}
