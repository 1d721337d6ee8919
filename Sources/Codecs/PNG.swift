import CCodecs

/// PNG encoding and decoding (ISO/IEC 15948) with libpng.
public enum PNG {
    /// The first eight bytes of every PNG file.
    public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Encodes an image. The bytes depend only on the pixels and the zlib version.
    public static func encode(_ image: PixelImage, level: Int = 6) -> [UInt8] {
        var output: [UInt8] = []
        var message = [CChar](repeating: 0, count: 128)
        let done = unsafe image.pixels.withUnsafeBufferPointer { pixels in
            unsafe withUnsafeMutablePointer(to: &output) { target in
                unsafe fc_png_write(
                    UInt32(image.width), UInt32(image.height), Int32(image.channels), pixels.baseAddress, Int32(level),
                    { context, bytes, count in
                        let piece = unsafe UnsafeBufferPointer(start: bytes, count: count)
                        unsafe context!.assumingMemoryBound(to: [UInt8].self).pointee.append(contentsOf: piece)
                    }, target, &message)
            }
        }
        precondition(done, "libpng refused to write: \(text(message))")
        return output
    }

    /// Decodes any PNG to 8-bit gray or RGB: palettes are expanded, 16 bits truncated to 8, transparency dropped.
    /// - Errors: `PNGError` for damage, and for images with more than `limit` pixels on a side
    ///   or `PixelImage.largestArea` in total.
    public static func decode(_ bytes: [UInt8], limit: Int = 16_384) throws(PNGError) -> PixelImage {
        guard bytes.starts(with: signature) else { throw PNGError(reason: "missing PNG signature") }
        var image = unsafe fc_png()
        var tooLarge: String?
        let pixels: [UInt8]? = unsafe bytes.withUnsafeBufferPointer { source in
            defer { unsafe fc_png_close(&image) }
            guard unsafe fc_png_open(&image, source.baseAddress, source.count, UInt32(limit)) else { return nil }
            guard unsafe PixelImage.isAllowed(Int(image.width), Int(image.height)) else {
                tooLarge = unsafe PixelImage.tooLarge(Int(image.width), Int(image.height))
                return nil
            }
            // The deflate ratio is at most 1032: a short file that claims to be a huge image is rejected before allocating.
            guard unsafe Int(image.width) * Int(image.height) / 8 <= bytes.count * 1032 else { return nil }
            let count = unsafe Int(image.width) * Int(image.height) * Int(image.channels)
            var pixels = [UInt8](repeating: 0, count: count)
            let done = unsafe pixels.withUnsafeMutableBufferPointer { unsafe fc_png_read(&image, $0.baseAddress) }
            return done ? pixels : nil
        }
        guard let pixels else {
            if let tooLarge { throw PNGError(reason: tooLarge) }
            let message = unsafe withUnsafeBytes(of: image.message) { unsafe text($0.map(CChar.init(bitPattern:))) }
            throw PNGError(reason: message.isEmpty ? "it is too short for its size" : message)
        }
        return unsafe PixelImage(
            width: Int(image.width), height: Int(image.height), channels: Int(image.channels), pixels: pixels)
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Why a PNG cannot be decoded; libpng's reason.
public struct PNGError: Error, Equatable, CustomStringConvertible {
    /// libpng's reason, or that of a violated limit.
    public let reason: String

    /// Creates an error with a reason.
    public init(reason: String) { self.reason = reason }

    /// The error as one sentence.
    public var description: String { "the PNG cannot be read: \(reason)" }
}
