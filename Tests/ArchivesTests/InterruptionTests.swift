import Archives
import Canonical
import Foundation
import Synchronization
import TestSupport
import Testing

/// Writers interrupted by the system. Each body runs in its own process.
@Suite struct InterruptionTests {
    /// A limit on file size simulates a full disk: the write fails in the middle.
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

    /// After a kill during many writes, the name refers to one complete archive or the other.
    @Test func aKilledWriterLeavesOldOrNew() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        let digests = [Samples.archive(seed: 1, size: 9000), Samples.archive(seed: 2, size: 9000)].map(\.digest)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let archives = [Samples.archive(seed: 1, size: 9000), Samples.archive(seed: 2, size: 9000)]
            try archives[0].write(to: path)
            // Killed by another thread, while writes follow one another without a pause.
            let written = Mutex(0)
            Thread.detachNewThread {
                while written.withLock({ $0 }) < 10 { sched_yield() }
                kill(getpid(), SIGKILL)
            }
            while true {
                for archive in archives {
                    try archive.write(to: path)
                    written.withLock { $0 += 1 }
                }
            }
        }
        #expect(try digests.contains(Archive.read(path).digest))
        #expect(try folder.names().filter { $0 != "a.npz" }.allSatisfy { $0.hasSuffix(".partial") })
        try AtomicFile.removeLeftovers(in: folder.path)
        #expect(try folder.names() == ["a.npz"])
    }
}
