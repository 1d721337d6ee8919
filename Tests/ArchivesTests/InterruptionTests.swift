import Archives
import Canonical
import Foundation
import TestSupport
import Testing

/// Writers that the system stops. Each body runs in a process of its own.
@Suite struct InterruptionTests {
    /// A limit on the size of files is a full disk without one: the write fails in the middle.
    @Test func aFullDiskLeavesTheOld() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        let old = try Samples.archive().write(to: path)
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            do throws(ArchiveError) {
                try Samples.archive(seed: 2, size: 20_000).write(to: path)
                exit(3)
            } catch {
                guard case .file(let reason) = error.problem, reason.operation == "write" else { exit(4) }
            }
        }
        #expect(try Archive.read(path).digest == old.digest)
        #expect(try folder.names() == ["a.npz"])
    }

    /// Killed in the middle of many writes: the name always holds one whole archive or the other.
    @Test func aKilledWriterLeavesOldOrNew() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        let digests = [Samples.archive(seed: 1, size: 9000), Samples.archive(seed: 2, size: 9000)].map(\.digest)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let archives = [Samples.archive(seed: 1, size: 9000), Samples.archive(seed: 2, size: 9000)]
            try archives[0].write(to: path)
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 0.15)
                kill(getpid(), SIGKILL)
            }
            while true { for archive in archives { try archive.write(to: path) } }
        }
        #expect(try digests.contains(Archive.read(path).digest))
        #expect(try folder.names().filter { $0 != "a.npz" }.allSatisfy { $0.hasSuffix(".partial") })
        try AtomicFile.removeLeftovers(in: folder.path)
        #expect(try folder.names() == ["a.npz"])
    }
}
