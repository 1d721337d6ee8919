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
            guard let range = try tensorRange(bytes, attribute) else { continue }
            // One value stands for all, as TensorFlow writes constant tensors.
            return try tensor(bytes, range, name: text).add(to: &collection, isRepeating: true)
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
    private static func tensor(_ bytes: [UInt8], _ range: Range<Int>, name: String) throws(WeightError) -> TensorMessage {
        var tensor = TensorMessage(bytes)
        tensor.name = name
        var fields = ProtobufReader(bytes, range)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .number(let type)): tensor.type = types[type]
            case (2, .bytes(let range)): try shape(bytes, range, &tensor)
            case (4, .bytes(let range)): tensor.content = range
            case (5, _): try tensor.take(value, as: .single)
            case (6, _): try tensor.take(value, as: .double)
            case (13, _): try tensor.take(value, as: .half)
            default: break
            }
        }
        return tensor
    }

    private static func shape(_ bytes: [UInt8], _ range: Range<Int>, _ tensor: inout TensorMessage) throws(WeightError) {
        var fields = ProtobufReader(bytes, range)
        while let (field, value) = try fields.next() {
            if field == 3, case .number(let isUnknown) = value, isUnknown != 0 { throw WeightError("the shape is unknown", tensor: tensor.name, offset: range.lowerBound) }
            guard field == 2, case .bytes(let axis) = value else { continue }
            var extent: UInt64 = 0
            var inner = ProtobufReader(bytes, axis)
            while let (field, value) = try inner.next() {
                if field == 1, case .number(let number) = value { extent = number }
            }
            try tensor.addAxis(extent, at: axis.lowerBound)
        }
    }
}
