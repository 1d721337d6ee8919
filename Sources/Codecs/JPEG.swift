import CCodecs

/// JPEG decoding (ISO/IEC 10918-1) with libjpeg-turbo: the accurate integer transform and smooth upsampling give the same pixels
/// on every machine.
public enum JPEG {
    /// Decodes a JPEG to 8-bit gray or RGB.
    /// - Errors: `JPEGError` for any damage, including damage that viewers ignore, for CMYK files, and for images with
    ///   more than `limit` pixels on a side or `PixelImage.largestArea` in total.
    public static func decode(_ bytes: [UInt8], limit: Int = 16_384) throws(JPEGError) -> PixelImage {
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { throw JPEGError(reason: "missing JPEG signature") }
        var image = unsafe fc_jpeg()
        var tooLarge: String?
        let pixels: [UInt8]? = unsafe bytes.withUnsafeBufferPointer { source in
            defer { unsafe fc_jpeg_close(&image) }
            guard unsafe fc_jpeg_open(&image, source.baseAddress, source.count, UInt32(limit)) else { return nil }
            guard unsafe PixelImage.isAllowed(Int(image.width), Int(image.height)) else {
                tooLarge = unsafe PixelImage.tooLarge(Int(image.width), Int(image.height))
                return nil
            }
            // A block of 64 pixels needs at least two bits, or almost none in a progressive file; this bounds the memory that a short file can request.
            guard unsafe Int(image.width) * Int(image.height) <= 4096 * bytes.count else { return nil }
            let count = unsafe Int(image.width) * Int(image.height) * Int(image.channels)
            var pixels = [UInt8](repeating: 0, count: count)
            let done = unsafe pixels.withUnsafeMutableBufferPointer { unsafe fc_jpeg_read(&image, $0.baseAddress!) }
            return done ? pixels : nil
        }
        guard let pixels else {
            if let tooLarge { throw JPEGError(reason: tooLarge) }
            let message = unsafe withUnsafeBytes(of: image.message) { unsafe $0.prefix { $0 != 0 }.map { $0 } }
            throw JPEGError(reason: message.isEmpty ? "it is too short for its size" : String(decoding: message, as: UTF8.self))
        }
        return unsafe PixelImage(width: Int(image.width), height: Int(image.height), channels: Int(image.channels), pixels: pixels)
    }
}

/// Why a JPEG cannot be decoded; libjpeg's reason.
public struct JPEGError: Error, Equatable, CustomStringConvertible {
    /// libjpeg's reason, or that of a violated limit.
    public let reason: String

    /// Creates an error with a reason.
    public init(reason: String) { self.reason = reason }

    /// The error as one sentence.
    public var description: String { "the JPEG cannot be read: \(reason)" }
}
