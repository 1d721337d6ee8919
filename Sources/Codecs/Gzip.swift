/// Gzip files (RFC 1952), also those of several members one after the other.
public enum Gzip {
    /// Whether the bytes begin as a gzip file does.
    public static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The contents of all members, joined. Zeros after the last member are padding.
    /// - Errors: `CompressionError` with the offset in the file; `truncated` for a file that ends within a member.
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

    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflate.compress(bytes, format: .gzip, level: level)
    }
}
