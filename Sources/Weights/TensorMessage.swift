internal import Archives

/// A tensor in a protocol buffer: its shape, and its values as little-endian bytes or as lists of numbers.
struct TensorMessage {
    private let bytes: [UInt8]
    var name = ""
    private(set) var shape: [Int] = []
    /// Nil for what is no number, such as text.
    var type: NumberType?
    /// The values as bytes.
    var content: Range<Int>?
    /// Lists of numbers, which small tensors have instead.
    private var values: [Float] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Errors: `WeightError` for too many axes, and an extent that is negative or too large
    mutating func addAxis(_ extent: UInt64, at offset: Int) throws(WeightError) {
        guard shape.count < WeightFile.mostAxes else { throw WeightError("more than \(WeightFile.mostAxes) axes", tensor: name) }
        guard let size = Int(exactly: extent) else { throw WeightError("an extent out of range", tensor: name, offset: offset) }
        shape.append(size)
    }

    /// Takes a field of numbers: a packed list, or one number. Numbers of 16 bits are integers with their bits.
    mutating func take(_ value: ProtobufReader.Value, as listed: NumberType) throws(WeightError) {
        switch (value, listed) {
        case (.bytes(let range), .single), (.bytes(let range), .double):
            guard range.count % listed.size == 0 else { throw WeightError("a list of numbers of \(range.count) bytes", tensor: name, offset: range.lowerBound) }
            values += listed.values(bytes[range])
        case (.bytes(let range), _):
            var list = ProtobufReader(bytes, range)
            while let bits = try list.nextPacked() { values.append(half(bits)) }
        case (.number(let bits), .single): values.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case (.number(let bits), .double): values.append(Float(Double(bitPattern: bits)))
        case (.number(let bits), _): values.append(half(bits))
        }
    }

    private func half(_ bits: UInt64) -> Float {
        let bits = UInt16(truncatingIfNeeded: bits)
        return type == .bfloat16 ? Float(bitPattern: UInt32(bits) << 16) : NumberFormat.half(bits)
    }

    /// Adds the tensor, or its name where its elements are no real numbers.
    /// - Parameter isRepeating: whether a single number stands for all
    /// - Errors: `WeightError` unless the values have the shape
    func add(to collection: inout TensorCollection, isRepeating: Bool = false) throws(WeightError) {
        guard let type, type.isReal else {
            _ = try collection.reserve(name, [], isNumber: false)
            return collection.leaveOut(name)
        }
        let count = try collection.reserve(name, shape)
        if let content, !content.isEmpty || values.isEmpty {
            guard content.count == count * type.size else { throw WeightError("\(content.count) bytes for the shape \(shape)", tensor: name, offset: content.lowerBound) }
            return collection.add(WeightTensor(name: name, shape: shape, values: type.values(bytes[content])))
        }
        guard values.count == count || (isRepeating && values.count == 1 && count <= 1 << 16) else { throw WeightError("\(values.count) numbers for the shape \(shape)", tensor: name) }
        collection.add(WeightTensor(name: name, shape: shape, values: values.count == count ? values : [Float](repeating: values[0], count: count)))
    }
}
