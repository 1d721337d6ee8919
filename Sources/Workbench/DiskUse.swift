import Canonical
import Foundation

/// How much a storage folder takes and how much is free. Counting takes a while, so it is done at most once a minute.
actor DiskUse {
    static let shared = DiskUse()
    private var counted: [String: (bytes: Int64, at: ContinuousClock.Instant)] = [:]

    func json(_ storage: StorageFolder) -> JSONValue {
        let (used, free) = figures(storage)
        return .object(["used": .integer(used), "free": free.map { .integer($0) } ?? .null])
    }

    func figures(_ storage: StorageFolder) -> (used: Int64, free: Int64?) {
        let free = try? FileManager.default.attributesOfFileSystem(forPath: storage.root)[.systemFreeSize] as? Int64
        return (used(storage.root), free)
    }

    private func used(_ path: String) -> Int64 {
        if let known = counted[path], known.at.duration(to: .now) < .seconds(60) { return known.bytes }
        var bytes: Int64 = 0
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
        let files = FileManager.default.enumerator(at: URL(fileURLWithPath: path), includingPropertiesForKeys: Array(keys))
        while let file = files?.nextObject() as? URL {
            bytes += Int64((try? file.resourceValues(forKeys: keys).fileSize) ?? 0)
        }
        counted[path] = (bytes, .now)
        return bytes
    }
}
