import Codecs

/// Reads zip archives from any writer: stored and deflated members, in any order, with data descriptors, with zip64.
///
/// The central directory is authoritative; each member is verified against its CRC-32.
public enum ZipReader {
    /// All members in central directory order.
    /// - Errors: `ArchiveError` for any violation of the format, or if the total uncompressed size exceeds `limit`
    ///   bytes.
    public static func members(
        _ bytes: [UInt8], limit: Int, threads: Int = 1
    ) throws(ArchiveError) -> [ZipMember] {
        let entries = try ZipDirectory(bytes).entries
        var total = 0
        for entry in entries {
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= limit else {
                throw ArchiveError(member: entry.name, .tooLarge(bytes: overflow ? .max : sum, limit: limit))
            }
            total = sum
        }
        let results = Parallel.map(entries.count, threads: threads) { index in
            Result { () throws(ArchiveError) in try member(entries[index], in: bytes) }
        }
        var members: [ZipMember] = []
        for result in results { members.append(try result.get()) }
        return members
    }

    static func member(_ entry: ZipDirectory.Entry, in bytes: [UInt8]) throws(ArchiveError) -> ZipMember {
        do throws(ArchiveError) {
            guard entry.offset <= bytes.count else { throw ArchiveError(offset: bytes.count, .format("unexpected end of file")) }
            let start = try dataOffset(entry, in: bytes, base: 0)
            guard entry.packedSize <= bytes.count - start else {
                throw ArchiveError(offset: bytes.count, .format("unexpected end of file within the member"))
            }
            let content = try content(entry, bytes[start..<start + entry.packedSize])
            guard content.count == entry.size else {
                throw ArchiveError(
                    offset: start, .mismatch("the size", expected: "\(entry.size)", actual: "\(content.count)"))
            }
            let crc = CRC32.checksum(content)
            guard crc == entry.crc else {
                throw ArchiveError(
                    offset: start, .mismatch("the checksum", expected: hex(entry.crc), actual: hex(crc)))
            }
            return ZipMember(name: entry.name, content: content)
        } catch {
            throw error.located(member: entry.name, offset: entry.offset)
        }
    }

    static func hex(_ crc: UInt32) -> String { String(crc, radix: 16) }

    /// The offset of the member's data after its local header, which must match the central directory.
    static func dataOffset(_ entry: ZipDirectory.Entry, in bytes: [UInt8], base: Int) throws(ArchiveError) -> Int {
        var reader = try ByteReader(bytes, base: base, from: entry.offset, count: min(30, base + bytes.count - entry.offset))
        guard try reader.next(UInt32.self) == ZipFormat.localHeader else {
            throw ArchiveError(offset: entry.offset, .format("its header is damaged"))
        }
        _ = try reader.take(4)
        let method = try reader.next(UInt16.self)
        _ = try reader.take(16)
        let lengths = try (Int(reader.next(UInt16.self)), Int(reader.next(UInt16.self)))
        var name = try ByteReader(bytes, base: base, from: reader.position, count: lengths.0 + lengths.1)
        guard method == entry.method, try name.take(lengths.0).elementsEqual(entry.nameBytes) else {
            throw ArchiveError(offset: entry.offset, .format("its header does not match the central directory"))
        }
        return reader.position + lengths.0 + lengths.1
    }

    private static func content(
        _ entry: ZipDirectory.Entry, _ packed: ArraySlice<UInt8>
    ) throws(ArchiveError) -> [UInt8] {
        switch entry.method {
        case ZipFormat.stored: return Array(packed)
        case ZipFormat.deflated:
            do {
                return try Deflate.decompress(packed, format: .raw, limit: entry.size)
            } catch {
                throw ArchiveError(offset: packed.startIndex + error.offset, .compression(error))
            }
        default: throw ArchiveError(.format("unsupported compression method \(entry.method)"))
        }
    }
}
