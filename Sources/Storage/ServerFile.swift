import Canonical

/// `server.json` in the storage folder: how commands on this machine find the running server and authenticate. Readable only by
/// the server's user.
public struct ServerFile: Sendable, Equatable {
    /// The server's base URL.
    public var url: String
    /// The server's process id.
    public var process: Int32
    /// The bearer token of the command line.
    public var token: String

    /// Makes the content of a file.
    public init(url: String, process: Int32, token: String) {
        self.url = url
        self.process = process
        self.token = token
    }

    /// Replaces the file; only its owner can read it.
    /// - Errors: `FileError`
    package func write(to path: String) throws {
        let json = JSONValue.object(["url": .string(url), "pid": .integer(Int64(process)), "token": .string(token)])
        try AtomicFile.write(json.canonicalBytes, to: path, mode: 0o600)
    }

    /// The server of this storage folder, if it is alive: its lock is held.
    public static func live(in storage: StorageFolder) -> ServerFile? {
        guard
            FileLock.isHeld(storage.lock), let bytes = try? FileSystem.read(storage.serverFile, limit: 1 << 16),
            let value = try? JSONValue(parsing: bytes), let url = value["url"]?.stringValue, let token = value["token"]?.stringValue,
            let process = value["pid"]?.integerValue.flatMap({ Int32(exactly: $0) })
        else { return nil }
        return ServerFile(url: url, process: process, token: token)
    }
}
