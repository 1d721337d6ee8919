/// The `.npy` format of numpy, version 1.0 (numpy/lib/format.py): one array in one file.
///
/// Bytes 0-5 are `93 NUMPY`, 6-7 the version, 8-9 the header's length (little-endian; four bytes in versions 2 and 3).
/// The header is a Python dictionary in ASCII with the keys `descr`, `fortran_order`, and `shape`, padded with spaces and
/// a line feed so that the elements start at a multiple of 64. The elements follow in row-major order.
///
/// Writes version 1.0, sorted keys, float32, float64, int64, uint8, little-endian. Reads versions 1.0 to 3.0 of the
/// same types. Rejects other types, Fortran order, and Python objects.
enum NpyFormat {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// The bytes before the elements.
    static func header(_ kind: ElementKind, _ shape: [Int]) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(kind.descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
        let used = magic.count + 4 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
        precondition(text.utf8.count < 1 << 16, "a shape of \(shape.count) axes is too long")
        let length = UInt16(text.utf8.count)
        return magic + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + Array(text.utf8)
    }

    /// The complete file.
    static func encode(_ entry: ArrayEntry) -> [UInt8] {
        let header = header(entry.elements.kind, entry.shape)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.count + entry.elements.count * entry.elements.kind.size)
        bytes.append(contentsOf: header)
        unsafe entry.elements.withBytes { unsafe bytes.append(contentsOf: $0) }
        return bytes
    }

    /// - Errors: `ArchiveError` with an offset relative to the start of the `.npy` file.
    static func decode(_ bytes: [UInt8], name: String) throws(ArchiveError) -> ArrayEntry {
        let start = try headerRange(bytes)
        var parser = NpyHeaderParser(bytes, start)
        let header = try parser.header()
        let kind = try header.kind()
        guard let count = ArrayEntry.count(of: header.shape),
            case let (size, overflow) = count.multipliedReportingOverflow(by: kind.size), !overflow,
            size == bytes.count - start.upperBound
        else {
            let actual = bytes.count - start.upperBound
            throw ArchiveError(.format("\(actual) bytes do not match \(kind.rawValue) of shape \(header.shape)"))
        }
        return ArrayEntry(
            unchecked: name, header.shape, ArrayElements(kind, copying: bytes[start.upperBound...]))
    }

    /// The range of the header text.
    static func headerRange(_ bytes: [UInt8]) throws(ArchiveError) -> Range<Int> {
        guard bytes.starts(with: magic) else { throw ArchiveError(offset: 0, .format("not a .npy array")) }
        guard bytes.count >= 12 else { throw ArchiveError(offset: bytes.count, .format("unexpected end of the array")) }
        guard 1...3 ~= bytes[6], bytes[7] == 0 else {
            throw ArchiveError(offset: 6, .format("unsupported .npy version \(bytes[6]).\(bytes[7])"))
        }
        let start = bytes[6] == 1 ? 10 : 12
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= bytes.count - start else {
            throw ArchiveError(offset: 8, .format("unexpected end of the array within its header"))
        }
        return start..<start + length
    }
}
