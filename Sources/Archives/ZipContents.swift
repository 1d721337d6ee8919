/// The members of an untrusted zip archive in memory, read one at a time: only the member that is asked for is decompressed.
public struct ZipContents: Sendable {
    private let bytes: [UInt8]
    private let entries: [String: ZipDirectory.Entry]
    /// The names of all members, sorted by their bytes.
    public let names: [String]

    /// Reads the central directory.
    /// - Parameter limit: the most bytes that all members together may declare
    /// - Errors: `ArchiveError`: not a zip archive, a damaged or contradictory directory, or more than `limit` bytes
    public init(_ bytes: [UInt8], limit: Int) throws(ArchiveError) {
        let list = try ZipDirectory(bytes).entries
        var total = 0
        for entry in list {
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= limit else { throw ArchiveError(member: entry.name, .tooLarge(bytes: overflow ? .max : sum, limit: limit)) }
            total = sum
        }
        self.bytes = bytes
        entries = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
        names = list.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The declared size of a member in bytes, or nil if there is none of this name.
    public func size(of name: String) -> Int? { entries[name]?.size }

    /// The content of a member, verified against its checksum; nil if there is none of this name.
    /// - Errors: `ArchiveError` for damage, and for a content that is longer than declared
    public func content(of name: String) throws(ArchiveError) -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        return try ZipReader.member(entry, in: bytes).content
    }
}
