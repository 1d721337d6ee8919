/// Why a tar archive cannot be read.
public struct TarError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public let reason: String
    /// The byte offset in the archive.
    public let offset: Int

    /// The error as one sentence.
    public var description: String { "invalid tar archive: \(reason) at offset \(offset)" }
}
