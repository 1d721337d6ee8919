import Canonical
import Catalog
import Foundation
import TestSupport
import Testing

@testable import Server
@testable import Storage

/// A storage folder that several machines share, and its catalog on a disk of one of them.
@Suite("Shared storage folders")
struct SharedStorageTests {
    /// The numbers of linux/magic.h, of Lustre (lustre_user.h), GPFS (gpfs.h), and BeeGFS (client_module).
    @Test(arguments: [
        (0x6969, NetworkFileSystem.nfs), (0x0BD0_0BD0, .lustre), (0x4750_4653, .gpfs), (0x1983_0326, .beeGFS), (0xFF53_4D42, .smb), (0xFE53_4D42, .smb), (0x00C3_6400, .ceph),
        (0x5346_414F, .afs),
    ] as [(UInt64, NetworkFileSystem)])
    func networkFileSystemsAreKnown(magic: UInt64, kind: NetworkFileSystem) {
        #expect(NetworkFileSystem(magic: magic) == kind)
        // As a signed 32-bit number of the kernel arrives.
        #expect(NetworkFileSystem(magic: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: magic)))) == kind)
    }

    @Test func disksOfThisMachineAreNone() {
        for magic in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] as [UInt64] { #expect(NetworkFileSystem(magic: magic) == nil) }
        #expect(NetworkFileSystem(of: "/proc/self/no-such-folder") == nil && NetworkFileSystem(of: NSTemporaryDirectory() + "missing/fidelio.sqlite") == nil)
        let caution = NetworkFileSystem.lustre.caution(catalog: "/scratch/fidelio.sqlite")
        #expect(caution.problem.contains("/scratch/fidelio.sqlite is on Lustre") && caution.advice.contains("--catalog"))
    }

    @Test func theCatalogLiesApartAndIsFoundAgain() throws {
        let place = try TemporaryFolder("shared")
        let root = place.path("storage"), path = place.path("local/catalog.sqlite")
        let apart = StorageFolder(root: root, catalog: path)
        try apart.create()
        try apart.settleCatalog()
        #expect(apart.lock == place.path("local/lock") && apart.serverFile == place.path("local/server.json") && apart.hasCatalogApart)
        let catalog = try Catalog.openForWriting(at: apart.catalog)
        let run = try catalog.writeNow { try $0.submit(WorkbenchFixture.newRun(1), at: 1) }
        // Every later command finds it by the folder.
        let later = StorageFolder(root: root)
        #expect(later == apart && later.catalog == path)
        try later.settleCatalog()
        #expect(!FileSystem.exists(root + "/fidelio.sqlite"))
        let finding = Doctor(storage: later).examine().first { $0.subject == "file system" }
        #expect(finding?.verdict == .good && finding?.sentence.contains(path) == true)

        // The backup has both in one folder, which is complete.
        _ = try Backup(of: later, to: place.path("backup")).make()
        let restored = StorageFolder(root: place.path("backup"))
        #expect(restored.catalog == place.path("backup/fidelio.sqlite"))
        #expect(try Catalog.openForReading(at: restored.catalog).readNow { try $0.requiredRun(run.id) }.id == run.id)
        try catalog.close()
    }

    @Test func aFolderHasOneCatalog() throws {
        let place = try TemporaryFolder("shared")
        let own = StorageFolder(root: place.path("storage"))
        try own.create()
        try own.settleCatalog()
        try Catalog.openForWriting(at: own.catalog).close()
        let apart = StorageFolder(root: own.root, catalog: place.path("local/catalog.sqlite"))
        try apart.create()
        #expect(throws: StorageError.self) { try apart.settleCatalog() }
        #expect(StorageFolder(root: own.root) == own)
        // Moved, as the error says.
        try FileSystem.rename(own.catalog, to: apart.catalog)
        try apart.settleCatalog()
        let other = StorageFolder(root: own.root, catalog: place.path("other/catalog.sqlite"))
        #expect(throws: StorageError.catalogElsewhere(asked: other.catalog, path: apart.catalog, host: ProcessInfo.processInfo.hostName)) { try other.settleCatalog() }
        // On another machine the path is another disk's.
        try JSONValue.object(["catalog": .string(place.path("missing.sqlite")), "host": "elsewhere"]).canonicalText.write(toFile: own.catalogPointer, atomically: true, encoding: .utf8)
        #expect(throws: StorageError.catalogElsewhere(asked: place.path("missing.sqlite"), path: place.path("missing.sqlite"), host: "elsewhere")) {
            try StorageFolder(root: own.root).settleCatalog()
        }
    }
}
