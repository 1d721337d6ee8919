/// Arrays in a zip archive, as `numpy.savez` and `numpy.savez_compressed` write and `numpy.load` reads them.
public enum Npz {
    static let suffix = ".npy"

    /// The arrays of an archive in the order of its central directory; members that are not arrays are skipped.
    /// - Errors: `ArchiveError` with member and byte offset.
    public static func arrays(
        _ bytes: [UInt8], limit: Int = 1 << 34, threads: Int = 1
    ) throws(ArchiveError) -> [ArrayEntry] {
        var entries: [ArrayEntry] = []
        for member in try ZipReader.members(bytes, limit: limit, threads: threads) where isArray(member.name) {
            entries.append(try array(member))
        }
        return entries
    }

    static func isArray(_ member: String) -> Bool { member.hasSuffix(suffix) && member != suffix }

    static func array(_ member: ZipMember) throws(ArchiveError) -> ArrayEntry {
        do {
            return try NpyFormat.decode(member.content, name: String(member.name.dropLast(suffix.count)))
        } catch {
            throw ArchiveError(member: member.name, error.problem)
        }
    }
}
