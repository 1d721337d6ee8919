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

    @Test func whoWaitsGetsItAfterwards() async throws {
        let folder = try TemporaryFolder("lock")
        let path = folder.path("lock")
        let released = Mutex(false)
        let first = Mutex(try FileLock.acquire(path))
        async let second: Bool = withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let lock = try FileLock.wait(for: path)
                        return withExtendedLifetime(lock) { released.withLock { $0 } }
                    })
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        released.withLock { $0 = true }
        first.withLock { $0 = nil }
        #expect(try await second, "it was taken before it was let go")
        withExtendedLifetime(folder) {}
    }
}
