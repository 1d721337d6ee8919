import Codecs
import TestSupport
import Testing

@Suite struct PNGTests {
    static func image(_ width: Int, _ height: Int, _ channels: Int) -> PixelImage {
        var random = TestRandom(seed: UInt64(width * 100 + height * 10 + channels))
        let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &random) }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    @Test(arguments: [(1, 1), (7, 3), (28, 28), (224, 224)], [1, 3])
    func roundTrip(size: (Int, Int), channels: Int) throws {
        let image = Self.image(size.0, size.1, channels)
        let file = PNG.encode(image)
        #expect(file == PNG.encode(image))
        #expect(try PNG.decode(file) == image)
    }

    @Test func everyTruncationIsFound() {
        let file = PNG.encode(Self.image(9, 9, 3))
        for length in file.indices {
            #expect(throws: PNGError.self) { try PNG.decode(Array(file[..<length])) }
        }
    }

    @Test func everyFlippedByteIsFound() {
        let image = Self.image(9, 9, 1)
        let file = PNG.encode(image)
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 0xFF
            let result = try? PNG.decode(damaged)
            #expect(result == nil || result == image, "byte \(index)")
        }
    }

    @Test func limits() {
        let error = #expect(throws: PNGError.self) { try PNG.decode(PNG.encode(Self.image(9, 20, 1)), limit: 19) }
        #expect(error?.reason.isEmpty == false)
    }

    /// A header of 8000 x 8000 pixels with a few bytes of content.
    @Test func aShortFileCannotClaimMuchMemory() {
        var file = PNG.encode(Self.image(4, 4, 3))
        file.replaceSubrange(16..<24, with: [0, 0, 0x1F, 0x40, 0, 0, 0x1F, 0x40])
        let crc = CRC32.checksum(file[12..<29])
        file.replaceSubrange(29..<33, with: (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) })
        #expect(throws: PNGError(reason: "it is too short for its size")) { try PNG.decode(file) }
    }

    /// Other kinds of PNG: palette, 16 bits, transparency, one bit, interlaced; generated in pure Python.
    @Test(.enabled(if: Tool.hasNumpy, "python3 with numpy is not installed")) func readsOtherKinds() throws {
        let folder = try TemporaryFolder()
        let script = """
            import struct, sys, zlib
            def chunk(kind, data):
                return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
            def png(name, depth, colour, rows, extra=b''):
                body = chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, depth, colour, 0, 0, 0)) + extra
                body += chunk(b'IDAT', zlib.compress(b''.join(b'\\0' + r for r in rows))) + chunk(b'IEND', b'')
                open(sys.argv[1] + '/' + name, 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + body)
            png('palette', 8, 3, [bytes([0, 1]), bytes([1, 0])], chunk(b'PLTE', bytes([1, 2, 3, 4, 5, 6])) + chunk(b'tRNS', b'\\0'))
            png('sixteen', 16, 0, [bytes([9, 1, 8, 2]), bytes([7, 3, 6, 4])])
            png('alpha', 8, 6, [bytes([1, 2, 3, 0, 4, 5, 6, 9]), bytes([7, 8, 9, 255, 10, 11, 12, 1])])
            png('bit', 1, 0, [bytes([0x80]), bytes([0x40])])
            """
        #expect(try Tool.python(script, [folder.path]).output == "")
        func pixels(_ name: String) throws -> [UInt8] { try PNG.decode(folder.bytes(name)).pixels }
        #expect(try pixels("palette") == [1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3])
        #expect(try pixels("sixteen") == [9, 8, 7, 6])
        #expect(try pixels("alpha") == Array(1...12))
        #expect(try pixels("bit") == [255, 0, 0, 255])
    }
}
