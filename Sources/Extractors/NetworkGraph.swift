internal import Graphs

/// A manifest as a graph of the engine. Building it computes the shapes of all layers and their parameters.
struct NetworkGraph {
    /// An array of a layer: kernels are [outputs, height, width, inputs], for depthwise convolutions [height * width, channels]; dense weights are [outputs, inputs].
    struct Parameter {
        let name: String
        let shape: [Int]
    }

    let graph = Graph()
    let batch: Int
    private(set) var tensors: [String: Tensor] = [:]
    private(set) var parameters: [Parameter] = []
    /// Shapes of an example before each dense layer, by layer.
    private(set) var denseInputs: [String: [Int]] = [:]
    /// Channels before each convolution, by layer.
    private(set) var channels: [String: Int] = [:]
    private static let mostElements = 1 << 28

    /// - Errors: `NetworkError` that names the layer
    init(_ manifest: NetworkManifest, batch: Int) throws(NetworkError) {
        self.batch = batch
        tensors[NetworkManifest.images] = graph.input(NetworkManifest.images, [batch, manifest.input.height, manifest.input.width, manifest.input.channels])
        for layer in manifest.layers {
            guard tensors[layer.name] == nil else { throw .layer(layer.name, "the name occurs twice") }
            var inputs: [Tensor] = []
            for input in layer.inputs {
                guard let tensor = tensors[input] else { throw .layer(layer.name, "there is no layer \(input) before it") }
                inputs.append(tensor)
            }
            tensors[layer.name] = try tensor(layer, inputs)
        }
        for (output, layer) in manifest.outputs.sorted(by: { $0.key < $1.key }) {
            guard let tensor = tensors[layer] else { throw NetworkError("output \(output): there is no layer \(layer)") }
            guard tensor.shape.rank == 2 else { throw NetworkError("output \(output): layer \(layer) has pixels; take a global_average of it") }
        }
    }

    /// Images that a thread had best compute together: one, whose activations stay in the caches, or a few where the weights of a dense layer are more than the activations.
    var imagesTogether: Int { parameters.contains { $0.shape.count == 2 && $0.shape.reduce(1, *) > 1 << 24 } ? 4 : 1 }

    /// The values of an output. - Shapes: [batch, features]
    func output(_ layer: String) -> Tensor { tensors[layer]! }

    private mutating func tensor(_ layer: NetworkLayer, _ inputs: [Tensor]) throws(NetworkError) -> Tensor {
        let x = inputs[0]
        let isJoin = layer.kind == .concatenation || layer.kind == .sum
        guard isJoin == (inputs.count > 1) else { throw .layer(layer.name, isJoin ? "needs at least two inputs" : "has \(inputs.count) inputs; one is allowed") }
        switch layer.kind {
        case .convolution(let convolution): return try self.convolution(x, layer.name, convolution)
        case .dense(let outputs, _, let bias, let activation):
            let inputs = x.count / batch
            denseInputs[layer.name] = Array(x.shape.extents.dropFirst())
            try check(layer.name, outputs * inputs)
            let weight = parameter("\(layer.name)/weight", [outputs, inputs])
            let y = Tensor.matmul(x.reshaped([batch, inputs]), weight, transposeB: true)
            return activated(bias == nil ? y : y + parameter("\(layer.name)/bias", [outputs]), activation)
        case .maximumPooling(let window):
            let padding = try padding(x, window, layer.name)
            return x.maxPooled(kernelHeight: window.height, kernelWidth: window.width, stride: window.stride, padding: padding)
        case .averagePooling(let window, let counting):
            let padding = try padding(x, window, layer.name)
            return x.averagePooled(
                kernelHeight: window.height, kernelWidth: window.width, stride: window.stride, padding: padding, countingPadding: counting)
        case .globalAverage:
            try requirePixels(x, layer.name)
            return x.mean(axes: [1, 2])
        case .concatenation:
            guard inputs.allSatisfy({ $0.shape.extents.dropLast() == x.shape.extents.dropLast() }) else { throw .layer(layer.name, "\(shapes(inputs)) differ in more than channels") }
            return Tensor.concatenate(inputs, axis: x.shape.rank - 1)
        case .sum:
            guard inputs.allSatisfy({ $0.shape == x.shape }) else { throw .layer(layer.name, "the shapes \(shapes(inputs)) differ") }
            return inputs.dropFirst().reduce(x, +)
        case .activation(let function): return activated(x, function)
        case .perceptual(_, let epsilon): return try perceptual(x, layer.name, epsilon: Float(epsilon))
        }
    }

    /// - Shapes: [batch, height, width, channels] -> [batch, height width channels]
    private mutating func perceptual(_ x: Tensor, _ name: String, epsilon: Float) throws(NetworkError) -> Tensor {
        try requirePixels(x, name)
        let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
        self.channels[name] = channels
        try check(name, x.count)
        let length = x.squared().sum(axes: [3]).squareRoot().reshaped([batch, height, width, 1]) + epsilon
        let factor = parameter("\(name)/weight", [channels]) * (1 / Float(height * width).squareRoot())
        return (x / length * factor).reshaped([batch, height * width * channels])
    }

    private func shapes(_ tensors: [Tensor]) -> String { tensors.map { "\(Array($0.shape.extents.dropFirst()))" }.joined(separator: ", ") }

    private mutating func convolution(_ x: Tensor, _ name: String, _ layer: NetworkLayer.Convolution) throws(NetworkError) -> Tensor {
        let padding = try padding(x, layer.window, name)
        let (window, inputs) = (layer.window, x.shape[3])
        channels[name] = inputs
        try check(name, layer.outputs * window.height * window.width * (layer.isDepthwise ? 1 : inputs))
        var y: Tensor
        if layer.isDepthwise {
            guard layer.outputs == inputs else { throw .layer(name, "a depthwise convolution of \(inputs) channels has \(layer.outputs) outputs; they must be equal") }
            y = depthwise(x, parameter("\(name)/weight", [window.height * window.width, inputs]), window, padding)
        } else {
            y = x.convolved(with: parameter("\(name)/weight", [layer.outputs, window.height, window.width, inputs]), stride: window.stride, padding: padding)
        }
        try check(name, y.count)
        if layer.bias != nil || layer.normalization != nil { y = y + parameter("\(name)/bias", [layer.outputs]) }
        return activated(y, layer.activation)
    }

    /// The taps of the kernel in row-major order, each a strided view of the image times one weight a channel; the planner makes one kernel of them.
    private func depthwise(_ x: Tensor, _ weight: Tensor, _ window: NetworkLayer.Window, _ padding: ConvolutionGeometry.Padding) -> Tensor {
        let g = ConvolutionGeometry(
            inputHeight: x.shape[1], inputWidth: x.shape[2], kernelHeight: window.height, kernelWidth: window.width, stride: window.stride, padding: padding)
        let below = Swift.max((g.outputHeight - 1) * window.stride + window.height - g.inputHeight - g.padTop, 0)
        let right = Swift.max((g.outputWidth - 1) * window.stride + window.width - g.inputWidth - g.padLeft, 0)
        let padded = x.padded(before: [0, g.padTop, g.padLeft, 0], after: [0, below, right, 0])
        let channels = x.shape[3]
        var sum: Tensor?
        for row in 0..<window.height {
            for column in 0..<window.width {
                let part = padded.slice(
                    starts: [0, row, column, 0], extents: [batch, g.outputHeight, g.outputWidth, channels], steps: [1, window.stride, window.stride, 1])
                let product = part * weight.slice(starts: [row * window.width + column, 0], extents: [1, channels]).reshaped([channels])
                sum = sum.map { $0 + product } ?? product
            }
        }
        return sum!
    }

    private mutating func parameter(_ name: String, _ shape: [Int]) -> Tensor {
        parameters.append(Parameter(name: name, shape: shape))
        return graph.parameter(name, Shape(shape))
    }

    private func activated(_ x: Tensor, _ function: NetworkLayer.Activation) -> Tensor {
        switch function {
        case .none: x
        case .relu: x.relu()
        case .relu6: x.clamped(low: 0, high: 6)
        case .sigmoid: x.sigmoid()
        case .tanh: x.tanh()
        }
    }

    private func requirePixels(_ x: Tensor, _ name: String) throws(NetworkError) {
        guard x.shape.rank == 4 else { throw .layer(name, "its input has no pixels") }
    }

    private func padding(_ x: Tensor, _ window: NetworkLayer.Window, _ name: String) throws(NetworkError) -> ConvolutionGeometry.Padding {
        try requirePixels(x, name)
        let (height, width) = (x.shape[1], x.shape[2])
        switch window.padding {
        case .same: return .same
        case .valid:
            guard window.height <= height, window.width <= width else { throw .layer(name, "the kernel \(window.height)x\(window.width) is larger than its input \(height)x\(width)") }
            return .valid
        case .explicit(let vertical, let horizontal):
            guard window.height <= height + 2 * vertical, window.width <= width + 2 * horizontal else {
                throw .layer(name, "the kernel \(window.height)x\(window.width) is larger than its padded input")
            }
            return .symmetric(vertical: vertical, horizontal: horizontal)
        }
    }

    private func check(_ name: String, _ count: Int) throws(NetworkError) {
        guard count <= Self.mostElements else { throw .layer(name, "\(count) numbers; at most \(Self.mostElements) are supported") }
    }
}
