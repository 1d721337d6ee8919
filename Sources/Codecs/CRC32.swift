import CCodecs

/// The checksum of zip, gzip and PNG (polynomial 0xEDB88320). It finds accidents, not intentions.
public enum CRC32 {
    /// The checksum of `bytes`, or of what came before together with `bytes`.
    public static func checksum(_ bytes: ArraySlice<UInt8>, continuing crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe fc_crc32(crc, $0.baseAddress, $0.count) }
    }

    public static func checksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
        checksum(bytes[...], continuing: crc)
    }
}
