package import Canonical
import Dispatch
import Foundation
import Synchronization

/// The used and free space of a storage folder. Counting takes time, so it is done at most once a minute, outside the
/// cooperative pool; meanwhile the previous number is returned.
package final class DiskUse: Sendable {
    /// The counter of this process.
    package static let shared = DiskUse()

    private struct Count {
        var bytes: Int64?
        var at = ContinuousClock.now
        var isCounting = false
        var waiting: [CheckedContinuation<Int64, Never>] = []
    }

    private let counts = Mutex<[String: Count]>([:])
    private let queue = DispatchQueue(label: "disk-use", qos: .utility)

    /// `used` and `free` in bytes; null if the file system does not report it.
    package func json(_ storage: StorageFolder) async -> JSONValue {
        let (used, free) = await figures(storage)
        return .object(["used": .integer(used), "free": free.map { .integer($0) } ?? .null])
    }

    /// Bytes that the folder takes, and bytes free on its disk; nil if the file system does not report it.
    package func figures(_ storage: StorageFolder) async -> (used: Int64, free: Int64?) {
        let free = try? FileManager.default.attributesOfFileSystem(forPath: storage.root)[.systemFreeSize] as? Int64
        return (await used(storage.root), free)
    }

    /// The newest number available. Only the very first one is waited for.
    private func used(_ path: String) async -> Int64 {
        let known = counts.withLock { $0[path]?.bytes }
        begin(path)
        if let known { return known }
        return await withCheckedContinuation { continuation in
            let bytes = counts.withLock { counts -> Int64? in
                if let bytes = counts[path]?.bytes { return bytes }
                counts[path, default: Count()].waiting.append(continuation)
                return nil
            }
            if let bytes { continuation.resume(returning: bytes) }
        }
    }

    private func begin(_ path: String) {
        let mustCount = counts.withLock { counts -> Bool in
            var count = counts[path] ?? Count()
            guard !count.isCounting, count.bytes == nil || count.at.duration(to: .now) >= .seconds(60) else { return false }
            count.isCounting = true
            counts[path] = count
            return true
        }
        guard mustCount else { return }
        queue.async { [self] in
            let bytes = DiskUse.count(path)
            let waiting = counts.withLock { counts in
                defer { counts[path] = Count(bytes: bytes) }
                return counts[path]?.waiting ?? []
            }
            for continuation in waiting { continuation.resume(returning: bytes) }
        }
    }

    private static func count(_ path: String) -> Int64 {
        var bytes: Int64 = 0
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
        let files = FileManager.default.enumerator(at: URL(fileURLWithPath: path), includingPropertiesForKeys: Array(keys))
        while let file = files?.nextObject() as? URL {
            bytes += Int64((try? file.resourceValues(forKeys: keys).fileSize) ?? 0)
        }
        return bytes
    }
}

/// Formats byte counts for messages.
package enum ByteCount {
    /// "1.5 GiB", or "300 MiB" below one.
    package static func text(_ bytes: Int64) -> String {
        bytes >= 1 << 30 ? "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB" : "\(bytes >> 20) MiB"
    }
}
