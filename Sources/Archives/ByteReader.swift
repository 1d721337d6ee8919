/// Bounds-checked reader of little-endian numbers from a part of a file.
struct ByteReader {
    private let bytes: [UInt8]
    /// File offset of the first byte.
    private let base: Int
    private(set) var position: Int
    private let end: Int

    /// - Parameter base: file offset of `bytes`; `start` is a file offset as well.
    /// - Errors: `ArchiveError` if the part is outside the bytes.
    init(_ bytes: [UInt8], base: Int = 0, from start: Int, count: Int) throws(ArchiveError) {
        guard start >= base, count >= 0, start - base <= bytes.count, count <= bytes.count - (start - base) else {
            throw ArchiveError(offset: base + bytes.count, .format("unexpected end of file"))
        }
        self.bytes = bytes
        self.base = base
        position = start
        end = start + count
    }

    var remaining: Int { end - position }

    mutating func next<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type) throws(ArchiveError) -> Integer {
        let slice = try take(Integer.bitWidth / 8)
        return slice.reversed().reduce(0) { $0 << 8 | Integer($1) }
    }

    /// A number that must fit in `Int`.
    mutating func size64() throws(ArchiveError) -> Int {
        let start = position
        guard let value = Int(exactly: try next(UInt64.self)) else {
            throw ArchiveError(offset: start, .format("size out of range"))
        }
        return value
    }

    mutating func take(_ count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw ArchiveError(offset: position, .format("unexpected end of file")) }
        defer { position += count }
        return bytes[position - base..<position - base + count]
    }
}

/// Writer of little-endian numbers.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) {
        for shift in stride(from: 0, to: Integer.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
        }
    }

    mutating func append(_ values: [UInt8]) { bytes.append(contentsOf: values) }
}
