/// A network as data: what it reads, its layers in order, and its named outputs.
public struct NetworkManifest: Sendable, Equatable {
    /// The network's name: letters, digits, "-", "_" and ".".
    public var name: String
    /// One line for people.
    public var title: String
    /// What is known about the license of the weights.
    public var license: String
    /// Where the weights come from: a sentence for people, who fetch the file themselves.
    public var source: String
    /// What the network reads.
    public var input: Preprocessing
    /// The layers, each after those whose results it reads.
    public var layers: [NetworkLayer]
    /// Layers by the name of the output.
    public var outputs: [String: String]
    /// The output whose values are the features unless another one is chosen.
    public var features: String
    /// The output whose values are the logits of the classes, or nil.
    public var logits: String?
    /// For a format of weights, other names of tensors.
    public var weightNames: [String: [String: String]] = [:]

    /// The name of the network's input among the layers.
    public static let images = "images"
}

extension NetworkManifest {
    /// Whether squared distances of features are perceptual distances (LPIPS).
    public var isPerceptual: Bool {
        let kinds = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
        guard let layer = outputs[features].flatMap({ kinds[$0] }) else { return false }
        func isPerceptual(_ layer: NetworkLayer) -> Bool { if case .perceptual = layer.kind { true } else { false } }
        return isPerceptual(layer) || (layer.kind == .concatenation && layer.inputs.allSatisfy { kinds[$0].map(isPerceptual) ?? false })
    }
}

/// A step of a network.
public struct NetworkLayer: Sendable, Equatable {
    /// The name, unique in its network.
    public var name: String
    /// The layers that it reads; `NetworkManifest.images` is the input.
    public var inputs: [String]
    /// What it computes.
    public var kind: Kind

    /// What a layer computes. Tensors are [batch, height, width, channels] or, after pooling all pixels and dense layers, [batch, features].
    public enum Kind: Sendable, Equatable {
        case convolution(Convolution)
        /// x W + b over all elements of an example. - Parameter outputs: the number of units
        case dense(outputs: Int, weight: String, bias: String?, activation: Activation)
        case maximumPooling(Window)
        /// - Parameter countingPadding: whether padded pixels count as zeros (PyTorch's default) or not at all (TensorFlow)
        case averagePooling(Window, countingPadding: Bool)
        /// The mean of all pixels, per channel.
        case globalAverage
        /// Channels one after another.
        case concatenation
        case sum
        case activation(Activation)
        /// The values of all pixels, each pixel scaled to length 1 over its channels (x / (|x| + epsilon)), each channel times the square root of its weight, all divided by the square root of
        /// the number of pixels. The squared distance of two images in these values is the weighted distance of LPIPS: the mean over pixels of the weighted squares.
        /// - Parameter weight: one non-negative number a channel, [1, channels, 1, 1]
        /// - Source: Zhang et al. 2018, equation 1, and the released code
        case perceptual(weight: String, epsilon: Double)
    }

    /// A function of each element.
    public enum Activation: String, Sendable, CaseIterable { case none, relu, relu6, sigmoid, tanh }

    /// Kernel extent, stride and padding, in pixels.
    public struct Window: Sendable, Equatable {
        public var height: Int, width: Int, stride: Int
        public var padding: Padding
    }

    /// Pixels around an image.
    public enum Padding: Sendable, Equatable {
        /// TensorFlow's: the output has ceil(input / stride) pixels, and an odd pixel of padding is at the bottom or right.
        case same
        case valid
        case explicit(vertical: Int, horizontal: Int)
    }

    /// A convolution, with the batch normalization behind it.
    public struct Convolution: Sendable, Equatable {
        public var outputs: Int
        public var window: Window
        /// Whether each channel has its own kernel (one group a channel).
        public var isDepthwise = false
        public var weight: String
        public var bias: String?
        public var normalization: BatchNormalization?
        public var activation: Activation = .none
    }

    /// Batch normalization with fixed statistics: (x - mean) / sqrt(variance + epsilon) * scale + offset. Values are names of tensors.
    public struct BatchNormalization: Sendable, Equatable {
        public var mean: String, variance: String
        public var scale: String?, offset: String?
        public var epsilon: Double
    }
}

/// From the 8-bit levels of an image to the numbers that a network reads: levels / divisor, resized, then (x - mean) / deviation. A gray image for a network of
/// three channels is repeated.
public struct Preprocessing: Sendable, Equatable {
    public var height: Int, width: Int, channels: Int
    public var resize: ResizeKind
    public var divisor: Double
    /// One number a channel.
    public var mean: [Double], deviation: [Double]

    /// The numbers of one image.
    /// - Shapes: levels [height, width, channels of the image] -> [self.height, self.width, self.channels]
    /// - Precondition: `resizer` has these sizes; the image has 1 channel or as many as the network
    func applied(to levels: ArraySlice<UInt8>, channels given: Int, _ resizer: ImageResizer) -> [Float] {
        let divisor = Float(self.divisor)
        let resized = resizer.resized(levels.map { Float($0) / divisor }, channels: given)
        let mean = mean.map { Float($0) }, deviation = deviation.map { Float($0) }
        var result: [Float] = []
        result.reserveCapacity(height * width * channels)
        for pixel in 0..<height * width {
            for channel in 0..<channels { result.append((resized[pixel * given + (given == 1 ? 0 : channel)] - mean[channel]) / deviation[channel]) }
        }
        return result
    }
}
