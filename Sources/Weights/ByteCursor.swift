/// Bounds-checked reading of a part of a file. Positions are offsets in the file.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    /// - Precondition: the range lies within the bytes.
    init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        self.bytes = bytes
        (position, end) = (range?.lowerBound ?? 0, range?.upperBound ?? bytes.count)
        precondition(position >= 0 && position <= end && end <= bytes.count, "a part outside of the bytes")
    }

    var remaining: Int { end - position }

    mutating func byte() throws(WeightError) -> UInt8 {
        guard position < end else { throw WeightError("unexpected end", offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    /// The range of the next bytes.
    mutating func range(_ count: Int) throws(WeightError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw WeightError("unexpected end", offset: position) }
        defer { position += count }
        return position..<position + count
    }

    mutating func take(_ count: Int) throws(WeightError) -> ArraySlice<UInt8> { bytes[try range(count)] }

    /// A little-endian number of at most eight bytes that fits in `Int`.
    mutating func number(_ size: Int) throws(WeightError) -> Int {
        let start = position
        let bits = try take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: bits) else { throw WeightError("a length out of range", offset: start) }
        return number
    }
}
