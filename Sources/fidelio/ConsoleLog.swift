import Foundation
import Logging

/// Log lines on standard error. Control characters in quoted text (file names, messages of workers) are escaped.
struct ConsoleLog: LogHandler {
    let label: String
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value) " }.joined()
        let time = Date.now.formatted(.iso8601)
        Console.remark(TerminalText.escaped("\(time) \(event.level) \(label): \(words)\(event.message)", keepsLines: false))
    }
}
