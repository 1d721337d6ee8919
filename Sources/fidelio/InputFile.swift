import Canonical
import Foundation

/// Files that people hand to commands.
enum InputFile {
    private static let limit = 1 << 20

    /// The JSON in a file, or on standard input for "-".
    static func json(_ path: String) throws -> JSONValue {
        let bytes: [UInt8]
        do {
            bytes = path == "-" ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : try FileSystem.read(path, limit: limit)
        } catch {
            throw CommandFailure("\(error)", code: CommandFailure.Code.badInput)
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure("\(path): \(error)", code: CommandFailure.Code.badInput)
        }
    }
}
