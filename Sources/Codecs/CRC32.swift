import CCodecs

/// CRC-32 as used by zip, gzip, and PNG (polynomial 0xEDB88320). It detects accidental damage, not manipulation.
public enum CRC32 {
    /// The checksum of `bytes`, or of preceding data with checksum `crc` followed by `bytes`.
    public static func checksum(_ bytes: ArraySlice<UInt8>, continuing crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe fc_crc32(crc, $0.baseAddress, $0.count) }
    }

    /// The same for an array.
    public static func checksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
        checksum(bytes[...], continuing: crc)
    }
}
