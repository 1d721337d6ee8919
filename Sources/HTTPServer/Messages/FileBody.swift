/// A file as the body of an answer.
///
/// The server opens it when it answers: a missing file is answered by 404. It fills in `Content-Length`, `Last-Modified`,
/// `Accept-Ranges` and, where the handler has not, `Content-Type` and `ETag`; it answers ranges and conditions.
public struct FileBody: Sendable {
    public var path: String
    /// By default told from the file's name.
    public var contentType: String?
    /// By default made of the file's size and time of change.
    public var entityTag: EntityTag?
    /// The name under which a browser saves the file instead of showing it.
    public var downloadName: String?
    /// Already opened by whoever found it.
    var opened: OpenFile?

    public init(path: String, contentType: String? = nil, entityTag: EntityTag? = nil, downloadName: String? = nil) {
        self.path = path
        self.contentType = contentType
        self.entityTag = entityTag
        self.downloadName = downloadName
    }

    /// The value of `Content-Disposition` that saves under `downloadName` (RFC 6266).
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
    /// A character that needs no percent code anywhere (RFC 3986, section 2.3).
    fileprivate var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
