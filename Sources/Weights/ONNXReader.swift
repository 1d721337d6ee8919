/// Reads the initializers of an ONNX model, which are its weights. Its nodes are skipped: nothing is executed.
/// - Source: the published message definitions of onnx.proto: ModelProto, GraphProto, TensorProto.
enum ONNXReader {
    private static let types: [UInt64: NumberType] = [
        1: .single, 2: .integer(1), 3: .integer(1), 4: .integer(2), 5: .integer(2), 6: .integer(4), 7: .integer(8), 9: .integer(1), 10: .half, 11: .double, 12: .integer(4),
        13: .integer(8), 16: .bfloat16,
    ]

    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        var model = ProtobufReader(bytes, bytes.indices)
        while let (field, value) = try model.next() {
            guard field == 7, case .bytes(let range) = value else { continue }
            var graph = ProtobufReader(bytes, range)
            while let (field, value) = try graph.next() {
                guard field == 5, case .bytes(let range) = value else { continue }
                try tensor(bytes, range).add(to: &collection)
            }
        }
        guard !collection.tensors.isEmpty else { throw WeightError("the model has no initializers of numbers") }
    }

    private static func tensor(_ bytes: [UInt8], _ range: Range<Int>) throws(WeightError) -> TensorMessage {
        var tensor = TensorMessage(bytes)
        var fields = ProtobufReader(bytes, range)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .number(let extent)): try tensor.addAxis(extent, at: range.lowerBound)
            case (1, .bytes(let range)):
                var extents = ProtobufReader(bytes, range)
                while let extent = try extents.nextPacked() { try tensor.addAxis(extent, at: range.lowerBound) }
            case (2, .number(let type)): tensor.type = types[type]
            case (4, _): try tensor.take(value, as: .single)
            case (5, _) where tensor.type?.isReal == true: try tensor.take(value, as: .half)
            case (8, .bytes(let range)):
                guard let name = String(validating: bytes[range], as: UTF8.self) else { throw WeightError("a name that is not UTF-8", offset: range.lowerBound) }
                tensor.name = name
            case (9, .bytes(let range)): tensor.content = range
            case (10, _): try tensor.take(value, as: .double)
            case (14, .number(1)): throw WeightError("its values are in another file; save the model in one file", tensor: tensor.name, offset: range.lowerBound)
            default: break
            }
        }
        return tensor
    }
}
