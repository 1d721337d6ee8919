import CCodecs

/// The container format of a deflate stream.
public enum DeflateFormat: Sendable, CaseIterable {
    /// RFC 1951, raw, as in zip archives.
    case raw
    /// RFC 1950: two-byte header, Adler-32 trailer.
    case zlib
    /// RFC 1952: header, CRC-32 and length trailer.
    case gzip

    var code: Int32 {
        switch self {
        case .raw: Int32(FC_RAW.rawValue)
        case .zlib: Int32(FC_ZLIB.rawValue)
        case .gzip: Int32(FC_GZIP.rawValue)
        }
    }
}
