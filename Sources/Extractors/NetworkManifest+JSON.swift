public import Canonical

// The form of a manifest in a file (docs/extractors.md).

extension NetworkManifest {
    static let format = "fidelio network 1"
    static let mostLayers = 2000

    /// Reads a manifest.
    /// - Errors: `FieldError` for the first unknown, missing, or impossible field
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        _ = try fields.oneOf("format", [Self.format])
        name = try fields.string("name", maximumBytes: 100)
        guard Self.isName(name) else { throw fields.error("name", "must consist of letters, digits, \"-\", \"_\" and \".\"") }
        title = try fields.optionalString("title") ?? name
        license = try fields.optionalString("license") ?? "unknown"
        source = try fields.optionalString("source") ?? "unknown"
        input = try Preprocessing(&fields)
        var layers: [NetworkLayer] = []
        for (index, layer) in try fields.array("layers", count: 1...Self.mostLayers).enumerated() {
            layers.append(try NetworkLayer(layer, path: fields.path(of: "layers[\(index)]"), after: layers.last?.name ?? Self.images))
        }
        self.layers = layers
        outputs = try Self.texts(&fields, "outputs") ?? [:]
        guard !outputs.isEmpty else { throw fields.error("outputs", "must name at least one output") }
        features = try fields.oneOf("features", outputs.keys.sorted())
        logits = try fields.optionalOneOf("logits", outputs.keys.sorted())
        weightNames = [:]
        if var names = try fields.optionalObject("weight_names") {
            for key in names.keys { weightNames[key] = try Self.texts(&names, key) }
            try names.finish()
        }
        try fields.finish()
    }

    private static func texts(_ fields: inout FieldReader, _ key: String) throws(FieldError) -> [String: String]? {
        guard var inner = try fields.optionalObject(key) else { return nil }
        var result: [String: String] = [:]
        for key in inner.keys { result[key] = try inner.string(key, maximumBytes: 500) }
        return result
    }

    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isLetter && $0 < 128 || 0x30...0x39 ~= $0 || "-_.".utf8.contains($0) }
    }

    /// The canonical form.
    public var json: JSONValue {
        var members = functional.objectValue ?? [:]
        members["format"] = .string(Self.format)
        (members["name"], members["title"], members["license"], members["source"]) = (.string(name), .string(title), .string(license), .string(source))
        (members["features"], members["logits"]) = (.string(features), logits.map { .string($0) })
        if !weightNames.isEmpty { members["weight_names"] = .object(weightNames.mapValues { .object($0.mapValues { .string($0) }) }) }
        return .object(members)
    }

    /// The digest of what the values depend on but the weights: layers, preprocessing, outputs.
    public var functionalDigest: Digest { functional.digest }

    /// What the values depend on: no titles, and no names of tensors in files.
    var functional: JSONValue {
        ["input": input.json, "layers": .array(layers.map(\.json)), "outputs": .object(outputs.mapValues { .string($0) })]
    }
}

extension Preprocessing {
    fileprivate init(_ fields: inout FieldReader) throws(FieldError) {
        var inner = try fields.object("input")
        height = try inner.integer("height", in: 1...2048)
        width = try inner.integer("width", in: 1...2048)
        let channels = try inner.integer("channels", in: 1...3)
        guard channels != 2 else { throw inner.error("channels", "must be 1 or 3") }
        self.channels = channels
        resize = ResizeKind(rawValue: try inner.oneOf("resize", ResizeKind.allCases.map(\.rawValue)))!
        divisor = try inner.optionalNumber("divisor", in: 1...255) ?? 1
        guard divisor == 1 || (resize != .pillow && resize != .pillow8) else { throw inner.error("divisor", "must be 1 with \(resize.rawValue), which clips to 0...255") }
        mean = try Self.numbers(&inner, "mean", channels) ?? [Double](repeating: 0, count: channels)
        deviation = try Self.numbers(&inner, "deviation", channels) ?? [Double](repeating: 1, count: channels)
        guard deviation.allSatisfy({ $0 > 0 }) else { throw inner.error("deviation", "must be positive") }
        try inner.finish()
    }

    private static func numbers(_ fields: inout FieldReader, _ key: String, _ count: Int) throws(FieldError) -> [Double]? {
        guard let values = try fields.optionalArray(key, count: count...count) else { return nil }
        let numbers = values.compactMap { $0.numberValue }
        guard numbers.count == count, numbers.allSatisfy({ abs($0) <= 1000 }) else { throw fields.error(key, "must be \(count) numbers of at most 1000") }
        return numbers
    }

    var json: JSONValue {
        [
            "height": .integer(Int64(height)), "width": .integer(Int64(width)), "channels": .integer(Int64(channels)), "resize": .string(resize.rawValue),
            "divisor": .number(divisor), "mean": .array(mean.map { .number($0) }), "deviation": .array(deviation.map { .number($0) }),
        ]
    }
}

extension NetworkLayer {
    private static let kinds = [
        "convolution", "depthwise_convolution", "dense", "max_pooling", "average_pooling", "global_average", "concatenation", "sum", "perceptual",
    ] + Activation.allCases.filter { $0 != .none }.map(\.rawValue)

    fileprivate init(_ json: JSONValue, path: String, after previous: String) throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        name = try fields.string("name", maximumBytes: 100)
        guard NetworkManifest.isName(name), name != NetworkManifest.images else { throw fields.error("name", "must consist of letters, digits, \"-\", \"_\" and \".\"") }
        inputs = try fields.optionalStrings("inputs", count: 1...64) ?? [previous]
        let word = try fields.oneOf("kind", Self.kinds)
        switch word {
        case "convolution", "depthwise_convolution": kind = .convolution(try Convolution(&fields, isDepthwise: word != "convolution"))
        case "dense":
            kind = .dense(
                outputs: try fields.integer("outputs", in: 1...65536), weight: try fields.string("weight"), bias: try fields.optionalString("bias"),
                activation: try Activation(&fields))
        case "max_pooling": kind = .maximumPooling(try Window(&fields))
        case "average_pooling": kind = .averagePooling(try Window(&fields), countingPadding: try fields.optionalBool("counting_padding") ?? false)
        case "global_average": kind = .globalAverage
        case "concatenation": kind = .concatenation
        case "sum": kind = .sum
        case "perceptual": kind = .perceptual(weight: try fields.string("weight"), epsilon: try fields.optionalNumber("epsilon", in: 1e-30...1) ?? 1e-10)
        default: kind = .activation(Activation(rawValue: word)!)
        }
        try fields.finish()
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "inputs": .array(inputs.map { .string($0) })]
        switch kind {
        case .convolution(let convolution):
            members.merge(convolution.members) { $1 }
        case .dense(let outputs, let weight, let bias, let activation):
            members.merge(["kind": "dense", "outputs": .integer(Int64(outputs)), "weight": .string(weight)]) { $1 }
            members["bias"] = bias.map { .string($0) }
            members["activation"] = .string(activation.rawValue)
        case .maximumPooling(let window): members.merge(window.members.merging(["kind": "max_pooling"]) { $1 }) { $1 }
        case .averagePooling(let window, let counting):
            members.merge(window.members.merging(["kind": "average_pooling", "counting_padding": .bool(counting)]) { $1 }) { $1 }
        case .globalAverage: members["kind"] = "global_average"
        case .concatenation: members["kind"] = "concatenation"
        case .sum: members["kind"] = "sum"
        case .perceptual(let weight, let epsilon): members.merge(["kind": "perceptual", "weight": .string(weight), "epsilon": .number(epsilon)]) { $1 }
        case .activation(let function): members["kind"] = .string(function.rawValue)
        }
        return .object(members)
    }
}

extension NetworkLayer.Activation {
    fileprivate init(_ fields: inout FieldReader) throws(FieldError) {
        self = Self(rawValue: try fields.optionalOneOf("activation", Self.allCases.map(\.rawValue)) ?? "none")!
    }
}

extension NetworkLayer.Window {
    fileprivate init(_ fields: inout FieldReader) throws(FieldError) {
        let kernel = try fields.optionalIntegers("kernel", count: 2...2, each: 1...64)
        guard let kernel else { throw fields.error("kernel", "is required: [height, width]") }
        (height, width) = (kernel[0], kernel[1])
        stride = try fields.optionalInteger("stride", in: 1...64) ?? 1
        switch fields.optionalValue("padding") {
        case nil, .string("valid")?: padding = .valid
        case .string("same")?: padding = .same
        default:
            guard let pixels = try fields.optionalIntegers("padding", count: 2...2, each: 0...63), pixels[0] < height, pixels[1] < width else {
                throw fields.error("padding", "must be \"valid\", \"same\" or [vertical, horizontal], less than the kernel")
            }
            padding = .explicit(vertical: pixels[0], horizontal: pixels[1])
        }
    }

    fileprivate var members: [String: JSONValue] {
        let padding: JSONValue = switch padding {
        case .same: "same"
        case .valid: "valid"
        case .explicit(let vertical, let horizontal): .array([.integer(Int64(vertical)), .integer(Int64(horizontal))])
        }
        return ["kernel": .array([.integer(Int64(height)), .integer(Int64(width))]), "stride": .integer(Int64(stride)), "padding": padding]
    }
}

extension NetworkLayer.Convolution {
    fileprivate init(_ fields: inout FieldReader, isDepthwise: Bool) throws(FieldError) {
        self.isDepthwise = isDepthwise
        outputs = try fields.integer("outputs", in: 1...65536)
        window = try NetworkLayer.Window(&fields)
        weight = try fields.string("weight")
        bias = try fields.optionalString("bias")
        activation = try NetworkLayer.Activation(&fields)
        if var inner = try fields.optionalObject("normalization") {
            normalization = NetworkLayer.BatchNormalization(
                mean: try inner.string("mean"), variance: try inner.string("variance"), scale: try inner.optionalString("scale"),
                offset: try inner.optionalString("offset"), epsilon: try inner.number("epsilon", in: 0...1))
            try inner.finish()
        }
    }

    fileprivate var members: [String: JSONValue] {
        var members = window.members
        members["kind"] = isDepthwise ? "depthwise_convolution" : "convolution"
        members["outputs"] = .integer(Int64(outputs))
        members["weight"] = .string(weight)
        members["bias"] = bias.map { .string($0) }
        members["activation"] = .string(activation.rawValue)
        if let normalization {
            var inner: [String: JSONValue] = [
                "mean": .string(normalization.mean), "variance": .string(normalization.variance), "epsilon": .number(normalization.epsilon),
            ]
            inner["scale"] = normalization.scale.map { .string($0) }
            inner["offset"] = normalization.offset.map { .string($0) }
            members["normalization"] = .object(inner)
        }
        return members
    }
}
