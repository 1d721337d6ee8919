import CCodecs

/// How a deflated stream is wrapped.
public enum DeflateFormat: Sendable, CaseIterable {
    /// RFC 1951, no wrapping: as in zip archives.
    case raw
    /// RFC 1950: two bytes before, Adler-32 after.
    case zlib
    /// RFC 1952: a header before, CRC-32 and length after.
    case gzip

    var code: Int32 {
        switch self {
        case .raw: Int32(FC_RAW.rawValue)
        case .zlib: Int32(FC_ZLIB.rawValue)
        case .gzip: Int32(FC_GZIP.rawValue)
        }
    }
}
