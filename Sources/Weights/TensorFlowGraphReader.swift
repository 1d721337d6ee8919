internal import Archives

/// Reads the constants of a frozen TensorFlow graph (GraphDef). All other nodes, such as the decoding of pictures, are skipped: nothing is executed.
/// - Source: the published message definitions graph.proto, node_def.proto, attr_value.proto, tensor.proto, and tensor_shape.proto.
enum TensorFlowGraphReader {
    private static let mostNodes = 1_000_000
    private static let types: [UInt64: NumberType] = [
        1: .single, 2: .double, 3: .integer(4), 4: .integer(1), 5: .integer(2), 6: .integer(1), 9: .integer(8), 10: .integer(1), 14: .bfloat16, 19: .half,
    ]

    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        var graph = ProtobufReader(bytes, bytes.indices)
        var nodes = 0
        while let (field, value) = try graph.next() {
            guard field == 1, case .bytes(let range) = value else { continue }
            nodes += 1
            guard nodes <= mostNodes else { throw WeightError("more than \(mostNodes) nodes", offset: range.lowerBound) }
            try node(bytes, range, &collection)
        }
        guard !collection.tensors.isEmpty else { throw WeightError("the graph has no constants; only frozen graphs contain weights") }
    }

    private static func node(_ bytes: [UInt8], _ range: Range<Int>, _ collection: inout TensorCollection) throws(WeightError) {
        var fields = ProtobufReader(bytes, range)
        var name: Range<Int>?, operation: Range<Int>?, attributes: [Range<Int>] = []
        while let (field, value) = try fields.next() {
            guard case .bytes(let range) = value else { continue }
            switch field {
            case 1: name = range
            case 2: operation = range
            case 5: attributes.append(range)
            default: break
            }
        }
        guard let operation, bytes[operation].elementsEqual("Const".utf8) else { return }
        guard let name, let text = String(validating: bytes[name], as: UTF8.self) else { throw WeightError("a constant without a name", offset: range.lowerBound) }
        for attribute in attributes {
            if let tensor = try tensorRange(bytes, attribute) { return try TensorMessage(bytes, tensor, name: text).add(to: &collection) }
        }
        throw WeightError("a constant without a value", tensor: text, offset: range.lowerBound)
    }

    /// The tensor of an entry of the attribute map, if its key is "value".
    private static func tensorRange(_ bytes: [UInt8], _ entry: Range<Int>) throws(WeightError) -> Range<Int>? {
        guard let key = try message(1, bytes, entry), bytes[key].elementsEqual("value".utf8), let value = try message(2, bytes, entry) else { return nil }
        return try message(8, bytes, value)
    }

    /// The last occurrence of a field of bytes.
    private static func message(_ wanted: Int, _ bytes: [UInt8], _ range: Range<Int>) throws(WeightError) -> Range<Int>? {
        var fields = ProtobufReader(bytes, range)
        var found: Range<Int>?
        while let (field, value) = try fields.next() {
            if field == wanted, case .bytes(let range) = value { found = range }
        }
        return found
    }

    /// A TensorProto.
    private struct TensorMessage {
        let name: String
        let bytes: [UInt8]
        var type: UInt64 = 0
        var shape: [Int] = []
        var content: Range<Int>?
        /// `float_val`, `double_val` and `half_val`, used for small tensors instead of `content`.
        var values: [Float] = []

        init(_ bytes: [UInt8], _ range: Range<Int>, name: String) throws(WeightError) {
            (self.bytes, self.name) = (bytes, name)
            var fields = ProtobufReader(bytes, range)
            while let (field, value) = try fields.next() {
                switch (field, value) {
                case (1, .number(let number)): type = number
                case (2, .bytes(let range)): shape = try Self.shape(bytes, range, name)
                case (4, .bytes(let range)): content = range
                case (5, .bytes(let range)): values += try packed(range, .single)
                case (5, .number(let bits)): values.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
                case (6, .bytes(let range)): values += try packed(range, .double)
                case (6, .number(let bits)): values.append(Float(Double(bitPattern: bits)))
                case (13, .bytes(let range)):
                    var list = ProtobufReader(bytes, range)
                    while let bits = try list.nextPacked() { values.append(half(bits)) }
                case (13, .number(let bits)): values.append(half(bits))
                default: break
                }
            }
        }

        private func half(_ bits: UInt64) -> Float {
            type == 14 ? Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: bits)) << 16) : NumberFormat.half(UInt16(truncatingIfNeeded: bits))
        }

        private func packed(_ range: Range<Int>, _ type: NumberType) throws(WeightError) -> [Float] {
            guard range.count % type.size == 0 else { throw WeightError("a list of numbers of \(range.count) bytes", tensor: name, offset: range.lowerBound) }
            return type.values(bytes[range])
        }

        private static func shape(_ bytes: [UInt8], _ range: Range<Int>, _ name: String) throws(WeightError) -> [Int] {
            var fields = ProtobufReader(bytes, range)
            var shape: [Int] = []
            while let (field, value) = try fields.next() {
                if field == 3, case .number(let isUnknown) = value, isUnknown != 0 { throw WeightError("the shape is unknown", tensor: name, offset: range.lowerBound) }
                guard field == 2, case .bytes(let axis) = value else { continue }
                guard shape.count < WeightFile.mostAxes else { throw WeightError("more than \(WeightFile.mostAxes) axes", tensor: name) }
                var extent = 0
                var inner = ProtobufReader(bytes, axis)
                while let (field, value) = try inner.next() {
                    guard field == 1, case .number(let number) = value else { continue }
                    guard let size = Int(exactly: number) else { throw WeightError("an extent out of range", tensor: name, offset: axis.lowerBound) }
                    extent = size
                }
                shape.append(extent)
            }
            return shape
        }

        func add(to collection: inout TensorCollection) throws(WeightError) {
            guard let kind = types[type], kind.isReal else {
                _ = try collection.reserve(name, [], isNumber: false)
                return collection.leaveOut(name)
            }
            let count = try collection.reserve(name, shape)
            if let content, !content.isEmpty || values.isEmpty {
                guard content.count == count * kind.size else { throw WeightError("\(content.count) bytes for the shape \(shape)", tensor: name, offset: content.lowerBound) }
                return collection.add(WeightTensor(name: name, shape: shape, values: kind.values(bytes[content])))
            }
            // One value stands for all, as TensorFlow writes constant tensors.
            guard values.count == count || (values.count == 1 && count <= 1 << 16) else { throw WeightError("\(values.count) numbers for the shape \(shape)", tensor: name) }
            collection.add(WeightTensor(name: name, shape: shape, values: values.count == count ? values : [Float](repeating: values[0], count: count)))
        }
    }
}
