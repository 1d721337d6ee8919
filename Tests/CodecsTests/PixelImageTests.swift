import Codecs
import TestSupport
import Testing

@Suite struct PixelImageTests {
    /// A short PNG can claim half a gigabyte; more than 8192 x 8192 pixels are rejected before memory is allocated.
    @Test func area() throws {
        var png = PNG.encode(PixelImage(width: 1, height: 1, channels: 1, pixels: [0]))
        func size(_ width: UInt32, _ height: UInt32) -> [UInt8] {
            for (place, value) in [(16, width), (20, height)] { for i in 0..<4 { png[place + i] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(i))) } }
            let crc = CRC32.checksum(Array(png[12..<29]))
            for i in 0..<4 { png[29 + i] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(i))) }
            return png
        }
        let large = #expect(throws: PNGError.self) { try PNG.decode(size(8193, 8192)) }
        #expect(large?.reason == "8193 x 8192 pixels exceed the limit of 67108864")
        let short = #expect(throws: PNGError.self) { try PNG.decode(size(8192, 8192)) }
        #expect(short?.reason == "it is too short for its size")
    }
}
