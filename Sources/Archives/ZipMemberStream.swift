import Canonical
import Codecs

/// Streaming decompression of a zip member, with bounded memory.
final class ZipMemberStream {
    private let file: FileReader
    private let entry: ZipDirectory.Entry
    /// Compressed bytes not yet read.
    private var packed: Range<Int>
    private var input: ArraySlice<UInt8> = []
    private var inflater = Inflater(.raw)
    private var crc: UInt32 = 0
    /// Uncompressed bytes delivered so far.
    private(set) var offset = 0
    private static let part = 1 << 18

    /// - Errors: `ArchiveError`: the local header differs from the central directory, or the compression method is unsupported.
    init(_ entry: ZipDirectory.Entry, in file: FileReader) throws(ArchiveError) {
        (self.file, self.entry) = (file, entry)
        do throws(ArchiveError) {
            guard [ZipFormat.stored, ZipFormat.deflated].contains(entry.method) else {
                throw ArchiveError(.format("unsupported compression method \(entry.method)"))
            }
            guard entry.offset < file.size else { throw ArchiveError(offset: file.size, .format("unexpected end of file")) }
            let head = try ZipDirectory.read(file, entry.offset, 30 + entry.nameBytes.count + 0xFFFF)
            let start = try ZipReader.dataOffset(entry, in: head, base: entry.offset)
            guard entry.packedSize <= file.size - start else { throw ArchiveError(offset: file.size, .format("unexpected end of file within the member")) }
            packed = start..<start + entry.packedSize
        } catch {
            throw error.located(member: entry.name, offset: entry.offset)
        }
    }

    /// Uncompressed size from the central directory.
    var size: Int { entry.size }

    /// The next `count` bytes of the content, or fewer at its end, where size and checksum are verified.
    /// - Errors: damage; wrong size; wrong checksum.
    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveError) {
            let bytes = try entry.method == ZipFormat.stored ? stored(count) : inflated(count)
            offset += bytes.count
            crc = CRC32.checksum(bytes, continuing: crc)
            if bytes.count < count || offset >= entry.size { try finish() }
            return bytes
        } catch {
            throw error.located(member: entry.name, offset: entry.offset)
        }
    }

    private func stored(_ count: Int) throws(ArchiveError) -> [UInt8] {
        let bytes = try ZipDirectory.read(file, packed.lowerBound, min(count, packed.count))
        packed = packed.dropFirst(bytes.count)
        return bytes
    }

    private func inflated(_ count: Int) throws(ArchiveError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, 2 * Self.part))
        while bytes.count < count, !inflater.isFinished {
            if input.isEmpty, !packed.isEmpty {
                input = try ZipDirectory.read(file, packed.lowerBound, min(Self.part, packed.count))[...]
                packed = packed.dropFirst(input.count)
            }
            let before = bytes.count, taken: Int
            do {
                taken = try inflater.step(input, into: &bytes, capacity: count - bytes.count)
            } catch {
                throw ArchiveError(offset: packed.lowerBound, .compression(error))
            }
            input = input.dropFirst(taken)
            if taken == 0 && bytes.count == before && packed.isEmpty && !inflater.isFinished {
                throw ArchiveError(offset: packed.lowerBound, .compression(CompressionError(problem: .truncated, offset: inflater.consumed)))
            }
        }
        return bytes
    }

    private func finish() throws(ArchiveError) {
        // The stream continues beyond the size in the central directory.
        var more = entry.method == ZipFormat.stored ? packed.count : input.count + packed.count
        if entry.method == ZipFormat.deflated, !inflater.isFinished {
            let rest = try inflated(1)
            more = rest.count + input.count + packed.count
        }
        guard more == 0, offset == entry.size else {
            let actual = offset == entry.size ? "more" : "\(offset)"
            throw ArchiveError(.mismatch("the size", expected: "\(entry.size)", actual: actual))
        }
        guard crc == entry.crc else { throw ArchiveError(.mismatch("the checksum", expected: ZipReader.hex(entry.crc), actual: ZipReader.hex(crc))) }
    }
}
