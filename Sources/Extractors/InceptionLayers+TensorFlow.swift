/// The names of the tensors in TensorFlow's graph of 2015-12-05: blocks are counted, and so are the convolutions of a tower.
extension InceptionLayers {
    private static let stem = ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"]
    private static let blocks = [
        "Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7a", "Mixed_7b", "Mixed_7c",
    ]

    /// Where a branch is in its block: the tower, and the convolution's number in it.
    private static let towers: [(branch: String, scope: String)] = [
        ("branch1x1", ""), ("branch5x5_1", "tower"), ("branch5x5_2", "tower+1"), ("branch7x7_1", "tower"), ("branch7x7_2", "tower+1"), ("branch7x7_3", "tower+2"),
        ("branch7x7dbl_1", "tower_1"), ("branch7x7dbl_2", "tower_1+1"), ("branch7x7dbl_3", "tower_1+2"), ("branch7x7dbl_4", "tower_1+3"), ("branch7x7dbl_5", "tower_1+4"),
        ("branch3x3_2a", "tower/mixed"), ("branch3x3_2b", "tower/mixed+1"), ("branch3x3_1", "tower"), ("branch3x3_2", "tower+1"), ("branch3x3", ""),
        ("branch3x3dbl_3a", "tower_1/mixed"), ("branch3x3dbl_3b", "tower_1/mixed+1"), ("branch3x3dbl_1", "tower_1"), ("branch3x3dbl_2", "tower_1+1"), ("branch3x3dbl_3", "tower_1+2"),
        ("branch7x7x3_1", "tower_1"), ("branch7x7x3_2", "tower_1+1"), ("branch7x7x3_3", "tower_1+2"), ("branch7x7x3_4", "tower_1+3"), ("branch_pool", "tower_2"),
    ]

    var tensorFlowNames: [String: String] {
        var names = ["fc.weight": "softmax/weights", "fc.bias": "softmax/biases"]
        for layer in layers {
            guard case .convolution = layer.kind, let scope = Self.scope(layer.name) else { continue }
            names["\(layer.name).conv.weight"] = "\(scope)/conv2d_params"
            for (torch, tensorFlow) in [("weight", "gamma"), ("bias", "beta"), ("running_mean", "moving_mean"), ("running_var", "moving_variance")] {
                names["\(layer.name).bn.\(torch)"] = "\(scope)/batchnorm/\(tensorFlow)"
            }
        }
        return names
    }

    private static func scope(_ layer: String) -> String? {
        func counted(_ name: String, _ index: Int) -> String { index == 0 ? name : "\(name)_\(index)" }
        if let index = stem.firstIndex(of: layer) { return counted("conv", index) }
        let parts = layer.split(separator: ".")
        guard parts.count == 2, let block = blocks.firstIndex(of: String(parts[0])), var tower = towers.first(where: { $0.branch == parts[1] })?.scope else { return nil }
        // The double branch of the first reduction comes before all numbered towers.
        if parts[0] == "Mixed_6a", tower.hasPrefix("tower_1") { tower = tower.replacing("tower_1", with: "tower") }
        let place = tower.split(separator: "+")
        let convolution = counted("conv", place.count == 2 ? Int(place[1]) ?? 0 : 0)
        return ([counted("mixed", block)] + (tower.isEmpty ? [] : [String(place[0])]) + [convolution]).joined(separator: "/")
    }
}
