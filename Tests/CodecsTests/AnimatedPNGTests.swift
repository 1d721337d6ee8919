import Codecs
import Testing

@Suite("Animated PNG")
struct AnimatedPNGTests {
    /// Chunks with their checksums compared.
    private static func chunks(_ png: [UInt8]) -> [(kind: String, content: [UInt8])] {
        var found: [(String, [UInt8])] = [], offset = 8
        while offset < png.count {
            let length = png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }, end = offset + 8 + length
            let sum = png[end..<end + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(CRC32.checksum(png[offset + 4..<end]) == sum)
            found.append((String(decoding: png[offset + 4..<offset + 8], as: UTF8.self), Array(png[offset + 8..<end])))
            offset = end + 4
        }
        return found
    }

    @Test func everyFrameDecodes() throws {
        let images = (0..<3).map { frame in PixelImage(width: 5, height: 4, channels: 3, pixels: (0..<60).map { UInt8(truncatingIfNeeded: $0 * 7 + frame * 31) }) }
        let bytes = AnimatedPNG.encode(images, milliseconds: 40), chunks = Self.chunks(bytes)
        #expect(chunks.map(\.kind) == ["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"])
        #expect(chunks[1].content == [0, 0, 0, 3, 0, 0, 0, 0])
        // Whoever knows no animation sees the first frame.
        #expect(try PNG.decode(bytes) == images[0])
        // Sequence numbers count over both kinds of chunk.
        #expect([2, 4, 5, 6, 7].map { chunks[$0].content[3] } == [0, 1, 2, 3, 4])
        #expect(Array(chunks[2].content[20..<24]) == [0, 40, 3, 232])
        for (place, image) in [(5, images[1]), (7, images[2])] {
            // The data of a frame, in a file of its own.
            var file = Array(bytes[..<33])
            let data = Array("IDAT".utf8) + chunks[place].content.dropFirst(4)
            for (content, checked) in [(data.count - 4, data), (0, Array("IEND".utf8))] {
                let sum = CRC32.checksum(checked)
                file += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: content >> $0) } + checked + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
            }
            #expect(try PNG.decode(file) == image)
        }
    }
}
