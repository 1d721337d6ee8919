import Graphs

/// SRFlow's encoder of low-resolution images: the features of an `RRDBNetwork` at the resolution of each level of the flow, and beside them the stacked features, the
/// outputs of some blocks.
/// - Source: Lugmayr et al. 2020, section 3.2 and the released code
struct ResolutionEncoder: Sendable {
    let network: RRDBNetwork
    /// Indices of the blocks whose outputs are stacked, from 0.
    let stacked: [Int]
    let pair: ResolutionPair

    /// Channels of the condition of every level.
    var channels: Int { network.features * (1 + stacked.count) }

    /// The condition of levels 1 ... count; level l works on images of 2^-l times the height and width of the high resolution.
    ///
    /// Above the low resolution, the features are those of the upsampling convolutions before their leaky ReLU; below it, the trunk's output halved by the mean of blocks
    /// of 2x2 (bilinear resizing by 1/2). Stacked features are resized to the nearest pixel.
    /// - Shapes: x [batch, h, w, c] -> [batch, H / 2^l, W / 2^l, channels] for each level
    func conditions(_ x: Tensor, levels: Int, _ parameters: ParameterSet) -> [Tensor] {
        let trunk = network.trunk(x, parameters)
        let large = network.upsampled(trunk, doublings: Swift.max(0, pair.doublings - 1), parameters)
        let blocks = Tensor.concatenate(stacked.map { trunk.blocks[$0] }, axis: 3)
        return (1...levels).map { level in
            let doublings = pair.doublings - level
            let own = doublings > 0 ? large[doublings - 1] : (0 ..< -doublings).reduce(trunk.output) { x, _ in x.halved() }
            return Tensor.concatenate([own, blocks.nearest(height: own.shape[1], width: own.shape[2])], axis: 3)
        }
    }
}

extension Tensor {
    /// Height and width halved by the mean of blocks of 2x2. - Shapes: [batch, h, w, c] -> [batch, h/2, w/2, c]
    fileprivate func halved() -> Tensor { averagePooled(kernelHeight: 2, kernelWidth: 2, stride: 2, padding: .valid) }

    /// `resizedNearest`, which for integer factors takes no copy in either direction.
    fileprivate func nearest(height: Int, width: Int) -> Tensor {
        if height >= shape[1] { return resizedNearest(height: height, width: width) }
        let (down, across) = (shape[1] / height, shape[2] / width)
        return slice(starts: [0, 0, 0, 0], extents: [shape[0], height, width, shape[3]], steps: [1, down, across, 1])
    }
}
