import Canonical

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that users pass to commands: by path, as a pipe, or on standard input for "-".
enum InputFile {
    /// Maximum size in bytes, the same as for a request to the server.
    private static let limit = 1 << 20
    /// Maximum length in bytes of a typed line, such as a password.
    private static let lineLimit = 4096

    /// Parses the JSON in a file.
    /// - Errors: `CommandFailure`, also for an empty or too long file and for text that is not UTF-8
    static func json(_ path: String) throws -> JSONValue {
        let name = isStandardInput(path) ? "standard input" : path
        let bytes = try reading { () throws(FileError) in
            isStandardInput(path)
                ? try FileSystem.readInput(descriptor: 0, name: name, limit: limit) : try FileSystem.readInput(path, limit: limit)
        }
        guard !bytes.isEmpty else { throw bad("\(name) is empty; expected a JSON object") }
        do {
            return try JSONValue(document: bytes)
        } catch {
            throw bad("\(name): \(error)")
        }
    }

    /// The text of a file, byte for byte.
    /// - Parameter limit: the most bytes that are read
    /// - Errors: `CommandFailure`, also for a file that is too long, and for text that is not UTF-8
    static func text(_ path: String, limit: Int) throws -> String {
        let name = isStandardInput(path) ? "standard input" : path
        let bytes = try reading { () throws(FileError) in
            isStandardInput(path)
                ? try FileSystem.readInput(descriptor: 0, name: name, limit: limit) : try FileSystem.readInput(path, limit: limit)
        }
        if let encoding = TextEncoding.foreign(bytes) { throw bad("\(name) is \(encoding); expected UTF-8") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw bad("\(name) is not UTF-8 text") }
        return text
    }

    /// The first line of standard input without its line end; nil if there is no input.
    /// - Errors: `CommandFailure`, also for a line of more than 4096 bytes and for text that is not UTF-8
    static func firstLine() throws -> String? {
        let name = "standard input"
        let bytes = try reading { () throws(FileError) in
            try FileSystem.readInput(descriptor: 0, name: name, limit: lineLimit, upTo: UInt8(ascii: "\n"))
        }
        if let encoding = TextEncoding.foreign(bytes) { throw bad("\(name) is \(encoding); expected UTF-8") }
        guard var line = String(validating: TextEncoding.withoutMark(bytes), as: UTF8.self) else { throw bad("\(name) is not UTF-8 text") }
        if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
        return bytes.isEmpty ? nil : line
    }

    /// These device names refer to the same stream, and cannot be opened if it is a socket.
    private static func isStandardInput(_ path: String) -> Bool { ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].contains(path) }

    private static func reading(_ body: () throws(FileError) -> [UInt8]) throws -> [UInt8] {
        do {
            return try body()
        } catch where error.code == EISDIR {
            throw bad("\(error.path) is a folder; expected a file")
        } catch where error.code == EBADF {
            throw bad("\(error.path) is closed, or not open for reading")
        } catch {
            throw bad("\(error)")
        }
    }

    private static func bad(_ sentence: String) -> CommandFailure { CommandFailure(sentence, code: CommandFailure.Code.badInput) }
}
