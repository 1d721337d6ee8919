import Canonical
import Codecs

/// One member of a zip file, unpacked part by part: memory holds no more than a part.
final class ZipMemberStream {
    private let file: FileReader
    private let entry: ZipDirectory.Entry
    /// Packed bytes that were not read yet.
    private var packed: Range<Int>
    private var input: ArraySlice<UInt8> = []
    private var inflater = Inflater(.raw)
    private var crc: UInt32 = 0
    /// Bytes of the content that were given.
    private(set) var offset = 0
    private static let part = 1 << 18

    /// - Errors: `ArchiveError`: the member's own header differs from the list, or its compression is not known.
    init(_ entry: ZipDirectory.Entry, in file: FileReader) throws(ArchiveError) {
        (self.file, self.entry) = (file, entry)
        do throws(ArchiveError) {
            guard [ZipFormat.stored, ZipFormat.deflated].contains(entry.method) else {
                throw ArchiveError(.format("its compression (method \(entry.method)) is not known"))
            }
            guard entry.offset < file.size else { throw ArchiveError(offset: file.size, .format("the file ends too early")) }
            let head = try ZipDirectory.read(file, entry.offset, 30 + entry.nameBytes.count + 0xFFFF)
            let start = try ZipReader.dataOffset(entry, in: head, base: entry.offset)
            guard entry.packedSize <= file.size - start else { throw ArchiveError(offset: file.size, .format("the file ends within the member")) }
            packed = start..<start + entry.packedSize
        } catch {
            throw error.located(member: entry.name, offset: entry.offset)
        }
    }

    /// Bytes of the whole content, by the list of the archive.
    var size: Int { entry.size }

    /// The next bytes of the content: `count` of them, or fewer at its end, where size and checksum are compared.
    /// - Errors: damage; content longer or shorter than the list says; a wrong checksum.
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
        // A stream that goes on where the list says that it ends.
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
