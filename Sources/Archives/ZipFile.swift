package import Canonical
import Codecs

/// An untrusted zip archive in a file, read member by member and in pieces: memory stays bounded whatever the file declares.
///
/// What a writer of ordinary archives never makes is refused as a whole: links and folders, members whose bytes overlap, and more content than could stand in a file of its size.
package struct ZipFile: Sendable {
    /// A member as the central directory declares it.
    package struct Member: Sendable {
        /// The name within the archive.
        package var name: String { entry.name }
        /// Uncompressed bytes.
        package var size: Int { entry.size }
        let entry: ZipDirectory.Entry
    }

    /// The members by name.
    package let members: [String: Member]
    /// The size of the file in bytes.
    package let size: Int
    private let file: FileReader

    /// Reads the central directory.
    /// - Parameters:
    ///   - most: the most members
    ///   - limit: the most uncompressed bytes that all members together may declare
    /// - Errors: `ArchiveError`: not a zip archive, truncated, contradictory, or beyond a limit
    package init(_ path: String, most: Int, limit: Int) throws(ArchiveError) {
        do throws(FileError) {
            file = try FileReader(path)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        size = file.size
        do throws(ArchiveError) {
            let directory = try ZipDirectory(file, most: most)
            try ZipFile.check(directory, limit: limit)
            members = Dictionary(directory.entries.map { ($0.name, Member(entry: $0)) }) { first, _ in first }
        } catch {
            throw error.located(file: path)
        }
    }

    private static func check(_ directory: ZipDirectory, limit: Int) throws(ArchiveError) {
        var total = 0
        for entry in directory.entries {
            // The type of a file in its mode: 0o100000 is an ordinary one.
            let kind = entry.mode & 0o170000
            guard kind != 0o120000 else { throw ArchiveError(member: entry.name, .format("is a link")) }
            guard (kind == 0 || kind == 0o100000) && !entry.name.hasSuffix("/") else { throw ArchiveError(member: entry.name, .format("is not an ordinary file")) }
            guard entry.method == ZipFormat.stored ? entry.size == entry.packedSize : entry.method == ZipFormat.deflated else {
                throw ArchiveError(member: entry.name, entry.method == ZipFormat.stored ? .mismatch("the size", expected: "\(entry.packedSize)", actual: "\(entry.size)") : .format("unsupported compression method \(entry.method)"))
            }
            // Deflate makes at most 1032 bytes of one.
            guard entry.size / 1032 <= entry.packedSize else { throw ArchiveError(member: entry.name, .tooLarge(bytes: entry.size, limit: entry.packedSize.multipliedReportingOverflow(by: 1032).partialValue)) }
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= limit else { throw ArchiveError(member: entry.name, .tooLarge(bytes: overflow ? .max : sum, limit: limit)) }
            total = sum
        }
        var end = 0
        for entry in directory.entries.sorted(by: { $0.offset < $1.offset }) {
            guard entry.offset >= end else { throw ArchiveError(member: entry.name, offset: entry.offset, .format("overlaps another member")) }
            let (rest, overflow) = entry.packedSize.addingReportingOverflow(30 + entry.nameBytes.count)
            let (sum, overflows) = entry.offset.addingReportingOverflow(rest)
            guard !overflow, !overflows, sum <= directory.start else { throw ArchiveError(member: entry.name, offset: entry.offset, .format("reaches into the central directory")) }
            end = sum
        }
    }

    /// Reads a member in pieces, to its end, where its size and checksum are verified.
    /// - Errors: `ArchiveError` for damage; those of `body`
    package func read(_ member: Member, _ body: ([UInt8]) throws -> Void) throws {
        do {
            let stream = try ZipMemberStream(member.entry, in: file)
            while true {
                let piece = try stream.next(1 << 18)
                try body(piece)
                if stream.offset >= member.size || piece.isEmpty { return }
            }
        } catch let error as ArchiveError {
            throw error.located(file: file.path)
        }
    }
}

/// Writes a zip archive of any size to a new file, a member at a time. The bytes depend only on the names, the contents, and their order (and the zlib version).
package final class ZipFileWriter {
    private let file: FileWriter
    private var directory: [UInt8] = []
    private var count = 0

    /// - Errors: `FileError`; also if a file of this name exists
    package init(_ path: String) throws(FileError) { file = try FileWriter(path, mode: 0o600) }

    /// Adds a member, deflated.
    /// - Precondition: no other member has this name
    package func add(_ name: String, _ content: [UInt8]) throws(FileError) {
        let data = Deflate.compress(content, format: .raw)
        try begin(ZipWriter.Packed(name: name, size: content.count, crc: CRC32.checksum(content), data: data))
        try file.append(data)
    }

    /// Adds the first bytes of a file as they are.
    /// - Parameter crc: their checksum
    /// - Errors: `FileError`; also if the file no longer has these bytes
    package func add(_ name: String, file path: String, size: Int, crc: UInt32) throws(FileError) {
        try begin(ZipWriter.Packed(name: name, size: size, crc: crc, data: [], storedSize: size))
        let source = try FileReader(path)
        var (offset, actual) = (0, UInt32(0))
        while offset < size, case let piece = try source.read(at: offset, count: min(1 << 20, size - offset)), !piece.isEmpty {
            actual = CRC32.checksum(piece, continuing: actual)
            try file.append(piece)
            offset += piece.count
        }
        guard offset == size, actual == crc else { throw FileError("read", path, reason: "it changed while it was read") }
    }

    private func begin(_ member: ZipWriter.Packed) throws(FileError) {
        directory += ZipWriter.centralHeader(member, at: file.size)
        count += 1
        try file.append(ZipWriter.localHeader(member))
    }

    /// Writes the central directory and waits for the disk.
    package func finish() throws(FileError) {
        let start = file.size
        try file.append(directory)
        try file.append(ZipWriter.end(count: count, directorySize: directory.count, at: start))
        try file.finish()
    }
}
