/// A file as the body of a response.
///
/// The server opens the file when it responds; a missing file results in 404. It sets `Content-Length`, `Last-Modified`,
/// `Accept-Ranges` and, unless the handler did, `Content-Type` and `ETag`, and handles ranges and conditions.
public struct FileBody: Sendable {
    /// Path of the file.
    public var path: String
    /// By default derived from the file's name.
    public var contentType: String?
    /// By default derived from the file's size and modification time.
    public var entityTag: EntityTag?
    /// If set, browsers save the file under this name instead of displaying it.
    public var downloadName: String?
    /// The file, if it was opened while it was looked up.
    var opened: OpenFile?

    /// Creates a body; the file need not exist yet.
    public init(path: String, contentType: String? = nil, entityTag: EntityTag? = nil, downloadName: String? = nil) {
        self.path = path
        self.contentType = contentType
        self.entityTag = entityTag
        self.downloadName = downloadName
    }

    /// The value of `Content-Disposition` for `downloadName` (RFC 6266).
    var contentDisposition: String? {
        guard let downloadName else { return nil }
        let plain = downloadName.unicodeScalars.map { scalar -> Character in
            let isSafe = scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F && !"\"\\/%".unicodeScalars.contains(scalar)
            return isSafe ? Character(scalar) : "_"
        }
        var encoded = ""
        for byte in downloadName.utf8 {
            if byte.isUnreserved {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return "attachment; filename=\"\(String(plain))\"; filename*=UTF-8''\(encoded)"
    }
}

extension UInt8 {
    /// Whether the byte is an unreserved character (RFC 3986, section 2.3).
    fileprivate var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
