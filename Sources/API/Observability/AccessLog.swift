import Canonical
import Foundation
import HTTPServer
import HTTPTypes
package import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One line of JSON per request. It contains neither queries nor header fields, and therefore no secrets.
///
/// Each line is appended by a single write, so the file can be truncated or moved (followed by a restart) at any
/// moment. A line that cannot be written is dropped: the log must not stop the server.
package final class AccessLog: Sendable {
    private let descriptor: Int32

    /// - Parameter path: a file to append to, created if it does not exist; "-" for standard error.
    /// - Errors: `StorageError` if the file cannot be opened.
    package init(path: String) throws(StorageError) {
        guard path != "-" else {
            descriptor = dup(2)
            return
        }
        descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, problem: lastSystemError()) }
    }

    deinit { close(descriptor) }

    func write(_ record: AccessRecord, route: String) {
        let line = AccessLog.line(record, route: route, at: Date().timeIntervalSince1970) + "\n"
        let bytes = Array(line.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    static func line(_ record: AccessRecord, route: String, at time: Double) -> String {
        let components = record.duration.components
        let milliseconds = Double(components.seconds) * 1000 + Double(components.attoseconds / 1_000_000_000_000) / 1000
        return JSONValue.object([
            "time": .number((time * 1000).rounded() / 1000), "address": .string(record.remoteAddress.host),
            "method": .string(record.method.rawValue), "path": .string(record.path), "route": .string(route),
            "status": .count(record.status), "bytes": .count(record.bytes), "milliseconds": .number(milliseconds),
            "complete": .bool(record.isComplete),
        ]).canonicalText
    }
}
