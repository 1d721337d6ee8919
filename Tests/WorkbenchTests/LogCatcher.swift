import Logging
import Synchronization

/// Records every log line at every level.
final class LogCatcher: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "caught") { _ in Handler(catcher: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let catcher: LogCatcher
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            catcher.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
