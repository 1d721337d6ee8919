/// The networks of LPIPS, version 0.1: a trunk whose activations after five blocks are compared with learned weights of channels. They read images as they are, of one size, and have
/// the tensors of the state dictionary of `lpips.LPIPS`.
/// - Source: Zhang et al. 2018 and the released code; the trunks are AlexNet and VGG16 of torchvision
extension NetworkManifest {
    /// The size of images unless another one is chosen when weights are imported.
    private static let perceptualSize = 64

    /// A copy for images of another size, which it reads as they are.
    public func reading(height: Int, width: Int) -> NetworkManifest {
        var manifest = self
        (manifest.input.height, manifest.input.width) = (height, width)
        return manifest
    }

    static let lpipsAlex = perceptual(
        "lpips-alex", "LPIPS 0.1 with AlexNet",
        [
            [.convolution("net.slice1.0", 64, 11, stride: 4, padding: 2)], [.pool(3), .convolution("net.slice2.3", 192, 5, padding: 2)],
            [.pool(3), .convolution("net.slice3.6", 384, 3, padding: 1)], [.convolution("net.slice4.8", 256, 3, padding: 1)],
            [.convolution("net.slice5.10", 256, 3, padding: 1)],
        ])

    static let lpipsVGG = perceptual(
        "lpips-vgg", "LPIPS 0.1 with VGG16",
        [
            [.convolution("net.slice1.0", 64, 3, padding: 1), .convolution("net.slice1.2", 64, 3, padding: 1)],
            pooled("net.slice2", [5, 7], 128), pooled("net.slice3", [10, 12, 14], 256), pooled("net.slice4", [17, 19, 21], 512), pooled("net.slice5", [24, 26, 28], 512),
        ])

    /// A block of VGG16 but the first.
    private static func pooled(_ slice: String, _ indices: [Int], _ outputs: Int) -> [Step] {
        [Step.pool(2)] + indices.map { Step.convolution("\(slice).\($0)", outputs, 3, padding: 1) }
    }

    /// A step of a block.
    private enum Step {
        /// Followed by ReLU.
        case convolution(_ name: String, _ outputs: Int, _ kernel: Int, stride: Int = 1, padding: Int)
        /// The maximum, with stride 2.
        case pool(_ kernel: Int)
    }

    private static func perceptual(_ name: String, _ title: String, _ blocks: [[Step]]) -> NetworkManifest {
        var layers: [NetworkLayer] = [], last = images, distances: [String] = []
        for (block, steps) in blocks.enumerated() {
            for step in steps {
                let layer: NetworkLayer
                switch step {
                case .convolution(let name, let outputs, let kernel, let stride, let padding):
                    let convolution = NetworkLayer.Convolution(
                        outputs: outputs, window: .init(height: kernel, width: kernel, stride: stride, padding: .explicit(vertical: padding, horizontal: padding)),
                        weight: "\(name).weight", bias: "\(name).bias", activation: .relu)
                    layer = NetworkLayer(name: name, inputs: [last], kind: .convolution(convolution))
                case .pool(let kernel):
                    layer = NetworkLayer(name: "pool\(block)", inputs: [last], kind: .maximumPooling(.init(height: kernel, width: kernel, stride: 2, padding: .valid)))
                }
                layers.append(layer)
                last = layer.name
            }
            distances.append("lin\(block)")
            layers.append(NetworkLayer(name: "lin\(block)", inputs: [last], kind: .perceptual(weight: "lin\(block).model.1.weight", epsilon: 1e-10)))
        }
        layers.append(NetworkLayer(name: "lpips", inputs: distances, kind: .concatenation))
        return NetworkManifest(
            name: name, title: title,
            license: "LPIPS's linear weights are published under the BSD 2-Clause License, torchvision's trunk under the BSD 3-Clause License; trained on ImageNet, whose terms allow research use.",
            source: "torch.save(lpips.LPIPS(net=...).state_dict(), FILE), which fetches both parts",
            // 2 x - 1, then (x - shift) / scale as the released code has them.
            input: Preprocessing(
                height: perceptualSize, width: perceptualSize, channels: 3, resize: .none, divisor: 255, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]),
            layers: layers, outputs: ["lpips": "lpips"], features: "lpips", logits: nil)
    }
}
