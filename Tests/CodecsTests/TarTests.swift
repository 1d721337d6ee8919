import Codecs
import TestSupport
import Testing

@Suite struct TarTests {
    /// A member's header and content, padded to 512 bytes.
    static func member(_ name: String, _ content: [UInt8], kind: Character = "0") -> [UInt8] {
        func field(_ text: String, _ count: Int) -> [UInt8] { Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count) }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        var header = field(name, 100) + field("0000644", 8) + field("0000000", 8) + field("0000000", 8) + field(octal(content.count, 11), 12)
        header += field("00000000000", 12) + [UInt8](repeating: 0x20, count: 8) + Array(String(kind).utf8) + field("", 100) + field("ustar", 6) + field("00", 249)
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replaceSubrange(148..<156, with: Array("\(octal(sum, 6))\0 ".utf8))
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    static let end = [UInt8](repeating: 0, count: 1024)
    private static let sound = member("folder/", [], kind: "5") + member("folder/a", [1, 2, 3]) + member("b", [UInt8](repeating: 7, count: 512)) + end

    @Test func membersAndPlaces() throws {
        let members = try Tar.members(Self.sound)
        #expect(members.map(\.name) == ["folder/a", "b"])
        #expect(Array(Self.sound[members[0].range]) == [1, 2, 3] && Self.sound[members[1].range].allSatisfy { $0 == 7 })
    }

    @Test func everyTruncationIsFound() {
        for length in 0...(Self.sound.count - 1024) {
            #expect(throws: TarError.self) { try Tar.members(Array(Self.sound.prefix(length))) }
        }
    }

    @Test func aChangedHeaderIsFound() {
        // The two bytes after the checksum's digits are padding.
        for place in 0..<512 where !(154..<156).contains(place) {
            var bytes = Self.sound
            bytes[512 + place] ^= 0x15
            #expect((try? Tar.members(bytes).map(\.name)) != ["folder/a", "b"], "byte \(place)")
        }
    }

    @Test(.enabled(if: Tool.hasNumpy, "python3 is not installed")) func readsWhatOthersWrite() throws {
        let folder = try TemporaryFolder()
        let script = """
            import io, sys, tarfile
            for name, form in (('ustar', tarfile.USTAR_FORMAT), ('gnu', tarfile.GNU_FORMAT), ('pax', tarfile.PAX_FORMAT)):
                with tarfile.open(sys.argv[1] + '/' + name, 'w', format=form) as tar:
                    for member in ('x/' * 40 + 'one', 'two'):
                        info = tarfile.TarInfo(member)
                        info.size = 700
                        tar.addfile(info, io.BytesIO(bytes(range(250)) * 2 + b'z' * 200))
            """
        #expect(try Tool.python(script, [folder.path]).output == "")
        for name in ["ustar", "gnu", "pax"] {
            let bytes = try folder.bytes(name), members = try Tar.members(bytes)
            #expect(members.map { String($0.name.suffix(3)) } == ["one", "two"])
            #expect(members.allSatisfy { Array(bytes[$0.range]) == (0..<500).map { UInt8($0 % 250) } + [UInt8](repeating: 122, count: 200) })
        }
    }
}
