import Codecs
import TestSupport
import Testing

@Suite struct JPEGTests {
    static let names = ["grey-13x9", "colour-17x21", "progressive-16x24"]

    /// The same bytes as another build of libjpeg-turbo (see the fixtures' README).
    @Test(arguments: names) func pixels(name: String) throws {
        let image = try JPEG.decode(Fixtures.bytes("jpeg/\(name).jpg"))
        #expect(try image.pixels == Fixtures.bytes("jpeg/\(name).raw"))
        #expect("\(name.split(separator: "-")[1])" == "\(image.height)x\(image.width)")
        #expect(image.channels == (name.hasPrefix("grey") ? 1 : 3))
    }

    @Test(arguments: names) func everyTruncationIsFound(name: String) throws {
        let file = try Fixtures.bytes("jpeg/\(name).jpg"), image = try JPEG.decode(file)
        for length in file.indices {
            // Only the end marker itself may be missing.
            let read = try? JPEG.decode(Array(file[..<length]))
            #expect(read == nil || (length >= file.count - 2 && read == image), "\(length) of \(file.count) bytes")
        }
    }

    /// An unknown JFIF revision and bytes between the segments before the scan affect no pixel; a truncated scan does.
    @Test(arguments: names) func remarksThatConcernNoPixel(name: String) throws {
        let file = try Fixtures.bytes("jpeg/\(name).jpg"), image = try JPEG.decode(file)
        #expect(Array(file[6..<11]) == Array("JFIF\0".utf8))
        for major in [UInt8(0), 2, 255] {
            var bytes = file
            bytes[11] = major
            #expect(try JPEG.decode(bytes) == image)
        }
        let next = 4 + Int(file[4]) << 8 + Int(file[5])
        #expect(try JPEG.decode(Array(file[..<next]) + [0, 1, 2] + file[next...]) == image)
        #expect(throws: JPEGError.self) { try JPEG.decode(Array(file.dropLast(20)) + file.suffix(2)) }
    }

    /// JPEG has no checksums: a changed byte may give other pixels, but never a trap, and never another size silently.
    @Test(arguments: names) func noDamageTraps(name: String) throws {
        let file = try Fixtures.bytes("jpeg/\(name).jpg")
        var random = TestRandom(seed: 7)
        var refused = 0
        for _ in 0..<3000 {
            var bytes = file
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            if let image = try? JPEG.decode(bytes) {
                #expect(image.pixels.count == image.width * image.height * image.channels)
            } else {
                refused += 1
            }
        }
        #expect(refused > 500)
    }

    @Test func whatIsRefused() throws {
        #expect(throws: JPEGError(reason: "missing JPEG signature")) { try JPEG.decode([0xFF, 0xD8]) }
        #expect(throws: JPEGError.self) { try JPEG.decode(Fixtures.bytes("jpeg/four-colour-8x8.jpg")) }
        let error = #expect(throws: JPEGError.self) { try JPEG.decode(Fixtures.bytes("jpeg/grey-13x9.jpg"), limit: 12) }
        #expect(error?.reason == "the image exceeds the allowed size")
    }
}
