@testable import Archives
import Codecs
import TestSupport
import Testing

@Suite struct ZipTests {
    static let members = [
        ZipMember(name: "b.txt", content: Array("hello hello hello".utf8)), ZipMember(name: "a/é.txt", content: []),
        ZipMember(name: "c", content: [UInt8](repeating: 7, count: 100_000)),
    ]

    @Test func roundTrip() throws {
        let bytes = Samples.joined(ZipWriter.pieces(Self.members))
        #expect(bytes == Samples.joined(ZipWriter.pieces(Self.members.reversed(), threads: 4)))
        let back = try ZipReader.members(bytes, limit: 1 << 20, threads: 3)
        #expect(back == [Self.members[1], Self.members[0], Self.members[2]])
        #expect(try ZipReader.members(Samples.joined(ZipWriter.pieces([])), limit: 0) == [])
    }

    @Test func limits() throws {
        let bytes = Samples.joined(ZipWriter.pieces(Self.members))
        _ = try ZipReader.members(bytes, limit: 100_017)
        let error = #expect(throws: ArchiveError.self) { try ZipReader.members(bytes, limit: 100_016) }
        #expect(error?.problem == .tooLarge(bytes: 100_017, limit: 100_016))
    }

    /// More members than 16 bits can count: the central directory needs its 64-bit record.
    @Test func manyMembers() throws {
        let count = 65_536
        let list = (0..<count).flatMap { number in
            ZipWriter.centralHeader(ZipWriter.Packed(name: "\(number)", size: 0, crc: 0, data: []), at: 0)
        }
        let end = ZipWriter.end(count: count, directorySize: list.count, at: 0)
        #expect(end.count == 22 + 56 + 20)
        #expect(try ZipDirectory(list + end).entries.count == count)
    }

    /// Headers of members whose sizes exceed 32 bits, without the gigabytes.
    @Test func longSizes() throws {
        let size = 5_000_000_000
        let member = ZipWriter.Packed(name: "x", size: size, crc: 1, data: [])
        let local = ZipWriter.localHeader(member)
        #expect(local.count == 30 + 1 + 20)
        let central = ZipWriter.centralHeader(member, at: size + 1)
        #expect(central.count == 46 + 1 + 20)
        let end = ZipWriter.end(count: 1, directorySize: central.count, at: 0)
        let entry = try #require(try ZipDirectory(central + end).entries.first)
        #expect(entry.size == size)
        #expect(entry.packedSize == 0)
        #expect(entry.offset == size + 1)
        #expect(ZipWriter.end(count: 1, directorySize: 1, at: size).count == 22 + 56 + 20)
    }

    @Test func refusesTwoOfOneName() {
        let data = Deflate.compress([1], format: .raw)
        let packed = ZipWriter.Packed(name: "x", size: 1, crc: CRC32.checksum([1]), data: data)
        let list = ZipWriter.centralHeader(packed, at: 0) + ZipWriter.centralHeader(packed, at: 0)
        let body = ZipWriter.localHeader(packed) + data
        let bytes = body + list + ZipWriter.end(count: 2, directorySize: list.count, at: body.count)
        let error = #expect(throws: ArchiveError.self) { try ZipReader.members(bytes, limit: 100) }
        #expect(error?.description.contains("duplicate member") == true)
    }

    /// A member whose declared size is too small.
    @Test func refusesABomb() {
        let content = [UInt8](repeating: 0, count: 10_000_000)
        let data = Deflate.compress(content, format: .raw)
        let packed = ZipWriter.Packed(name: "x", size: 10, crc: CRC32.checksum(content), data: data)
        let list = ZipWriter.centralHeader(packed, at: 0)
        let body = ZipWriter.localHeader(packed) + data
        let bytes = body + list + ZipWriter.end(count: 1, directorySize: list.count, at: body.count)
        let error = #expect(throws: ArchiveError.self) { try ZipReader.members(bytes, limit: 1 << 30) }
        #expect(error?.description.contains("exceeds the limit of 10 bytes") == true)
    }

    @Test func survivesMutation() {
        let bytes = Samples.joined(ZipWriter.pieces(Self.members))
        var random = TestRandom(seed: 5)
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? ZipReader.members(damaged, limit: 1 << 20)
        }
    }
}
