public import Canonical
import Codecs

extension Archive {
    /// The file content in pieces. Equal archives give equal bytes (with the same zlib), for any number of threads.
    public func filePieces(threads: Int = 1) -> [[UInt8]] {
        let names = (entries.map(Self.member) + [Self.manifestMember])
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let place = names.firstIndex(of: Self.manifestMember)!
        // Weights contain no repeated sequences: see `DeflateStrategy.runs`.
        return ZipWriter.pieces(names: names, level: 1, strategy: .runs, threads: threads) { index in
            if index == place { return manifest.canonicalBytes }
            return NpyFormat.encode(entries[index < place ? index : index - 1])
        }
    }

    /// Writes the archive to `path` atomically (see `AtomicFile`).
    /// - Errors: `ArchiveError` with the system's reason; the old content is kept.
    @discardableResult
    public func write(to path: String, threads: Int = 1) throws(ArchiveError) -> ArchiveFile {
        let pieces = filePieces(threads: threads)
        do {
            try AtomicFile.write(pieces, to: path)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        return ArchiveFile(path: path, digest: digest, bytes: pieces.reduce(0) { $0 + $1.count })
    }

    /// Writes like `write`, then reads the file back from disk and verifies it.
    /// - Errors: `ArchiveError`, also when the disk returns other bytes than were written.
    @discardableResult
    public func writeVerified(to path: String, threads: Int = 1) throws(ArchiveError) -> ArchiveFile {
        let written = try write(to: path, threads: threads)
        FileSystem.forget(path)
        let actual = try Archive.read(path, threads: threads).digest
        guard actual == digest else {
            throw ArchiveError(file: path, .mismatch("the archive's digest", expected: digest.hex, actual: actual.hex))
        }
        return written
    }

    /// Reads an archive in this format and verifies it completely: member checksums and array digests.
    /// - Errors: `ArchiveError` with file, member, and byte offset.
    public static func read(
        _ path: String, limit: Int = 1 << 34, threads: Int = 1
    ) throws(ArchiveError) -> Archive {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        do {
            return try decode(bytes, limit: limit, threads: threads)
        } catch {
            throw error.located(file: path)
        }
    }

    /// The same for an archive in memory.
    public static func decode(
        _ bytes: [UInt8], limit: Int = 1 << 34, threads: Int = 1
    ) throws(ArchiveError) -> Archive {
        var manifest: JSONValue?
        var entries: [ArrayEntry] = []
        for member in try ZipReader.members(bytes, limit: limit, threads: threads) {
            if member.name == manifestMember {
                manifest = try readManifest(member)
            } else {
                entries.append(try readEntry(member))
            }
        }
        guard let manifest else {
            throw ArchiveError(member: manifestMember, .format("is missing: this is not a Fidelio archive"))
        }
        let sorted = sorted(entries)
        try check(sorted, against: manifest, threads: threads)
        return Archive(sorted: sorted, manifest: manifest)
    }

    private static func readEntry(_ member: ZipMember) throws(ArchiveError) -> ArrayEntry {
        guard Npz.isArray(member.name), ArrayEntry.isValid(name: String(member.name.dropLast(Npz.suffix.count))) else {
            throw ArchiveError(member: member.name, .format("is not allowed in an archive"))
        }
        return try Npz.array(member)
    }

    private static func readManifest(_ member: ZipMember) throws(ArchiveError) -> JSONValue {
        let manifest: JSONValue
        do {
            manifest = try JSONValue(parsing: member.content)
        } catch {
            throw ArchiveError(member: member.name, .format("\(error)"))
        }
        guard manifest["format"]?.integerValue == Int64(format) else {
            throw ArchiveError(member: member.name, .format("\"format\" is not \(format)"))
        }
        return manifest
    }

    /// Every array must match the manifest; missing and additional arrays are errors.
    private static func check(
        _ entries: [ArrayEntry], against manifest: JSONValue, threads: Int
    ) throws(ArchiveError) {
        guard let described = manifest["tensors"]?.objectValue else {
            throw ArchiveError(member: manifestMember, .format("\"tensors\" is missing"))
        }
        let actual = Parallel.map(entries.count, threads: threads) { description(entries[$0]) }
        for (entry, actual) in zip(entries, actual) {
            guard let expected = described[entry.name] else {
                throw ArchiveError(member: member(entry), .format("is not in the manifest"))
            }
            guard expected == actual else {
                throw ArchiveError(
                    member: member(entry),
                    .mismatch("the array", expected: expected.canonicalText, actual: actual.canonicalText))
            }
        }
        let present = Set(entries.map(\.name))
        if let missing = described.keys.sorted().first(where: { !present.contains($0) }) {
            throw ArchiveError(member: missing + Npz.suffix, .format("is in the manifest but not in the file"))
        }
    }
}

/// An archive file on disk.
public struct ArchiveFile: Sendable, Equatable {
    /// The path of the file.
    public let path: String
    /// The address of the archive; not the digest of the file.
    public let digest: Digest
    /// The size of the file in bytes.
    public let bytes: Int
}
