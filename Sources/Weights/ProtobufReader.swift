/// The fields of a protocol buffer message, one after another, without copying and without recursion.
/// - Source: the documented wire format: a key (field number and type) as a variable-length integer, then the value.
struct ProtobufReader {
    /// The value of a field.
    enum Value {
        case number(UInt64)
        /// A text, message, or packed list.
        case bytes(Range<Int>)
    }

    private var cursor: ByteCursor

    /// - Precondition: the range lies within the bytes.
    init(_ bytes: [UInt8], _ range: Range<Int>) { cursor = ByteCursor(bytes, range) }

    var position: Int { cursor.position }

    /// The next field, or nil at the end of the message.
    /// - Errors: `WeightError`: truncated, an unknown wire type (groups among them), or the field number 0
    mutating func next() throws(WeightError) -> (field: Int, value: Value)? {
        guard cursor.remaining > 0 else { return nil }
        let start = cursor.position
        let key = try variable()
        guard let field = Int(exactly: key >> 3), 1..<1 << 29 ~= field else { throw WeightError("a field number out of range", offset: start) }
        switch key & 7 {
        case 0: return (field, .number(try variable()))
        case 1: return (field, .number(try fixed(8)))
        case 5: return (field, .number(try fixed(4)))
        case 2:
            guard let count = Int(exactly: try variable()) else { throw WeightError("a length out of range", offset: start) }
            return (field, .bytes(try cursor.range(count)))
        default: throw WeightError("the wire type \(key & 7) is not supported", offset: start)
        }
    }

    /// The next variable-length integer of a packed list, or nil at its end.
    mutating func nextPacked() throws(WeightError) -> UInt64? { cursor.remaining > 0 ? try variable() : nil }

    private mutating func variable() throws(WeightError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try cursor.byte()
            guard shift < 63 || byte < 2 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw WeightError("a variable-length integer of more than 64 bits", offset: cursor.position)
    }

    private mutating func fixed(_ size: Int) throws(WeightError) -> UInt64 {
        try cursor.take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}
