/// A named array of numbers in single precision.
public struct WeightTensor: Sendable, Equatable {
    /// The name in the file.
    public let name: String
    /// Extents; empty for a scalar.
    public let shape: [Int]
    /// Values in row-major order.
    public let values: [Float]

    /// - Precondition: the shape matches the number of values.
    public init(name: String, shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "\(name): shape \(shape) for \(values.count) values")
        (self.name, self.shape, self.values) = (name, shape, values)
    }
}

/// The formats that are read.
public enum WeightFormat: String, Sendable, CaseIterable {
    /// Arrays of numpy in a zip file.
    case npz
    /// A header in JSON, and the numbers behind it.
    case safetensors
    /// What `torch.save` and `torch.jit.save` write since PyTorch 1.6: a zip file.
    case torch = "pytorch"
    /// What `torch.save` wrote before: pickles, and the numbers behind them.
    case torchLegacy = "pytorch-legacy"
    /// The constants of a frozen TensorFlow graph.
    case tensorFlow = "tensorflow-graph"
    /// The initializers of an ONNX model.
    case onnx

    /// The name as people know it.
    public var title: String {
        switch self {
        case .npz: "numpy .npz"
        case .safetensors: "safetensors"
        case .torch: "PyTorch (zip)"
        case .torchLegacy: "PyTorch (before 1.6)"
        case .tensorFlow: "TensorFlow GraphDef"
        case .onnx: "ONNX"
        }
    }

    /// The axes of kernels: TensorFlow has [height, width, in, out] and dense weights [in, out], all others [out, in, height, width] and [out, in].
    public var isChannelsLast: Bool { self == .tensorFlow }
}

/// The tensors of a file.
public struct WeightFile: Sendable {
    /// The format, recognized by content.
    public let format: WeightFormat
    /// The tensors, sorted by the bytes of their names.
    public let tensors: [WeightTensor]
    /// Names of tensors of integers and Booleans, which are not weights, sorted.
    public let leftOut: [String]

    /// The most bytes that all tensors together may take, in single precision.
    public static let mostBytes = 1 << 31
    static let mostTensors = 100_000
    static let mostAxes = 8
    static let longestName = 500

    /// Reads the tensors of a file of any known format.
    /// - Errors: `WeightError`: unknown format, damage, and everything that the format's reader refuses
    public init(_ bytes: [UInt8]) throws(WeightError) {
        guard let format = Self.format(of: bytes) else {
            throw WeightError("not a file of weights in a known format: \(WeightFormat.allCases.map(\.title).joined(separator: ", "))")
        }
        try self.init(bytes, as: format)
    }

    /// Reads the tensors of a file of a format. - Errors: as above
    public init(_ bytes: [UInt8], as format: WeightFormat) throws(WeightError) {
        var collection = TensorCollection()
        switch format {
        case .npz: try NumpyReader.read(bytes, into: &collection)
        case .safetensors: try SafetensorsReader.read(bytes, into: &collection)
        case .torch: try TorchReader.read(bytes, into: &collection)
        case .torchLegacy: try LegacyTorchReader.read(bytes, into: &collection)
        case .tensorFlow: try TensorFlowGraphReader.read(bytes, into: &collection)
        case .onnx: try ONNXReader.read(bytes, into: &collection)
        }
        self.format = format
        tensors = collection.tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        leftOut = collection.leftOut.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    init(format: WeightFormat, tensors: [WeightTensor], leftOut: [String]) { (self.format, self.tensors, self.leftOut) = (format, tensors, leftOut) }

    /// The format that the first bytes, and the members of a zip file, indicate; nil if none.
    public static func format(of bytes: [UInt8]) -> WeightFormat? {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) { return TorchReader.matches(bytes) ? .torch : .npz }
        if bytes.first == 0x80 { return .torchLegacy }
        if SafetensorsReader.matches(bytes) { return .safetensors }
        // A GraphDef begins with a node, a message, and an ONNX model with its version, a number: both are field 1.
        return bytes.first == 0x0A ? .tensorFlow : bytes.first == 0x08 ? .onnx : nil
    }
}

/// What a reader has found so far, within bounds.
struct TensorCollection {
    private(set) var tensors: [WeightTensor] = []
    private(set) var leftOut: [String] = []
    private var names: Set<String> = []
    private var bytes = 0

    /// Takes a name, before any memory is allocated for the tensor.
    /// - Returns: the number of elements
    /// - Errors: `WeightError` for duplicate or long names, too many axes or tensors, extents that overflow, and more than `WeightFile.mostBytes` together
    mutating func reserve(_ name: String, _ shape: [Int], isNumber: Bool = true) throws(WeightError) -> Int {
        guard name.utf8.count <= WeightFile.longestName else { throw WeightError("a name of more than \(WeightFile.longestName) bytes", tensor: name) }
        guard names.insert(name).inserted else { throw WeightError("the name occurs twice", tensor: name) }
        guard names.count <= WeightFile.mostTensors else { throw WeightError("more than \(WeightFile.mostTensors) tensors") }
        guard shape.count <= WeightFile.mostAxes else { throw WeightError("\(shape.count) axes; at most \(WeightFile.mostAxes) are supported", tensor: name) }
        var count = 1
        for extent in shape {
            guard extent >= 0, case let (product, overflow) = count.multipliedReportingOverflow(by: extent), !overflow else {
                throw WeightError("the shape \(shape) is out of range", tensor: name)
            }
            count = product
        }
        guard isNumber else { return count }
        guard count <= (WeightFile.mostBytes - bytes) / 4 else {
            throw WeightError("the tensors take more than \(WeightFile.mostBytes) bytes together", tensor: name)
        }
        bytes += 4 * count
        return count
    }

    mutating func add(_ tensor: WeightTensor) { tensors.append(tensor) }

    mutating func leaveOut(_ name: String) { leftOut.append(name) }
}
