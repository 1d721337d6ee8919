/// A file within a zip archive.
public struct ZipMember: Sendable, Equatable {
    /// The name within the archive.
    public let name: String
    /// The uncompressed content.
    public let content: [UInt8]

    /// Creates a member.
    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}
