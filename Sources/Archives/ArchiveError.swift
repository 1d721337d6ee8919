public import Canonical
public import Codecs

/// Why an archive cannot be read or written, and where.
public struct ArchiveError: Error, Equatable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The system refused.
        case file(FileError)
        /// The bytes are not what the format asks for; the rest of the sentence.
        case format(String)
        /// The compressed content cannot be read.
        case compression(CompressionError)
        /// The content is not what its checksum or digest says.
        case mismatch(String, expected: String, actual: String)
        /// The archive would need more memory than allowed.
        case tooLarge(bytes: Int, limit: Int)
    }

    /// The file, or "" for bytes in memory.
    public let file: String
    /// The member within the file.
    public let member: String?
    /// Byte of the file, where it is known.
    public let offset: Int?
    public let problem: Problem

    public init(file: String = "", member: String? = nil, offset: Int? = nil, _ problem: Problem) {
        self.file = file
        self.member = member
        self.offset = offset
        self.problem = problem
    }

    public var description: String {
        if case .file(let error) = problem { return error.description }
        let places = [
            file.isEmpty ? "the archive" : file, member.map { "member \($0)" }, offset.map { "byte \($0)" },
        ]
        return places.compactMap(\.self).joined(separator: ", ") + ": " + sentence
    }

    private var sentence: String {
        switch problem {
        case .file(let error): error.description
        case .format(let text): text
        case .compression(let error): error.description
        case .mismatch(let what, let expected, let actual): "\(what) is \(actual), but should be \(expected)"
        case .tooLarge(let bytes, let limit): "the content has \(bytes) bytes, more than the \(limit) allowed"
        }
    }

    /// The same with the places that are still unknown.
    func located(file: String? = nil, member: String? = nil, offset: Int? = nil) -> ArchiveError {
        ArchiveError(
            file: self.file.isEmpty ? file ?? "" : self.file, member: self.member ?? member,
            offset: self.offset ?? offset, problem)
    }
}
