public import Codecs

/// Deterministic zip writer: the bytes depend only on the names and contents of the members (and the zlib version).
/// Members are sorted by name and deflated, with a fixed date; zip64 is used only where 32 bits do not suffice.
public enum ZipWriter {
    /// The archive in pieces, in order.
    /// - Precondition: names are unique and at most 65,535 bytes long.
    public static func pieces(
        _ members: [ZipMember], level: Int = 6, strategy: DeflateStrategy = .words, threads: Int = 1
    ) -> [[UInt8]] {
        let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return pieces(names: sorted.map(\.name), level: level, strategy: strategy, threads: threads) {
            sorted[$0].content
        }
    }

    /// The same for contents created on demand. - Precondition: names are sorted.
    static func pieces(
        names: [String], level: Int, strategy: DeflateStrategy, threads: Int, content: @Sendable (Int) -> [UInt8]
    ) -> [[UInt8]] {
        precondition(
            zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            "members must be sorted and unique")
        let packed = Parallel.map(names.count, threads: threads) { index in
            let bytes = content(index)
            return Packed(
                name: names[index], size: bytes.count, crc: CRC32.checksum(bytes),
                data: Deflate.compress(bytes, format: .raw, level: level, strategy: strategy))
        }
        return assemble(packed)
    }

    struct Packed: Sendable {
        let name: String
        let size: Int
        let crc: UInt32
        let data: [UInt8]
        /// The size of a member whose bytes are stored as they are and written separately; nil for a deflated one.
        var storedSize: Int? = nil
        var method: UInt16 { storedSize == nil ? ZipFormat.deflated : ZipFormat.stored }
        var packedSize: Int { storedSize ?? data.count }
    }

    private static func assemble(_ members: [Packed]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var directory = ByteWriter()
        var offset = 0
        for member in members {
            let header = localHeader(member)
            pieces += [header, member.data]
            directory.append(centralHeader(member, at: offset))
            offset += header.count + member.data.count
        }
        pieces.append(directory.bytes)
        pieces.append(end(count: members.count, directorySize: directory.bytes.count, at: offset))
        return pieces
    }

    /// The value in 32 bits, or the marker for the extra field.
    private static func short(_ value: Int) -> UInt32 {
        value < Int(ZipFormat.elsewhere32) ? UInt32(value) : ZipFormat.elsewhere32
    }

    private static func isLong(_ value: Int) -> Bool { value >= Int(ZipFormat.elsewhere32) }

    /// The extra field with these values, or nothing if there are none.
    private static func extra(_ values: [Int]) -> [UInt8] {
        if values.isEmpty { return [] }
        var writer = ByteWriter()
        writer.append(ZipFormat.extra64)
        writer.append(UInt16(8 * values.count))
        for value in values { writer.append(UInt64(value)) }
        return writer.bytes
    }

    /// The common part of local and central headers.
    private static func appendCommon(_ member: Packed, isLong: Bool, extra: [UInt8], to writer: inout ByteWriter) {
        writer.append(UInt16(isLong ? 45 : 20))
        writer.append(ZipFormat.nameIsUTF8)
        writer.append(member.method)
        writer.append(UInt16(0))
        writer.append(ZipFormat.date)
        writer.append(member.crc)
        writer.append(short(member.packedSize))
        writer.append(short(member.size))
        writer.append(UInt16(member.name.utf8.count))
        writer.append(UInt16(extra.count))
    }

    static func localHeader(_ member: Packed) -> [UInt8] {
        // A local header has both sizes in its extra field, or neither.
        let isLong = isLong(member.size) || isLong(member.packedSize)
        let extra = extra(isLong ? [member.size, member.packedSize] : [])
        var writer = ByteWriter()
        writer.append(ZipFormat.localHeader)
        appendCommon(member, isLong: isLong, extra: extra, to: &writer)
        writer.append(Array(member.name.utf8))
        writer.append(extra)
        return writer.bytes
    }

    static func centralHeader(_ member: Packed, at offset: Int) -> [UInt8] {
        let extra = extra([member.size, member.packedSize, offset].filter(isLong))
        var writer = ByteWriter()
        writer.append(ZipFormat.centralHeader)
        writer.append(UInt16(3 << 8 | 45))
        appendCommon(member, isLong: !extra.isEmpty, extra: extra, to: &writer)
        writer.append(UInt16(0))
        writer.append(UInt16(0))
        writer.append(UInt16(0))
        writer.append(ZipFormat.attributes)
        writer.append(short(offset))
        writer.append(Array(member.name.utf8))
        writer.append(extra)
        return writer.bytes
    }

    static func end(count: Int, directorySize: Int, at offset: Int) -> [UInt8] {
        var writer = ByteWriter()
        let isLong = count >= Int(ZipFormat.elsewhere16) || isLong(directorySize) || isLong(offset)
        if isLong { appendEnd64(count: count, directorySize: directorySize, at: offset, to: &writer) }
        writer.append(ZipFormat.endRecord)
        writer.append(UInt32(0))
        let shortCount = UInt16(min(count, Int(ZipFormat.elsewhere16)))
        writer.append(shortCount)
        writer.append(shortCount)
        writer.append(short(directorySize))
        writer.append(short(offset))
        writer.append(UInt16(0))
        return writer.bytes
    }

    private static func appendEnd64(count: Int, directorySize: Int, at offset: Int, to writer: inout ByteWriter) {
        writer.append(ZipFormat.endRecord64)
        writer.append(UInt64(44))
        writer.append(UInt16(3 << 8 | 45))
        writer.append(UInt16(45))
        writer.append(UInt64(0))
        writer.append(UInt64(count))
        writer.append(UInt64(count))
        writer.append(UInt64(directorySize))
        writer.append(UInt64(offset))
        writer.append(ZipFormat.endLocator64)
        writer.append(UInt32(0))
        writer.append(UInt64(offset + directorySize))
        writer.append(UInt32(1))
    }
}
