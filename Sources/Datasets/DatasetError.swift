public import Canonical

/// What can be wrong with data from outside, in one sentence each. Whenever one is thrown, the storage folder is as it was before.
/// Offsets and lengths count the bytes of the uncompressed content.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
    case unknownDataset(name: String, known: [String])
    case notAdded(name: String)
    case needsNoFiles(name: String)
    case unknownSplit(name: String, dataset: String, known: [String])
    case missingFile(folder: String, names: [String])
    case unreadable(file: String, problem: String)
    case notCompressed(file: String, problem: String)
    case truncated(file: String, part: String, expected: Int, actual: Int)
    case trailingBytes(file: String, offset: Int, count: Int)
    case wrongValue(file: String, offset: Int, field: String, expected: String, actual: String)
    case wrongDigest(file: String, expected: Digest, actual: Digest)
    /// For files whose publishers gave a digest; the text names its kind.
    case wrongPublishedDigest(file: String, expected: PublishedDigest, actual: PublishedDigest)
    case unwritable(path: String, problem: String)
    /// What is asked of a name, a rule or a split cannot be done.
    case notPossible(what: String, problem: String)
    /// A content that would be larger than what is taken at once.
    case tooLarge(file: String, bytes: Int, limit: Int)
    case alreadyThere(name: String, digest: Digest, new: Digest)
    case notDownloadable(name: String)
    case downloadFailed(address: String, problem: String)

    public var description: String { SystemPath.readable(text) }

    private var text: String {
        switch self {
        case .unknownDataset(let name, let known):
            "There is no data set \"\(name)\"; known are \(known.joined(separator: ", "))."
        case .notAdded(let name):
            "The data set \(name) has not been added yet: fidelio dataset add \(name) --from FOLDER."
        case .needsNoFiles(let name):
            "The data set \(name) is made by the program itself and is not added from files."
        case .unknownSplit(let name, let dataset, let known):
            "The data set \(dataset) has no split \"\(name)\"; it has \(known.joined(separator: ", "))."
        case .missingFile(let folder, let names):
            "No file \(names.joined(separator: " or ")) in \(folder)."
        case .unreadable(let file, let problem):
            "\(file) cannot be read: \(problem)."
        case .notCompressed(let file, let problem):
            "\(file) is no sound gzip file of this data set: \(problem)."
        case .truncated(let file, let part, let expected, let actual):
            "\(file) is cut off: \(part) should end at offset \(expected), but the content ends at offset \(actual)."
        case .trailingBytes(let file, let offset, let count):
            "\(file) goes on where it should end: \(count) bytes too many from offset \(offset)."
        case .wrongValue(let file, let offset, let field, let expected, let actual):
            "\(file), offset \(offset): \(field) is \(actual), expected \(expected)."
        case .wrongDigest(let file, let expected, let actual):
            "\(file) has other content than expected: its SHA-256 is \(actual.hex), expected \(expected.hex)."
        case .wrongPublishedDigest(let file, let expected, let actual):
            "\(file) has other content than expected: its \(actual.kind) is \(actual.hex), expected \(expected.hex)."
        case .unwritable(let path, let problem):
            "\(path) cannot be written: \(problem)."
        case .notPossible(let what, let problem):
            "\(what) cannot be taken: \(problem)."
        case .tooLarge(let file, let bytes, let limit):
            "\(file) would make the data set larger than \(limit) bytes (\(bytes == .max ? "more than can be counted" : "\(bytes)") so far); "
                + "dataset add --max-bytes N takes more, and --size makes pictures smaller."
        case .alreadyThere(let name, let digest, let new):
            "There is a data set \(name) with other content (\(digest.short), not \(new.short)); content never changes under its name, so give this another."
        case .notDownloadable(let name):
            "The data set \(name) has no public address that a program may use; fetch its files by hand and add them with --from."
        case .downloadFailed(let address, let problem):
            "\(address) could not be fetched: \(problem)."
        }
    }
}

/// The bytes of a file, or `DatasetError.unreadable` with the system's reason.
func readFile(_ path: String, limit: Int = .max) throws(DatasetError) -> [UInt8] {
    do {
        return try FileSystem.read(path, limit: limit)
    } catch {
        throw .unreadable(file: path, problem: error.reason)
    }
}
