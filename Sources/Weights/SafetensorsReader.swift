internal import Canonical

/// Reads safetensors: the length of a header (64 bits), the header in JSON, and the numbers.
/// - Source: the format as documented with the library; every byte behind the header belongs to exactly one tensor.
enum SafetensorsReader {
    /// The library's own limit of the header.
    static let longestHeader = 100_000_000

    static func matches(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 8, bytes[8] == UInt8(ascii: "{"), let length = length(bytes) else { return false }
        return length <= bytes.count - 8
    }

    private static func length(_ bytes: [UInt8]) -> Int? {
        Int(exactly: bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static let types: [String: NumberType] = [
        "F16": .half, "BF16": .bfloat16, "F32": .single, "F64": .double, "BOOL": .integer(1), "U8": .integer(1), "I8": .integer(1), "I16": .integer(2), "U16": .integer(2),
        "I32": .integer(4), "U32": .integer(4), "I64": .integer(8), "U64": .integer(8),
    ]

    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        guard bytes.count >= 8, let length = length(bytes), length <= min(longestHeader, bytes.count - 8) else {
            throw WeightError("the header is longer than the file", offset: 0)
        }
        let header: JSONValue
        do { header = try JSONValue(parsing: Array(bytes[8..<8 + length])) } catch { throw WeightError("the header is not JSON: \(error)", offset: 8) }
        guard let members = header.objectValue else { throw WeightError("the header is not an object", offset: 8) }
        let start = 8 + length
        var parts: [(name: String, range: Range<Int>)] = []
        for name in members.keys.sorted() where name != "__metadata__" {
            parts.append((name, try tensor(name, members[name] ?? .null, bytes, from: start, &collection)))
        }
        try checkCover(parts, from: start, to: bytes.count)
    }

    private static func tensor(
        _ name: String, _ entry: JSONValue, _ bytes: [UInt8], from start: Int, _ collection: inout TensorCollection
    ) throws(WeightError) -> Range<Int> {
        guard let type = entry["dtype"]?.stringValue, let extents = entry["shape"]?.arrayValue, let offsets = entry["data_offsets"]?.arrayValue else {
            throw WeightError("needs dtype, shape and data_offsets", tensor: name)
        }
        guard let number = types[type] else {
            throw WeightError("unsupported dtype \(type.prefix(20)); supported: \(types.keys.sorted().joined(separator: ", "))", tensor: name)
        }
        let shape = extents.compactMap { $0.integerValue.flatMap { Int(exactly: $0) } }, bounds = offsets.compactMap { $0.integerValue.flatMap { Int(exactly: $0) } }
        guard shape.count == extents.count, bounds.count == 2, offsets.count == 2, 0 <= bounds[0], bounds[0] <= bounds[1], bounds[1] <= bytes.count - start else {
            throw WeightError("shape or data_offsets are out of range", tensor: name)
        }
        let count = try collection.reserve(name, shape, isNumber: number.isReal)
        guard case let (size, overflow) = count.multipliedReportingOverflow(by: number.size), !overflow, size == bounds[1] - bounds[0] else {
            throw WeightError("\(bounds[1] - bounds[0]) bytes for the shape \(shape) of \(type)", tensor: name)
        }
        let range = start + bounds[0]..<start + bounds[1]
        if number.isReal {
            collection.add(WeightTensor(name: name, shape: shape, values: number.values(bytes[range])))
        } else {
            collection.leaveOut(name)
        }
        return range
    }

    /// Tensors lie one after another, without gaps and without overlap.
    private static func checkCover(_ parts: [(name: String, range: Range<Int>)], from start: Int, to end: Int) throws(WeightError) {
        var position = start
        for part in parts.sorted(by: { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }) {
            guard part.range.lowerBound == position else {
                throw WeightError(part.range.lowerBound < position ? "overlaps another tensor" : "has a gap before it", tensor: part.name, offset: part.range.lowerBound)
            }
            position = part.range.upperBound
        }
        guard position == end else { throw WeightError("bytes behind the last tensor", offset: position) }
    }
}
