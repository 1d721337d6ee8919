/// Gzip files (RFC 1952), including files with several members.
public enum Gzip {
    /// Whether the bytes start with the gzip signature.
    public static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The concatenated contents of all members. Zeros after the last member are padding.
    /// - Errors: `CompressionError` with the offset in the file; `truncated` if the file ends within a member.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        var position = 0
        repeat {
            do {
                position += try Deflate.decompressPrefix(
                    bytes[position...], format: .gzip, limit: limit, into: &output)
            } catch {
                throw CompressionError(problem: error.problem, offset: position + error.offset)
            }
        } while position < bytes.count && bytes[position] != 0
        guard bytes[position...].allSatisfy({ $0 == 0 }) else {
            throw CompressionError(problem: .trailing, offset: position)
        }
        return output
    }

    /// Compresses `bytes` to a file with one member. `level` as in `Deflate.compress`.
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflate.compress(bytes, format: .gzip, level: level)
    }
}
