import Canonical
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func writesAndReplaces() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(Array("one".utf8), to: folder.path("a"))
        try AtomicFile.write([Array("tw".utf8), [], Array("o".utf8)], to: folder.path("a"))
        #expect(try FileSystem.read(folder.path("a")) == Array("two".utf8))
        #expect(try folder.names() == ["a"])
        #expect(try FileSystem.size(of: folder.path("a")) == 3)
    }

    @Test func aFailedWriteLeavesTheOldAndNothingElse() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolder(folder.path("a/b"))
        // A folder cannot be replaced by a file, so only the final rename fails.
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path("a")) }
        #expect(error?.operation == "rename to")
        #expect(try folder.names() == ["a"])
        #expect(FileSystem.isFolder(folder.path("a/b")))
    }

    @Test func namesThePathAndTheReason() {
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/nowhere/at/all") }
        #expect(error?.isMissing == true)
        #expect(error?.description.contains("/nowhere/at/") == true)
        #expect(error?.description.hasSuffix("No such file or directory") == true)
    }

    @Test func aFullDiskIsAnError() {
        // This device rejects all writes, like a full disk.
        guard FileSystem.exists("/dev/full") else { return }
        #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full/x") }
    }

    @Test func writesUnderNamesThatAreNotUTF8() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/" + SystemPath.text(Array("caf".utf8) + [0xE9])
        for byte: UInt8 in [1, 2] {
            try AtomicFile.write([byte], to: path)
            #expect(try FileSystem.read(path) == [byte])
        }
        #expect(try FileSystem.names(in: folder.path).count == 1)
    }

    @Test func removesLeftovers() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], as: ".a.1-1.partial")
        try folder.write([1], as: ".hidden")
        try folder.write([1], as: "b.partial")
        try AtomicFile.removeLeftovers(in: folder.path)
        #expect(try folder.names() == [".hidden", "b.partial"])
    }

    /// What this process is writing stays, and so do other files where only those of one are meant.
    @Test func removesOnlyWhatIsMeant() throws {
        let folder = try TemporaryFolder()
        for name in [".a.1-7.partial", ".a.npz.1-1.partial", ".b.npz.1-1.partial", ".a.npz.\(getpid())-3.partial"] { try folder.write([1], as: name) }
        try AtomicFile.removeLeftovers(in: folder.path, of: "a.npz")
        #expect(try Set(folder.names()) == [".a.1-7.partial", ".b.npz.1-1.partial", ".a.npz.\(getpid())-3.partial"])
        try AtomicFile.removeLeftovers(in: folder.path)
        #expect(try folder.names() == [".a.npz.\(getpid())-3.partial"])
    }

    @Test func readsOnlyFilesWithinLimits() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], as: "a")
        #expect(try FileSystem.read(folder.path("a"), limit: 3) == [1, 2, 3])
        #expect(throws: FileError.self) { try FileSystem.read(folder.path("a"), limit: 2) }
        #expect(throws: FileError.self) { try FileSystem.read(folder.path) }
        let error = #expect(throws: FileError.self) { try FileSystem.read(folder.path("none")) }
        #expect(error?.isMissing == true)
    }

    @Test func makesFolders() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolder(folder.path("x/y/z"))
        try FileSystem.makeFolder(folder.path("x/y/z"))
        #expect(try FileSystem.names(in: folder.path("x")) == ["y"])
        try folder.write([], as: "f")
        #expect(throws: FileError.self) { try FileSystem.makeFolder(folder.path("f")) }
    }

    @Test func foldersOfPaths() {
        #expect(FileSystem.folder(of: "a") == ".")
        #expect(FileSystem.folder(of: "/a") == "/")
        #expect(FileSystem.folder(of: "x/y/a") == "x/y")
    }
}
