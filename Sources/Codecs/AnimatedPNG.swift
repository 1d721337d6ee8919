/// Animated PNG (Portable Network Graphics, third edition, section 11.3.6): every frame complete, the first shown where animation is not understood.
public enum AnimatedPNG {
    /// Encodes an animation that repeats without end.
    /// - Parameter milliseconds: how long each frame is shown, at most 65,535
    /// - Precondition: at least one frame, all of the same size and channels
    public static func encode(_ frames: [PixelImage], milliseconds: Int, level: Int = 6) -> [UInt8] {
        precondition(!frames.isEmpty && 1...65_535 ~= milliseconds, "\(frames.count) frames of \(milliseconds) ms")
        let first = frames[0]
        precondition(frames.allSatisfy { ($0.width, $0.height, $0.channels) == (first.width, first.height, first.channels) }, "frames of several sizes")
        var output = PNG.signature, sequence: UInt32 = 0
        for (index, frame) in frames.enumerated() {
            let chunks = chunks(of: PNG.encode(frame, level: level))
            if index == 0 {
                for chunk in chunks where chunk.kind == "IHDR" { append(chunk.kind, Array(chunk.content), to: &output) }
                append("acTL", word(UInt32(frames.count)) + word(0), to: &output)
            }
            let size = word(UInt32(frame.width)) + word(UInt32(frame.height))
            append("fcTL", word(sequence) + size + word(0) + word(0) + half(milliseconds) + half(1000) + [0, 0], to: &output)
            sequence += 1
            for chunk in chunks where chunk.kind == "IDAT" {
                if index == 0 {
                    append("IDAT", Array(chunk.content), to: &output)
                } else {
                    append("fdAT", word(sequence) + chunk.content, to: &output)
                    sequence += 1
                }
            }
        }
        append("IEND", [], to: &output)
        return output
    }

    private static func chunks(of png: [UInt8]) -> [(kind: String, content: ArraySlice<UInt8>)] {
        var found: [(String, ArraySlice<UInt8>)] = [], offset = PNG.signature.count
        while offset + 12 <= png.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(png[offset + $1]) }
            found.append((String(decoding: png[offset + 4..<offset + 8], as: UTF8.self), png[offset + 8..<offset + 8 + length]))
            offset += 12 + length
        }
        return found
    }

    private static func append(_ kind: String, _ content: [UInt8], to output: inout [UInt8]) {
        let checked = Array(kind.utf8) + content
        output += word(UInt32(content.count)) + checked + word(CRC32.checksum(checked))
    }

    private static func word(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) } }
    private static func half(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }
}
