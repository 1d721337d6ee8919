internal import Archives
internal import Weights

/// Makes the arrays of an archive from the tensors of a file: kernels and dense weights with their axes in the engine's order, and batch normalization folded
/// into weight and bias, in double precision, rounded once.
struct WeightConversion {
    private let manifest: NetworkManifest
    private let graph: NetworkGraph
    private let tensors: [String: WeightTensor]
    private let names: [String: String]
    private let isChannelsLast: Bool
    /// Tensors of the file that the network has no use for, sorted.
    let unused: [String]

    /// - Errors: `NetworkError` for an impossible network
    init(_ manifest: NetworkManifest, _ file: WeightFile) throws(NetworkError) {
        self.manifest = manifest
        graph = try NetworkGraph(manifest, batch: 1)
        tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
        names = manifest.weightNames[file.format.rawValue] ?? [:]
        isChannelsLast = file.format.isChannelsLast
        let (own, names) = (manifest.tensorNames, names)
        let used = Set(own.map { names[$0] ?? $0 })
        unused = file.tensors.map(\.name).filter { !used.contains($0) }
    }

    /// - Errors: `NetworkError` for a missing tensor, or one of another shape, with both shapes
    func entries() throws(NetworkError) -> [ArrayEntry] {
        var entries: [ArrayEntry] = []
        for layer in manifest.layers {
            switch layer.kind {
            case .convolution(let convolution): entries += try self.convolution(layer.name, convolution)
            case .dense(let outputs, let weight, let bias, _):
                entries.append(ArrayEntry(
                    name: "\(layer.name)/weight", shape: [outputs, graph.denseInputs[layer.name]!.reduce(1, *)],
                    elements: .float32(try dense(layer.name, weight, outputs))))
                if let bias { entries.append(ArrayEntry(name: "\(layer.name)/bias", shape: [outputs], elements: .float32(try vector(bias, outputs, layer.name)))) }
            case .perceptual(let weight, _):
                entries.append(ArrayEntry(name: "\(layer.name)/weight", shape: [graph.channels[layer.name]!], elements: .float32(try roots(weight, layer.name))))
            default: break
            }
        }
        return entries
    }

    private func tensor(_ name: String, _ shape: [Int], _ layer: String) throws(NetworkError) -> [Float] {
        let wanted = names[name] ?? name
        guard let tensor = tensors[wanted] else {
            throw NetworkError("the file has no tensor \(wanted), which layer \(layer) needs with the shape \(shape)")
        }
        guard tensor.shape == shape else { throw .shape(wanted, expected: shape, actual: tensor.shape, layer: layer) }
        guard let bad = tensor.values.firstIndex(where: { !$0.isFinite }) else { return tensor.values }
        throw NetworkError("tensor \(wanted): element \(bad) is not finite")
    }

    /// Square roots of the weights of channels.
    private func roots(_ weight: String, _ layer: String) throws(NetworkError) -> [Float] {
        let count = graph.channels[layer]!, values = try tensor(weight, isChannelsLast ? [1, 1, count, 1] : [1, count, 1, 1], layer)
        if let bad = values.firstIndex(where: { $0 < 0 }) { throw NetworkError("tensor \(names[weight] ?? weight): element \(bad) is negative, and so no weight of a distance") }
        return values.map { Float(Double($0).squareRoot()) }
    }

    private func vector(_ name: String, _ count: Int, _ layer: String) throws(NetworkError) -> [Float] { try tensor(name, [count], layer) }

    private func convolution(_ name: String, _ layer: NetworkLayer.Convolution) throws(NetworkError) -> [ArrayEntry] {
        let (outputs, taps) = (layer.outputs, layer.window.height * layer.window.width)
        let inputs = layer.isDepthwise ? 1 : graph.channels[name]!
        // In a row for each output: taps times inputs.
        var rows = try kernel(name, layer, inputs)
        var bias = try layer.bias.map { (bias) throws(NetworkError) in try vector(bias, outputs, name) } ?? [Float](repeating: 0, count: outputs)
        if let normalization = layer.normalization {
            let folded = try fold(normalization, name, outputs)
            let length = taps * inputs
            for output in 0..<outputs {
                let scale = folded.scale[output]
                for place in output * length..<(output + 1) * length { rows[place] = Float(Double(rows[place]) * scale) }
                bias[output] = Float(Double(bias[output]) * scale + folded.offset[output])
            }
        }
        var entries = [
            layer.isDepthwise
                ? ArrayEntry(name: "\(name)/weight", shape: [taps, outputs], elements: .float32(Self.transposed(rows, rows: outputs, columns: taps)))
                : ArrayEntry(name: "\(name)/weight", shape: [outputs, layer.window.height, layer.window.width, inputs], elements: .float32(rows)),
        ]
        if layer.bias != nil || layer.normalization != nil { entries.append(ArrayEntry(name: "\(name)/bias", shape: [outputs], elements: .float32(bias))) }
        return entries
    }

    /// The kernel as [outputs, height, width, inputs].
    private func kernel(_ name: String, _ layer: NetworkLayer.Convolution, _ inputs: Int) throws(NetworkError) -> [Float] {
        let (outputs, height, width) = (layer.outputs, layer.window.height, layer.window.width)
        if isChannelsLast {
            // TensorFlow: [height, width, in, out], depthwise [height, width, channels, 1].
            let shape = layer.isDepthwise ? [height, width, outputs, 1] : [height, width, inputs, outputs]
            return Self.transposed(try tensor(layer.weight, shape, name), rows: height * width * inputs, columns: outputs)
        }
        let values = try tensor(layer.weight, [outputs, inputs, height, width], name)
        let taps = height * width, length = inputs * taps
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for output in 0..<outputs { result += Self.transposed(Array(values[output * length..<(output + 1) * length]), rows: inputs, columns: taps) }
        return result
    }

    private func fold(_ layer: NetworkLayer.BatchNormalization, _ name: String, _ outputs: Int) throws(NetworkError) -> (scale: [Double], offset: [Double]) {
        let mean = try vector(layer.mean, outputs, name), variance = try vector(layer.variance, outputs, name)
        let scale = try layer.scale.map { (tensor) throws(NetworkError) in try vector(tensor, outputs, name) } ?? [Float](repeating: 1, count: outputs)
        let offset = try layer.offset.map { (tensor) throws(NetworkError) in try vector(tensor, outputs, name) } ?? [Float](repeating: 0, count: outputs)
        var scales: [Double] = [], offsets: [Double] = []
        for index in 0..<outputs {
            let square = Double(variance[index]) + layer.epsilon
            guard square > 0 else { throw NetworkError("tensor \(names[layer.variance] ?? layer.variance): element \(index) is not a variance") }
            let factor = Double(scale[index]) / square.squareRoot()
            scales.append(factor)
            offsets.append(Double(offset[index]) - Double(mean[index]) * factor)
        }
        return (scales, offsets)
    }

    /// Dense weights as [outputs, inputs]. The elements of an image are in the engine's order [height, width, channels]; PyTorch's are [channels, height, width].
    private func dense(_ name: String, _ weight: String, _ outputs: Int) throws(NetworkError) -> [Float] {
        let input = graph.denseInputs[name]!, count = input.reduce(1, *)
        if isChannelsLast { return Self.transposed(try tensor(weight, [count, outputs], name), rows: count, columns: outputs) }
        let values = try tensor(weight, [outputs, count], name)
        guard input.count == 3, input[0] * input[1] > 1 else { return values }
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for output in 0..<outputs {
            result += Self.transposed(Array(values[output * count..<(output + 1) * count]), rows: input[2], columns: input[0] * input[1])
        }
        return result
    }

    private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
            for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
        }
        return result
    }
}

extension NetworkManifest {
    /// The names of all tensors that the layers need, in order.
    var tensorNames: [String] {
        layers.flatMap { layer -> [String] in
            switch layer.kind {
            case .convolution(let c):
                [c.weight, c.bias, c.normalization?.mean, c.normalization?.variance, c.normalization?.scale, c.normalization?.offset].compactMap(\.self)
            case .dense(_, let weight, let bias, _): [weight, bias].compactMap(\.self)
            case .perceptual(let weight, _): [weight]
            default: []
            }
        }
    }
}
