import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Canonical

@Suite("File locks")
struct FileLockTests {
    @Test func oneHolderAtATime() throws {
        #expect(throws: FileError.self) { try FileLock.acquire("/nonexistent/lock") }
        let folder = try TemporaryFolder("lock")
        let own = folder.path("lock")
        #expect(FileLock.holder(of: own) == nil && !FileLock.isHeld(own))
        let lock = try FileLock.acquire(own)
        #expect(lock != nil && FileLock.isHeld(own))
        #expect(FileLock.holder(of: own) == ProcessInfo.processInfo.processIdentifier)
        #expect(try FileLock.acquire(own, patience: .zero) == nil)
        #expect(try FileLock.acquire(own, patience: .milliseconds(30)) == nil)
        withExtendedLifetime((lock, folder)) {}
    }

    @Test func aLockEndsWithItsHolder() throws {
        let folder = try TemporaryFolder("lock")
        let path = folder.path("lock")
        do { _ = try FileLock.acquire(path) }
        #expect(FileLock.holder(of: path) == nil)
        #expect(try FileLock.acquire(path) != nil)
        withExtendedLifetime(folder) {}
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsGetsItAfterwards() async throws {
        let folder = try TemporaryFolder("lock")
        let path = folder.path("lock")
        let released = Mutex(false)
        let first = Mutex(try FileLock.acquire(path))
        async let second: Bool = onOwnThread {
            let lock = try FileLock.wait(for: path)
            return withExtendedLifetime(lock) { released.withLock { $0 } }
        }
        // Waits until the other thread blocks on the lock.
        while try !isAwaited(path) { try await Task.sleep(for: .milliseconds(5)) }
        released.withLock { $0 = true }
        first.withLock { $0 = nil }
        #expect(try await second, "it was taken before it was let go")
        withExtendedLifetime(folder) {}
    }

    /// Whether a process waits for the lock on this file: Linux lists such a request with an arrow and the file's inode.
    private func isAwaited(_ path: String) throws -> Bool {
        let inode = try #require(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
        let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
        return locks.split(separator: "\n").contains { $0.contains("-> FLOCK") && $0.contains(":\(inode) ") }
    }
}
