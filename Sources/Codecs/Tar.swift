/// Reader of the member list of tar archives (POSIX.1-1988 "ustar" and its predecessors).
public enum Tar {
    /// A regular file in an archive.
    public struct Member: Sendable, Equatable {
        /// The path within the archive, including the "ustar" prefix.
        public let name: String
        /// The byte range of its content in the archive.
        public let range: Range<Int>
    }

    /// The regular files of an archive; folders, links, and extended headers are skipped.
    /// - Errors: `TarError` for an invalid header checksum or size, and if the file ends within a member.
    public static func members(_ bytes: [UInt8]) throws(TarError) -> [Member] {
        var members: [Member] = []
        var position = 0
        while bytes.count - position >= 512 {
            let header = bytes[position..<position + 512]
            if header.allSatisfy({ $0 == 0 }) { return members }
            guard let sum = octal(header, 148, 8), sum == checksum(header) else { throw TarError(reason: "wrong header checksum", offset: position) }
            guard let size = octal(header, 124, 12), size <= bytes.count - position - 512 else {
                throw TarError(reason: "unexpected end of the archive within a member", offset: position)
            }
            let kind = header[position + 156]
            if kind == 0 || kind == UInt8(ascii: "0") {
                members.append(Member(name: name(header), range: position + 512..<position + 512 + size))
            }
            position += 512 + (size + 511) / 512 * 512
            if position > bytes.count { throw TarError(reason: "unexpected end of the archive within a member", offset: bytes.count) }
        }
        throw TarError(reason: "missing end-of-archive record", offset: position)
    }

    private static func text(_ header: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> String {
        String(decoding: header.dropFirst(start).prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func name(_ header: ArraySlice<UInt8>) -> String {
        let prefix = text(header, 257, 5) == "ustar" ? text(header, 345, 155) : ""
        return prefix.isEmpty ? text(header, 0, 100) : prefix + "/" + text(header, 0, 100)
    }

    /// An octal number terminated by a space or a zero byte.
    private static func octal(_ header: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> Int? {
        let digits = header.dropFirst(start).prefix(count).drop { $0 == 0x20 }.prefix { 0x30...0x37 ~= $0 }
        return digits.isEmpty || digits.count > 11 ? nil : digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }

    /// The sum of all header bytes, counting the checksum field as spaces.
    private static func checksum(_ header: ArraySlice<UInt8>) -> Int {
        let field = header.startIndex + 148..<header.startIndex + 156
        return header.indices.reduce(0) { $0 + (field.contains($1) ? 0x20 : Int(header[$1])) }
    }
}

/// Why a tar archive cannot be read.
public struct TarError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public let reason: String
    /// The byte offset in the archive.
    public let offset: Int

    /// The error as one sentence.
    public var description: String { "invalid tar archive: \(reason) at offset \(offset)" }
}
