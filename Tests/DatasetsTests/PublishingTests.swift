import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// A data set appears atomically: content and record of one data set, or nothing.
@Suite struct PublishingTests {
    /// Concurrent imports under one name: the first wins, those with other content are rejected, and content and record match.
    @Test func oneNameAtOnce() async throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path("datasets"))
        for i in 0..<4 {
            try folder.write(NPZFixture.file(["x.npy": NPZFixture.array("|u1", [20 + i, 1, 2], [UInt8](repeating: UInt8(i), count: 40 + 2 * i))]), as: "\(i).npz")
        }
        for round in 0..<8 {
            let name = "set-\(round)"
            let outcomes = await withTaskGroup(of: Result<DatasetStore.Status, DatasetError>.self) { group in
                for i in 0..<8 {
                    group.addTask {
                        do throws(DatasetError) {
                            return .success(try store.add(own: OwnDataset(name: name, path: folder.path("\(i % 4).npz"))))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let loaded = try store.load(name), status = try store.status(of: name)
            #expect(status.description.digest == loaded.digest && status.description.splits.map(\.count) == loaded.splits.map(\.count))
            let kept = outcomes.compactMap { try? $0.get() }
            #expect(kept.count == 2 && kept.allSatisfy { $0.description.digest == loaded.digest })
            for case .failure(let error) in outcomes {
                guard case .alreadyThere(name: name, digest: loaded.digest, _) = error else { Issue.record("\(error)"); continue }
            }
        }
        #expect(try FileSystem.names(in: store.root) == ["add_lock"] + (0..<8).map { "set-\($0)" })
    }

    /// A disk that writes other bytes and reports success: the data set is rejected, and nothing remains.
    @Test(.enabled(if: WatchedDisk.isAvailable, "a bad disk cannot be played under a sanitizer or without glibc"))
    func isReadBack() throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path("datasets"))
        let file = try folder.write(NPZFixture.file(["x.npy": NPZFixture.images(14)]), as: "x.npz")
        try FileSystem.makeFolder(store.root)
        let disk = WatchedDisk(store.root)
        disk.corrupt()
        #expect(throws: DatasetError.self) { try store.add(own: OwnDataset(name: "mine", path: file)) }
        #expect(store.list().allSatisfy { $0.description.name != "mine" })
    }

    /// Names like iNaturalist's 140 classes, and hundreds of arrays: the stored record can be read back.
    @Test func longRecords() throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path("datasets"))
        for i in 0..<140 {
            let name = "in/\(1000 + i)_Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Vanessa_cardui_\(String(repeating: "x", count: 150))"
            try FileSystem.makeFolder(folder.path(name))
            try folder.write(PNG.encode(PixelImage(width: 2, height: 1, channels: 1, pixels: [UInt8(i), 0])), as: "\(name)/0.png")
        }
        let status = try store.add(own: OwnDataset(name: "inat", path: folder.path("in")))
        #expect(status.isReady && status.classNames.count == 140 && status.classNames[139].hasPrefix("1139_Animalia"))
        #expect(store.list().last?.description == status.description)
        #expect(try store.load("inat").classes == 140)
        var arrays = ["x.npy": NPZFixture.images(14)]
        for i in 0..<300 { arrays["s\(i)_caption_embedding_of_this_sample.npy"] = NPZFixture.array("<f4", [1], [0, 0, 0, 0]) }
        let many = try folder.write(NPZFixture.file(arrays), as: "many.npz")
        #expect(try store.add(own: OwnDataset(name: "many", path: many)).leftOut.map(\.count) == [300] && store.status(of: "many").isReady)
    }

    /// Records of earlier versions, with all names in one text longer than allowed for others, can be read.
    @Test func earlierRecords() throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path("datasets"))
        let status = try store.add(own: OwnDataset(name: "own", path: folder.write(NPZFixture.file(["x.npy": NPZFixture.images(14)]), as: "x.npz")))
        let record = try FileSystem.read(store.recordPath("own"))
        let long = String(decoding: record, as: UTF8.self).replacing("an .npz file of x", with: String(repeating: "name, ", count: 20_000))
        try AtomicFile.write(Array(long.utf8), to: store.recordPath("own"))
        #expect(try store.status(of: "own").description == status.description && store.list().count == DatasetDescription.all.count + 1)
        // An unreadable record is reported; its name is not free.
        try AtomicFile.write(Array(record.dropLast(9)), to: store.recordPath("own"))
        let error = #expect(throws: DatasetError.self) { try store.load("own") }
        #expect(error?.description.contains("dataset.json cannot be read") == true)
        #expect(throws: DatasetError.self) { try store.add(own: OwnDataset(name: "own", path: folder.path("x.npz"))) }
    }

    @Test func whatAKilledProcessLeft() throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path)
        for name in ["adding_1/ready", "adding_2/ready"] { try FileSystem.makeFolder(folder.path(name)) }
        for name in ["adding_1", "adding_2"] { try folder.write([1], as: "\(name)/lock") }
        try folder.write([1, 2, 3], as: "adding_1/ready/images.bin")
        let held = try #require(try FileLock.acquire(folder.path("adding_2/lock")))
        store.removeLeftovers()
        #expect(try folder.names() == ["adding_2"])
        withExtendedLifetime(held) {}
        // Content without a record, after a kill between the two: the name is free.
        try FileSystem.makeFolder(folder.path("own"))
        try folder.write([9], as: "own/images.bin")
        #expect(throws: DatasetError.self) { try store.load("own") }
        try store.add(own: OwnDataset(name: "own", path: folder.write(NPZFixture.file(["x.npy": NPZFixture.images(14)]), as: "x.npz")))
        #expect(try store.load("own").splits.map(\.count) == [12, 2])
    }

    /// A pipe is copied first, within the limit; formats that cannot come from a pipe are rejected by name.
    @Test func pipes() throws {
        let folder = try TemporaryFolder(), store = DatasetStore(root: folder.path("datasets")), bytes = NPZFixture.file(["x.npy": NPZFixture.images(14)])
        func add(_ bytes: [UInt8], _ change: (inout OwnDataset) -> Void = { _ in }) throws -> DatasetStore.Status {
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
            try pipe.fileHandleForWriting.close()
            var own = OwnDataset(name: "own", path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
            own.readsStreams = true
            change(&own)
            defer { withExtendedLifetime(pipe) {} }
            return try store.add(own: own)
        }
        #expect(try add(bytes).description.images == 14 && add(bytes).leftOut.isEmpty)
        for (bytes, change, words) in [
            (Array("hello".utf8), { _ in }, "neither a folder nor an .npz file"), (bytes, { $0.format = .idx }, "only .npz files can be read from one"), (bytes, { $0.limit = 100 }, "exceeds the limit of 100 bytes"),
            (bytes, { $0.readsStreams = false }, "a pipe or a device"),
        ] as [([UInt8], (inout OwnDataset) -> Void, String)] {
            let error = #expect(throws: DatasetError.self) { try add(bytes, change) }
            #expect(error?.description.contains(words) == true && error?.description.contains("/dev/fd/") == true)
        }
    }
}
