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

/// One line of JSON for each request. Neither queries nor fields are in it, so no secret can be.
///
/// Lines are appended whole, each by one write, so that the file can be cut short or moved away (and the server restarted) at any
/// moment. A line that cannot be written is dropped: the log must not stop the server.
package final class AccessLog: Sendable {
    private let descriptor: Int32

    /// - Parameter path: a file to append to, made if it is not there; "-" for standard error.
    /// - Errors: `StorageError` when the file cannot be opened.
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
