import Canonical
import Foundation
import TestSupport
import Testing

@Suite struct SystemPathTests {
    /// Latin-1, a lone continuation byte, an overlong form, a surrogate, a truncated character, the private-use characters themselves, and valid UTF-8.
    private static let names: [[UInt8]] = [
        Array("caf".utf8) + [0xE9], [0x80], [0xC0, 0xAF, 0x61], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x8F, 0x9F, 0xA9], Array("plain/é😀".utf8), [0xFF, 0xFE, 0x62],
    ]

    @Test func everyNameSurvives() {
        for name in Self.names { #expect(SystemPath.bytes(SystemPath.text(name)) == name) }
        var random = TestRandom(seed: 1)
        for _ in 0..<2000 {
            let name = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 1...255, using: &random) }
            #expect(SystemPath.bytes(SystemPath.text(name)) == name)
        }
        #expect(Set(Self.names.map { SystemPath.text($0) }).count == Self.names.count)
    }

    @Test func forPeople() {
        #expect(SystemPath.readable(SystemPath.text(Self.names[0])) == "caf\\xE9")
        #expect(SystemPath.readable("a\u{1B}[2J\nb") == "a\\x1B[2J\\x0Ab" && SystemPath.readable("é😀") == "é😀")
        #expect(SystemPath.isPlain("é😀") && !SystemPath.isPlain(SystemPath.text(Self.names[0])))
    }

    @Test func filesUnderSuchNames() throws {
        let folder = try TemporaryFolder(), inner = folder.path + "/" + SystemPath.text(Self.names[0])
        try FileSystem.makeFolder(inner + "/deeper")
        #expect(try FileSystem.names(in: folder.path) == [SystemPath.text(Self.names[0])])
        #expect(FileSystem.isFolder(inner) && FileSystem.kind(of: inner) == .folder)
        let file = try FileWriter(inner + "/" + SystemPath.text(Self.names[1]))
        try file.append([1, 2, 3, 4])
        try file.finish()
        #expect(try FileSystem.read(inner + "/" + SystemPath.text(Self.names[1])) == [1, 2, 3, 4])
        // Libraries that accept only UTF-8 find the same folder.
        let plain = try SystemPath.plain(inner + "/deeper/more")
        #expect(SystemPath.isPlain(plain) && plain.hasSuffix("/deeper/more"))
        try FileManager.default.createDirectory(atPath: plain, withIntermediateDirectories: true)
        #expect(FileSystem.isFolder(inner + "/deeper/more"))
        try FileSystem.remove(inner + "/" + SystemPath.text(Self.names[1]))
        for path in ["/deeper/more", "/deeper", ""] { try FileSystem.removeEmptyFolder(inner + path) }
        #expect(try FileSystem.names(in: folder.path).isEmpty)
    }

    @Test func partsOfFiles() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array(0..<100), as: "f"), reader = try FileReader(path)
        #expect(reader.size == 100)
        #expect(try reader.read(at: 98, count: 10) == [98, 99])
        #expect(try reader.read(at: 100, count: 1).isEmpty)
        #expect(try reader.read(at: 10, count: 3) == [10, 11, 12])
        #expect(throws: FileError.self) { try FileWriter(path) }
        #expect(throws: FileError.self) { try FileReader(folder.path) }
        try FileSystem.rename(path, to: folder.path("g"))
        #expect(try folder.names() == ["g"])
    }
}
