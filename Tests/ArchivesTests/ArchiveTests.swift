import Archives
import Canonical
import TestSupport
import Testing

@Suite struct ArchiveTests {
    @Test func roundTrip() throws {
        let folder = try TemporaryFolder()
        let archive = Samples.archive()
        let file = try archive.write(to: folder.path("a.npz"), threads: 2)
        #expect(file.digest == archive.digest)
        #expect(try file.bytes == folder.bytes("a.npz").count)
        let back = try Archive.read(folder.path("a.npz"), threads: 2)
        #expect(Samples.areIdentical(back.entries, archive.entries))
        #expect(back.manifest.canonicalText == archive.manifest.canonicalText)
        #expect(back.digest == archive.digest)
        #expect(back["adam/step"]?.elements == .int64([-12_345_678_901]))
        #expect(back["none"] == nil)
        #expect(back.manifest["tensors"]?["zeros"]?["shape"] == [2, 5])
    }

    @Test func bytesDependOnContentAlone() {
        let archive = Samples.archive()
        let shuffled = Archive(
            entries: Samples.entries().reversed(),
            manifest: ["numerics": 1, "metrics": ["fid": 3.25], "step": 12, "kind": "checkpoint"])
        let bytes = Samples.joined(archive.filePieces())
        #expect(shuffled.digest == archive.digest)
        for threads in [1, 2, 3, 8] { #expect(Samples.joined(shuffled.filePieces(threads: threads)) == bytes) }
    }

    /// A change of any value, name, shape, type, or manifest gives another digest.
    @Test func addressTellsEveryDifference() {
        func digest(_ name: String, _ shape: [Int], _ elements: ArrayElements, _ step: JSONValue) -> Digest {
            let entry = ArrayEntry(name: name, shape: shape, elements: elements)
            return Archive(entries: [entry], manifest: ["step": step]).digest
        }
        let digests = [
            digest("a", [2, 1], .float32([0, 1]), 1), digest("a", [2, 1], .float32([-0.0, 1]), 1),
            digest("b", [2, 1], .float32([0, 1]), 1), digest("a", [1, 2], .float32([0, 1]), 1),
            digest("a", [2, 1], .int64([0, 1]), 1), digest("a", [2, 1], .float64([0, 1]), 1),
            digest("a", [2, 1], .float32([0, 1]), 2), Archive(entries: [], manifest: ["step": 1]).digest,
        ]
        #expect(Set(digests).count == digests.count)
    }

    /// The layout is fixed: this digest must never change.
    @Test func addressIsAsDocumented() {
        let entry = ArrayEntry(name: "z", shape: [2], elements: .uint8([1, 2]))
        let archive = Archive(entries: [entry], manifest: [:])
        let digest = Digest.sha256([1, 2]).hex
        let manifest = #"{"format":1,"tensors":{"z":{"digest":"\#(digest)","dtype":"uint8","shape":[2]}}}"#
        #expect(archive.manifest.canonicalText == manifest)
        func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }"
        let padded = header + String(repeating: " ", count: 128 - 10 - header.count - 1) + "\n"
        let npy: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + [1, 2]
        var bytes = Array("fidelio archive 1\n".utf8)
        for (name, content) in [("manifest.json", Array(manifest.utf8)), ("z.npy", npy)] {
            bytes += number(name.utf8.count) + Array(name.utf8) + number(content.count) + content
        }
        #expect(archive.digest == Digest.sha256(bytes))
    }

    @Test func truncationIsFound() {
        let bytes = Samples.joined(Samples.archive(size: 4).filePieces())
        for length in bytes.indices {
            #expect(throws: ArchiveError.self) { try Archive.decode(Array(bytes[..<length])) }
        }
        #expect(throws: ArchiveError.self) { try Archive.decode(bytes + [0]) }
        #expect(throws: ArchiveError.self) { try Archive.decode([0] + bytes) }
    }

    /// Any flipped bit is detected, or lies outside of the content: dates, attributes, versions, padding of the last byte.
    @Test func damageIsFound() throws {
        let archive = Samples.archive(size: 4)
        let bytes = Samples.joined(archive.filePieces())
        var found = 0
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << (index % 8)
            guard let back = try? Archive.decode(damaged) else {
                found += 1
                continue
            }
            #expect(back.digest == archive.digest && Samples.areIdentical(back.entries, archive.entries), "byte \(index)")
        }
        #expect(found > bytes.count / 2)
    }

    @Test func errorsNameFileMemberAndByte() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        try Samples.archive().write(to: path)
        var bytes = try folder.bytes("a.npz")
        // The first member is adam/step.npy: damage its content, after header and name.
        bytes[30 + 13 + 40] ^= 0xFF
        try folder.write(bytes, as: "a.npz")
        let error = #expect(throws: ArchiveError.self) { try Archive.read(path) }
        #expect(error?.file == path)
        #expect(error?.member == "adam/step.npy")
        #expect(error?.offset ?? 0 > 0)
        #expect(error?.description.hasPrefix("\(path), member adam/step.npy, byte ") == true)
        let missing = #expect(throws: ArchiveError.self) { try Archive.read(folder.path("none.npz")) }
        #expect(missing?.description == "cannot open \(folder.path("none.npz")): No such file or directory")
    }

    /// Intact archives that contradict their manifest.
    @Test func manifestAndArraysMustAgree() throws {
        let good = Samples.archive(size: 4)
        let members = try ZipReader.members(Samples.joined(good.filePieces()), limit: 1 << 20)
        func message(_ members: [ZipMember]) -> String? {
            let bytes = Samples.joined(ZipWriter.pieces(members))
            return #expect(throws: ArchiveError.self) { try Archive.decode(bytes) }?.description
        }
        #expect(message(members.filter { $0.name != "manifest.json" })?.contains("not a Fidelio archive") == true)
        #expect(message(members.filter { $0.name != "zeros.npy" })?.contains("not in the file") == true)
        let zeros = members.first { $0.name == "zeros.npy" }!.content
        #expect(message(members + [ZipMember(name: "more.npy", content: zeros)])?.contains("not in the manifest") == true)
        #expect(message(members + [ZipMember(name: "x.txt", content: [])])?.contains("is not allowed in an archive") == true)
        #expect(message(members + [ZipMember(name: "../x.npy", content: zeros)])?.contains("is not allowed in an archive") == true)
        let changed = members.map { $0.name == "zeros.npy" ? ZipMember(name: $0.name, content: $0.content.dropLast() + [1]) : $0 }
        #expect(message(changed)?.contains("member zeros.npy: the array is {") == true)
        let odd = members.map { $0.name == "manifest.json" ? ZipMember(name: $0.name, content: Array("{".utf8)) : $0 }
        #expect(message(odd)?.contains("line 1, column 2") == true)
    }
}
