import Canonical

/// `server.json` in the storage folder: how commands on this machine find and enter the server that is running. Readable by
/// the server's user alone.
public struct ServerFile: Sendable, Equatable {
    public var url: String
    public var process: Int32
    public var token: String

    public init(url: String, process: Int32, token: String) {
        self.url = url
        self.process = process
        self.token = token
    }

    /// Replaces the file, for its owner's eyes alone.
    /// - Errors: `FileError`
    package func write(to path: String) throws {
        let json = JSONValue.object(["url": .string(url), "pid": .integer(Int64(process)), "token": .string(token)])
        try AtomicFile.write(json.canonicalBytes, to: path, mode: 0o600)
    }

    /// The server of this storage folder, if one is alive: one whose lock is held.
    public static func live(in storage: StorageFolder) -> ServerFile? {
        guard
            FileLock.isHeld(storage.lock), let bytes = try? FileSystem.read(storage.serverFile, limit: 1 << 16),
            let value = try? JSONValue(parsing: bytes), let url = value["url"]?.stringValue, let token = value["token"]?.stringValue,
            let process = value["pid"]?.integerValue.flatMap({ Int32(exactly: $0) })
        else { return nil }
        return ServerFile(url: url, process: process, token: token)
    }
}
