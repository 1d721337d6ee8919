@testable import Graphs

/// Pooling, resizing, normalization over other axes, and losses.
extension OperationCase {
    static let pooling: [OperationCase] = [
        ("2x6x6x3", 2, 2, 2, .valid), ("1x7x6x2", 3, 3, 2, .same), ("2x5x5x1", 3, 2, 1, .explicit(1)), ("1x9x8x2", 3, 3, 2, .valid),
    ].flatMap { (images: String, height: Int, width: Int, stride: Int, padding: ConvolutionGeometry.Padding) in
        let name = "\(images) by \(height)x\(width) stride \(stride) \(name(padding))"
        return [
            OperationCase("maximum pooling " + name, of: { $0[0].maxPooled(kernelHeight: height, kernelWidth: width, stride: stride, padding: padding) }),
            OperationCase("average pooling " + name, of: {
                $0[0].averagePooled(kernelHeight: height, kernelWidth: width, stride: stride, padding: padding)
            }),
            OperationCase("average pooling " + name + ", with padding", of: {
                $0[0].averagePooled(kernelHeight: height, kernelWidth: width, stride: stride, padding: padding, countingPadding: true)
            }),
        ]
    } + [
        OperationCase("maximum pooling of equal pixels", of: { $0[0].maxPooled(kernelHeight: 3, kernelWidth: 3, stride: 2, padding: .valid) })
    ]

    static let resizes: [OperationCase] = [("2x4x5x3", 7, 9), ("1x7x6x2", 3, 6), ("1x3x1x2", 6, 4)].flatMap { images, height, width in
        ResizeConvention.allCases.map { convention in
            OperationCase("bilinear resize \(images) to \(height)x\(width) \(convention.rawValue)", of: {
                $0[0].resizedBilinear(height: height, width: width, convention: convention)
            })
        }
    } + [("2x4x6x3", 7, 4), ("1x6x6x2", 3, 12), ("1x5x3x1", 10, 9)].map { images, height, width in
        OperationCase("nearest resize \(images) to \(height)x\(width)", of: { $0[0].resizedNearest(height: height, width: width) })
    }

    static let otherNormalizations: [OperationCase] = [
        ("layer normalisation", [1, 2, 3]), ("layer normalisation of rows", [1]), ("instance normalisation", [1, 2]), ("group normalisation", [1, 2, 4]),
    ].map { name, axes in OperationCase(name, of: { $0[0].standardized(axes: axes, epsilon: 0x1p-7).normalized }) }

    static let losses: [OperationCase] = [
        OperationCase("softmax", of: { $0[0].softmax() }),
        OperationCase("softmax cross-entropy, any targets", of: { $0[0].softmaxCrossEntropy(targets: $0[1]) }),
        OperationCase("sigmoid cross-entropy", of: { $0[0].sigmoidCrossEntropy(targets: $0[1]) }),
        OperationCase("clip to value 0.5") { clipped($0, toValue: 0.5) },
    ]
}
