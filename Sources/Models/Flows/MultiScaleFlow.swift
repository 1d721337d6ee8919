import Graphs

/// Squeeze: each 2x2 block of pixels becomes one pixel of four times as many channels; channel 4c + 2 dy + dx of the result is channel c of pixel (dy, dx) of the block.
/// - Shapes: [batch, h, w, c] -> [batch, h/2, w/2, 4c]; the inverse is the unsqueeze
/// - Source: Dinh et al. 2017, section 3.6
struct Squeeze: FlowLayer {
    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult {
        let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        precondition(h % 2 == 0 && w % 2 == 0, "squeeze of \(x.shape): height and width must be even")
        let blocks = x.reshaped([n, h / 2, 2, w / 2, 2, c]).permuted([0, 1, 3, 5, 2, 4])
        return FlowResult(ofConstantVolume: blocks.reshaped([n, h / 2, w / 2, 4 * c]))
    }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult {
        let (n, h, w, c) = (z.shape[0], z.shape[1], z.shape[2], z.shape[3] / 4)
        precondition(z.shape[3] % 4 == 0, "unsqueeze of \(z.shape): the channels must be a multiple of 4")
        let blocks = z.reshaped([n, h, w, c, 2, 2]).permuted([0, 1, 4, 2, 5, 3])
        return FlowResult(ofConstantVolume: blocks.reshaped([n, 2 * h, 2 * w, c]))
    }
}

/// Split with a learned prior: the first half of the channels passes on and determines mean and deviation of the others, which leave as standard normal latents
/// (x2 - mean) exp(-s). The log-determinant -sum(s) completes log N(x2; mean, exp(2 s)) to the density of these latents.
/// - Source: Dinh et al. 2017, section 3.6; the learned prior is that of Glow's released code
struct LearnedSplit: Sendable {
    /// Prefix of the parameters.
    let name: String

    /// What passes, and what leaves.
    struct Halves {
        var passed: Tensor
        var latents: Tensor
        var logDeterminant: Tensor
    }

    private func prior(_ passed: Tensor, _ channels: Int, _ context: FlowContext) -> (mean: Tensor, logDeviation: Tensor) {
        let outputs = ZeroConvolution(name: "\(name)/convolution").outputs(passed, count: 2 * channels, context)
        return (outputs.channels(0, count: channels), outputs.channels(channels, count: channels))
    }

    func forward(_ x: Tensor, _ context: FlowContext) -> Halves {
        let half = x.shape[3] / 2, passed = x.channels(0, count: half), rest = x.shape[3] - half
        let (mean, logDeviation) = prior(passed, rest, context)
        let latents = (x.channels(half, count: rest) - mean) * (-logDeviation).exp()
        return Halves(passed: passed, latents: latents, logDeterminant: -logDeviation.sumPerExample())
    }

    func inverse(_ passed: Tensor, _ latents: Tensor, _ context: FlowContext) -> FlowResult {
        let (mean, logDeviation) = prior(passed, latents.shape[3], context)
        return FlowResult(
            Tensor.concatenate([passed, mean + latents * logDeviation.exp()], axis: 3), logDeterminant: logDeviation.sumPerExample())
    }
}

/// A multi-scale flow: levels one after another; after a level with a split, half of the channels leave as latents. All latents are standard normal under the model.
/// - Shapes: images [batch, h, w, c] -> latents [batch, h w c]: those of the first split first, each in the order of their image
struct MultiScaleFlow: FlowLayer {
    /// The layers of one level, and how latents leave after it; nil if all channels pass on.
    struct Level: Sendable {
        let layers: FlowSequence
        let split: LearnedSplit?
        /// Shape of one example's activations after the layers, before the split.
        let shape: ExampleShape
    }

    let levels: [Level]
    /// Shape of one example.
    let images: ExampleShape

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult {
        var result = FlowResult(ofConstantVolume: x)
        var latents: [Tensor] = []
        for (index, level) in levels.enumerated() {
            result = result.followed(by: level.layers.forward(result.value, context.level(index)))
            guard let split = level.split else { continue }
            let halves = split.forward(result.value, context)
            latents.append(halves.latents)
            result = FlowResult(halves.passed, logDeterminant: result.logDeterminant + halves.logDeterminant)
        }
        latents.append(result.value)
        let flat = latents.map { $0.reshaped([x.shape[0], $0.count / x.shape[0]]) }
        return FlowResult(Tensor.concatenate(flat, axis: 1), logDeterminant: result.logDeterminant)
    }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult {
        var latents = parts(z)
        var result = FlowResult(ofConstantVolume: latents.removeLast())
        for (index, level) in levels.enumerated().reversed() {
            if let split = level.split {
                result = result.followed(by: split.inverse(result.value, latents.removeLast(), context))
            }
            result = result.followed(by: level.layers.inverse(result.value, context.level(index)))
        }
        return result
    }

    /// The latents of each split and of the end, as images.
    private func parts(_ z: Tensor) -> [Tensor] {
        var start = 0
        return latentShapes.map { shape in
            defer { start += shape.count }
            return z.slice(starts: [0, start], extents: [z.shape[0], shape.count]).reshaped([z.shape[0], shape.height, shape.width, shape.channels])
        }
    }

    /// Shapes of an example's latents: those of each split, then those of the end.
    var latentShapes: [ExampleShape] {
        var last = images
        var found: [ExampleShape] = []
        for level in levels {
            last = level.shape
            guard level.split != nil else { continue }
            let half = last.channels / 2
            found.append(ExampleShape(height: last.height, width: last.width, channels: last.channels - half))
            last = ExampleShape(height: last.height, width: last.width, channels: half)
        }
        return found + [last]
    }
}
