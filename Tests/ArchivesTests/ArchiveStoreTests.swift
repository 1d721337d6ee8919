import Archives
import Canonical
import TestSupport
import Testing

@Suite struct ArchiveStoreTests {
    @Test func storesOnce() throws {
        let folder = try TemporaryFolder()
        let store = try ArchiveStore(root: folder.path("archives"))
        let archive = Samples.archive()
        #expect(!store.contains(archive.digest))
        let file = try store.put(archive, threads: 2)
        #expect(try store.put(archive) == file)
        let hex = archive.digest.hex
        #expect(store.path(for: archive.digest) == "\(hex.prefix(2))/\(hex).npz")
        #expect(file.path == store.file(for: archive.digest))
        #expect(try store.read(archive.digest).digest == archive.digest)
        let other = Samples.archive(seed: 2)
        try store.put(other)
        #expect(try store.digests() == [archive.digest, other.digest].sorted())
        try store.remove(other.digest)
        try store.remove(other.digest)
        #expect(try store.digests() == [archive.digest])
    }

    @Test func repairsDamageAndRefusesAnotherArchive() throws {
        let folder = try TemporaryFolder()
        let store = try ArchiveStore(root: folder.path)
        let (a, b) = (Samples.archive(), Samples.archive(seed: 2))
        let file = try store.put(a)
        try AtomicFile.write(Array(FileSystem.read(file.path).dropLast(100)), to: file.path)
        #expect(throws: ArchiveError.self) { try store.read(a.digest) }
        #expect(try store.put(a) == file)
        #expect(try store.read(a.digest).digest == a.digest)
        try b.write(to: file.path)
        let error = #expect(throws: ArchiveError.self) { try store.read(a.digest) }
        #expect(error?.problem == .mismatch("the archive's digest", expected: a.digest.hex, actual: b.digest.hex))
    }

    /// A disk that writes other bytes and reports success is detected when the archive is stored, not when it is read.
    @Test(.enabled(if: WatchedDisk.isAvailable, "a bad disk cannot be played under a sanitizer or without glibc"))
    func isReadBack() throws {
        let folder = try TemporaryFolder()
        let store = try ArchiveStore(root: folder.path), archive = Samples.archive()
        let disk = WatchedDisk(folder.path)
        disk.corrupt()
        let error = #expect(throws: ArchiveError.self) { try store.put(archive) }
        #expect(error?.file == store.file(for: archive.digest))
    }

    @Test func cleansUpAfterKilledWriters() throws {
        let folder = try TemporaryFolder()
        let store = try ArchiveStore(root: folder.path)
        let file = try store.put(Samples.archive())
        let name = ".half.npz.1-1.partial"
        try AtomicFile.write([1, 2, 3], to: FileSystem.folder(of: file.path) + "/" + name)
        #expect(try store.digests().count == 1)
        try store.removeLeftovers()
        #expect(try FileSystem.names(in: FileSystem.folder(of: file.path)).count == 1)
    }
}
