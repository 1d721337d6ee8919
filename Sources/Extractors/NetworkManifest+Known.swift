/// The networks that published scores use. Nobody may pass on their weights with this program: people bring the file.
extension NetworkManifest {
    /// All of them, sorted by name. The first five are one network under the names of the evaluation protocols that differ in preprocessing.
    public static let known: [NetworkManifest] = [clean, fid2015, inceptionTorchvision, legacyPyTorch, lpipsAlex, lpipsVGG, pytorchFID, torchFidelity, vgg16, vgg16TorchFidelity].sorted { $0.name < $1.name }

    /// The network of this name, or nil.
    public static func known(named name: String) -> NetworkManifest? { known.first { $0.name == name } }

    private static let fidSource = "classify_image_graph_def.pb, alone or in inception-2015-12-05.tgz, or pytorch-fid's conversion pt_inception-2015-12-05-6726825d.pth"
    private static let fidLicense = "Weights of Inception-v3 published by Google with TensorFlow's image recognition tutorial under the Apache License 2.0; trained on ImageNet, whose terms allow research use."

    /// - Parameter middle: what becomes 0, in levels or, with `isUnit`, as a fraction of 255; twice as much becomes 1
    private static func fid(_ name: String, _ title: String, _ resize: ResizeKind, isUnit: Bool = false, middle: Double = 128) -> NetworkManifest {
        InceptionLayers(isFID: true).manifest(
            name, title, license: fidLicense, source: fidSource,
            Preprocessing(
                height: 299, width: 299, channels: 3, resize: resize, divisor: isUnit ? 255 : 1, mean: [middle, middle, middle], deviation: [middle, middle, middle]))
    }

    private static let fid2015 = fid("fid-tf-2015", "FID as published in 2017: TensorFlow's graph of 2015-12-05 with its own bilinear resize", .tensorFlow1)
    private static let torchFidelity = fid("torch-fidelity", "FID, IS and KID of torch-fidelity: the same as fid-tf-2015", .tensorFlow1)
    private static let pytorchFID = fid("pytorch-fid", "FID of pytorch-fid: the same weights, PyTorch's bilinear resize, levels divided by 255", .torch, isUnit: true, middle: 0.5)
    private static let clean = fid("clean", "FID of clean-fid, mode clean: the same weights, Pillow's antialiased bicubic resize in single precision", .pillow)
    private static let legacyPyTorch = fid("legacy_pytorch", "FID of clean-fid, mode legacy_pytorch: as pytorch-fid, but levels are resized before they are scaled", .torch, middle: 127.5)

    private static let inceptionTorchvision = InceptionLayers(isFID: false).manifest(
        "inception-v3-torchvision", "Inception-v3 of torchvision", license: "Weights published by torchvision under the BSD 3-Clause License; trained on ImageNet, whose terms allow research use.",
        source: "torchvision's inception_v3_google-0cc3c7bd.pth",
        Preprocessing(height: 299, width: 299, channels: 3, resize: .torch, divisor: 255, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5]))

    private static let vgg16: NetworkManifest = {
        var layers: [NetworkLayer] = [], index = 0
        for (block, (channels, count)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated() {
            for _ in 0..<count {
                let convolution = NetworkLayer.Convolution(
                    outputs: channels, window: .init(height: 3, width: 3, stride: 1, padding: .explicit(vertical: 1, horizontal: 1)), weight: "features.\(index).weight",
                    bias: "features.\(index).bias", activation: .relu)
                layers.append(NetworkLayer(name: "features.\(index)", inputs: [layers.last?.name ?? images], kind: .convolution(convolution)))
                index += 2
            }
            layers.append(NetworkLayer(name: "pool\(block + 1)", inputs: [layers.last!.name], kind: .maximumPooling(.init(height: 2, width: 2, stride: 2, padding: .valid))))
            index += 1
        }
        for (name, place, outputs, activation) in [("fc6", 0, 4096, NetworkLayer.Activation.relu), ("fc7", 3, 4096, .relu), ("fc8", 6, 1000, .none)] {
            layers.append(NetworkLayer(
                name: name, inputs: [layers.last!.name],
                kind: .dense(outputs: outputs, weight: "classifier.\(place).weight", bias: "classifier.\(place).bias", activation: activation)))
        }
        return NetworkManifest(
            name: "vgg16-torchvision", title: "VGG16 of torchvision, layer fc7 after its rectifier",
            license: "Weights published by torchvision under the BSD 3-Clause License; trained on ImageNet, whose terms allow research use.",
            source: "torchvision's vgg16-397923af.pth",
            input: Preprocessing(
                height: 224, width: 224, channels: 3, resize: .torch, divisor: 255, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]),
            layers: layers, outputs: ["fc6": "fc6", "fc7": "fc7", "logits": "fc8"], features: "fc7", logits: "logits")
    }()
}

extension NetworkManifest {
    /// The weights of torchvision behind torch-fidelity's preprocessing: its precision and recall.
    private static let vgg16TorchFidelity: NetworkManifest = {
        var network = vgg16
        network.name = "vgg16-torch-fidelity"
        network.title = "Precision and recall of torch-fidelity: torchvision's VGG16 behind TensorFlow's bilinear resize"
        let (mean, deviation) = (network.input.mean.map { 255 * $0 }, network.input.deviation.map { 255 * $0 })
        network.input = Preprocessing(height: 224, width: 224, channels: 3, resize: .tensorFlow1, divisor: 1, mean: mean, deviation: deviation)
        return network
    }()
}

/// The layers of Inception-v3, by the names of torchvision.
/// - Source: Szegedy et al. 2016, and the two published implementations. The graph of 2015-12-05 leaves padded pixels out of average pooling, pools by the maximum
///   in its last block, and has 1008 classes.
struct InceptionLayers {
    let isFID: Bool
    private(set) var layers: [NetworkLayer] = []

    init(isFID: Bool) {
        self.isFID = isFID
        build()
    }

    func manifest(_ name: String, _ title: String, license: String, source: String, _ input: Preprocessing) -> NetworkManifest {
        var manifest = NetworkManifest(
            name: name, title: title, license: license, source: source, input: input, layers: layers,
            outputs: ["64": "mean_64", "192": "mean_192", "768": "mean_768", "2048": "mean_2048", "logits": "logits", "logits_unbiased": "logits_unbiased"],
            features: "2048", logits: isFID ? "logits_unbiased" : "logits")
        if isFID { manifest.weightNames = ["tensorflow-graph": tensorFlowNames] }
        return manifest
    }

    private mutating func build() {
        convolution("Conv2d_1a_3x3", NetworkManifest.images, 32, 3, 3, stride: 2, isPadded: false)
        convolution("Conv2d_2a_3x3", last, 32, 3, 3, isPadded: false)
        convolution("Conv2d_2b_3x3", last, 64, 3, 3)
        pool("maxpool1", last)
        mean("mean_64", "maxpool1")
        convolution("Conv2d_3b_1x1", "maxpool1", 80, 1, 1)
        convolution("Conv2d_4a_3x3", last, 192, 3, 3, isPadded: false)
        pool("maxpool2", last)
        mean("mean_192", "maxpool2")
        var x = "maxpool2"
        for (name, features) in [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)] { x = blockA(name, x, features) }
        x = blockB("Mixed_6a", x)
        for (name, inner) in [("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)] { x = blockC(name, x, inner) }
        mean("mean_768", x)
        x = blockD("Mixed_7a", x)
        x = blockE("Mixed_7b", x, isMaximum: false)
        x = blockE("Mixed_7c", x, isMaximum: isFID)
        mean("mean_2048", x)
        let classes = isFID ? 1008 : 1000
        dense("logits_unbiased", classes, bias: nil)
        dense("logits", classes, bias: "fc.bias")
    }

    private var last: String { layers.last!.name }

    private mutating func mean(_ name: String, _ input: String) { layers.append(NetworkLayer(name: name, inputs: [input], kind: .globalAverage)) }

    private mutating func dense(_ name: String, _ classes: Int, bias: String?) {
        layers.append(NetworkLayer(name: name, inputs: ["mean_2048"], kind: .dense(outputs: classes, weight: "fc.weight", bias: bias, activation: .none)))
    }

    private mutating func pool(_ name: String, _ input: String) {
        layers.append(NetworkLayer(name: name, inputs: [input], kind: .maximumPooling(.init(height: 3, width: 3, stride: 2, padding: .valid))))
    }

    /// A convolution without bias, batch normalization, and a rectifier.
    @discardableResult
    private mutating func convolution(
        _ name: String, _ input: String, _ outputs: Int, _ height: Int, _ width: Int, stride: Int = 1, isPadded: Bool = true
    ) -> String {
        let isPointwise = height == 1 && width == 1
        let window = NetworkLayer.Window(
            height: height, width: width, stride: stride,
            padding: isPadded && !isPointwise ? .explicit(vertical: height / 2, horizontal: width / 2) : .valid)
        let normalization = NetworkLayer.BatchNormalization(
            mean: "\(name).bn.running_mean", variance: "\(name).bn.running_var", scale: "\(name).bn.weight", offset: "\(name).bn.bias", epsilon: 0.001)
        let layer = NetworkLayer.Convolution(outputs: outputs, window: window, weight: "\(name).conv.weight", normalization: normalization, activation: .relu)
        layers.append(NetworkLayer(name: name, inputs: [input], kind: .convolution(layer)))
        return name
    }

    private mutating func pooled(_ block: String, _ input: String, isMaximum: Bool = false) -> String {
        let window = NetworkLayer.Window(height: 3, width: 3, stride: 1, padding: .explicit(vertical: 1, horizontal: 1))
        layers.append(NetworkLayer(
            name: "\(block).pool", inputs: [input], kind: isMaximum ? .maximumPooling(window) : .averagePooling(window, countingPadding: !isFID)))
        return last
    }

    private mutating func joined(_ block: String, _ parts: [String]) -> String {
        layers.append(NetworkLayer(name: block, inputs: parts, kind: .concatenation))
        return block
    }

    private mutating func blockA(_ block: String, _ x: String, _ features: Int) -> String {
        let one = convolution("\(block).branch1x1", x, 64, 1, 1)
        convolution("\(block).branch5x5_1", x, 48, 1, 1)
        let five = convolution("\(block).branch5x5_2", last, 64, 5, 5)
        convolution("\(block).branch3x3dbl_1", x, 64, 1, 1)
        convolution("\(block).branch3x3dbl_2", last, 96, 3, 3)
        let double = convolution("\(block).branch3x3dbl_3", last, 96, 3, 3)
        let pool = convolution("\(block).branch_pool", pooled(block, x), features, 1, 1)
        return joined(block, [one, five, double, pool])
    }

    private mutating func blockB(_ block: String, _ x: String) -> String {
        let three = convolution("\(block).branch3x3", x, 384, 3, 3, stride: 2, isPadded: false)
        convolution("\(block).branch3x3dbl_1", x, 64, 1, 1)
        convolution("\(block).branch3x3dbl_2", last, 96, 3, 3)
        let double = convolution("\(block).branch3x3dbl_3", last, 96, 3, 3, stride: 2, isPadded: false)
        pool("\(block).pool", x)
        return joined(block, [three, double, last])
    }

    private mutating func blockC(_ block: String, _ x: String, _ inner: Int) -> String {
        let one = convolution("\(block).branch1x1", x, 192, 1, 1)
        convolution("\(block).branch7x7_1", x, inner, 1, 1)
        convolution("\(block).branch7x7_2", last, inner, 1, 7)
        let seven = convolution("\(block).branch7x7_3", last, 192, 7, 1)
        convolution("\(block).branch7x7dbl_1", x, inner, 1, 1)
        convolution("\(block).branch7x7dbl_2", last, inner, 7, 1)
        convolution("\(block).branch7x7dbl_3", last, inner, 1, 7)
        convolution("\(block).branch7x7dbl_4", last, inner, 7, 1)
        let double = convolution("\(block).branch7x7dbl_5", last, 192, 1, 7)
        let pool = convolution("\(block).branch_pool", pooled(block, x), 192, 1, 1)
        return joined(block, [one, seven, double, pool])
    }

    private mutating func blockD(_ block: String, _ x: String) -> String {
        convolution("\(block).branch3x3_1", x, 192, 1, 1)
        let three = convolution("\(block).branch3x3_2", last, 320, 3, 3, stride: 2, isPadded: false)
        convolution("\(block).branch7x7x3_1", x, 192, 1, 1)
        convolution("\(block).branch7x7x3_2", last, 192, 1, 7)
        convolution("\(block).branch7x7x3_3", last, 192, 7, 1)
        let seven = convolution("\(block).branch7x7x3_4", last, 192, 3, 3, stride: 2, isPadded: false)
        pool("\(block).pool", x)
        return joined(block, [three, seven, last])
    }

    private mutating func blockE(_ block: String, _ x: String, isMaximum: Bool) -> String {
        let one = convolution("\(block).branch1x1", x, 320, 1, 1)
        let three = convolution("\(block).branch3x3_1", x, 384, 1, 1)
        let threes = [convolution("\(block).branch3x3_2a", three, 384, 1, 3), convolution("\(block).branch3x3_2b", three, 384, 3, 1)]
        convolution("\(block).branch3x3dbl_1", x, 448, 1, 1)
        let double = convolution("\(block).branch3x3dbl_2", last, 384, 3, 3)
        let doubles = [convolution("\(block).branch3x3dbl_3a", double, 384, 1, 3), convolution("\(block).branch3x3dbl_3b", double, 384, 3, 1)]
        let pool = convolution("\(block).branch_pool", pooled(block, x, isMaximum: isMaximum), 192, 1, 1)
        return joined(block, [one] + threes + doubles + [pool])
    }
}
