/// Constants of the zip format (PKWARE's APPNOTE 6.3).
enum ZipFormat {
    static let localHeader: UInt32 = 0x0403_4B50
    static let centralHeader: UInt32 = 0x0201_4B50
    static let endRecord: UInt32 = 0x0605_4B50
    static let endRecord64: UInt32 = 0x0606_4B50
    static let endLocator64: UInt32 = 0x0706_4B50
    static let endLocator64Bytes: [UInt8] = [0x50, 0x4B, 6, 7]

    static let stored: UInt16 = 0
    static let deflated: UInt16 = 8

    static let encrypted: UInt16 = 1 << 0
    static let nameIsUTF8: UInt16 = 1 << 11

    /// The ID of the zip64 extra field.
    static let extra64: UInt16 = 1
    /// Marks a value stored in the extra field instead.
    static let elsewhere32: UInt32 = 0xFFFF_FFFF
    static let elsewhere16: UInt16 = 0xFFFF

    /// 1 January 1980, the earliest date of the format: archives do not record their creation time.
    static let date: UInt16 = 1 << 5 | 1
    /// A regular file, writable by its owner and readable by all.
    static let attributes: UInt32 = 0o100644 << 16
}

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
