import Canonical
import Codecs

/// The content of a file, unpacked where it starts like gzip. `limit` bounds the file and what is unpacked: enough for the file of another split, of which
/// the wrong size is told, and too little to fill the memory.
func readUncompressed(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    let bytes = try readFile(path, limit: limit)
    guard Gzip.matches(bytes) else { return bytes }
    do {
        return try Gzip.decompress(bytes, limit: limit)
    } catch {
        throw .notCompressed(file: path, problem: "\(error)")
    }
}

/// The names in a folder, sorted.
func namesInFolder(_ folder: String) throws(DatasetError) -> [String] {
    do {
        return try FileSystem.names(in: folder)
    } catch {
        throw .unreadable(file: folder, problem: error.reason)
    }
}

extension PublishedDigest {
    /// - Errors: `wrongDigest` or `wrongPublishedDigest`, with both digests.
    func check(_ content: [UInt8], file: String) throws(DatasetError) { try check(sameKind(of: content), file: file) }

    /// The same for a digest of this kind.
    func check(_ actual: PublishedDigest, file: String) throws(DatasetError) {
        guard actual != self else { return }
        if case (.sha256(let expected), .sha256(let found)) = (self, actual) { throw .wrongDigest(file: file, expected: expected, actual: found) }
        throw .wrongPublishedDigest(file: file, expected: self, actual: actual)
    }
}
