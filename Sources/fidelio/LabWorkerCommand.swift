import ArgumentParser
import Canonical
import Labs

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct LabWorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab-worker", abstract: "Train a lab while commands arrive; started by the server.",
        discussion: """
            Reads commands as lines of JSON on standard input, and writes what it does as lines of JSON on standard output. Ends with its input.

            EXIT CODES
              0 done    1 failed    64 bad input
            """,
        shouldDisplay: false)

    @Argument(help: "The folder of the lab.") var folder: String
    @Option(parsing: .unconditional, help: "Most memory in MiB beyond the program's own.") var memory = 1024

    mutating func perform() async throws -> Int32 {
        guard 64...65_536 ~= memory else { throw CommandFailure("--memory \(memory) is not in 64...65536", code: CommandFailure.Code.badInput) }
        ProcessLimits.confine(memory: UInt64(memory) << 20)
        let id = folder.split(separator: "/").last.map(String.init) ?? "", labs = FileSystem.folder(of: folder)
        let lines = LineReader()
        let worker = try LabWorker(LabFolder(id, in: labs), say: { LabWorkerCommand.say($0) }, next: { lines.next(waiting: $0) })
        worker.run()
        return 0
    }

    private static func say(_ line: JSONValue) {
        let bytes = Array((line.canonicalText + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress! + written, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            // Whoever started this is gone; its input ends, too.
            guard count > 0 else { return }
            written += count
        }
    }
}

/// Lines of standard input, for one who has other things to do.
private final class LineReader {
    private var bytes: [UInt8] = []
    private var isOver = false

    /// The next line; waits so many seconds for it, or without end. Empty if there is none, nil at the end.
    func next(waiting seconds: Double?) -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeSubrange(...end)
                if !line.isEmpty { return line }
                continue
            }
            // A line is a command of a few hundred bytes.
            if isOver || bytes.count > 1 << 16 { return nil }
            var watched = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let milliseconds = seconds.map { Int32(max(0, min(60_000, ($0 * 1000).rounded(.up)))) } ?? -1
            let found = unsafe poll(&watched, 1, milliseconds)
            if found < 0, errno == EINTR { continue }
            guard found > 0 else { return "" }
            var buffer = [UInt8](repeating: 0, count: 1 << 12)
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { isOver = true } else { bytes += buffer[..<count] }
        }
    }
}
