public import Canonical
public import Codecs

/// Why an archive cannot be read or written, and where.
public struct ArchiveError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// A system call failed.
        case file(FileError)
        /// The bytes violate the format; the text completes the sentence.
        case format(String)
        /// The compressed content is invalid.
        case compression(CompressionError)
        /// The content does not match its checksum or digest.
        case mismatch(String, expected: String, actual: String)
        /// The archive would exceed the memory limit.
        case tooLarge(bytes: Int, limit: Int)
    }

    /// The file, or "" for data in memory.
    public let file: String
    /// The member of the archive.
    public let member: String?
    /// The byte offset in the file, if known.
    public let offset: Int?
    /// What is wrong.
    public let problem: Problem

    /// Creates an error; unknown places are left out.
    public init(file: String = "", member: String? = nil, offset: Int? = nil, _ problem: Problem) {
        self.file = file
        self.member = member
        self.offset = offset
        self.problem = problem
    }

    /// The error as one sentence. It begins with file, member, and byte offset where known.
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
        case .mismatch(let what, let expected, let actual): "\(what) is \(actual); expected \(expected)"
        case .tooLarge(let bytes, let limit): "the content of \(bytes) bytes exceeds the limit of \(limit)"
        }
    }

    /// A copy with file, member, and offset filled in where unknown.
    func located(file: String? = nil, member: String? = nil, offset: Int? = nil) -> ArchiveError {
        ArchiveError(
            file: self.file.isEmpty ? file ?? "" : self.file, member: self.member ?? member,
            offset: self.offset ?? offset, problem)
    }
}
