import ArgumentParser
import Canonical
import Catalog

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct SQLWorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql-worker", abstract: "Answer one query; started by the server.",
        discussion: """
            Reads a request as JSON on standard input, and writes the answer, or the problem, as JSON on standard output.

            EXIT CODES
              0 done    64 bad input
            """,
        shouldDisplay: false)

    mutating func perform() async throws -> Int32 {
        let request = try SQLRequest(reading: try InputFile.json("-"))
        ProcessLimits.confine(memory: UInt64(request.query.limits.heap) + 1 << 30, seconds: UInt64(request.query.limits.seconds) + 5)
        return SQLWorkerCommand.write(Array(request.answer.canonicalText.utf8)) ? 0 : CommandFailure.Code.nobodyReads
    }

    /// Writes bytes as they are: a program reads them, no terminal.
    static func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress! + written, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}

/// What this process may take of its machine from now on.
enum ProcessLimits {
    /// - Parameters:
    ///   - memory: address space beyond what is in use already, in bytes. Each thread reserves up to 128 MiB of it for its allocations; what a query uses is bounded by SQLite's heap limit.
    ///   - seconds: of processor time; nil for no limit
    static func confine(memory: UInt64, seconds: UInt64? = nil) {
        let pages = (try? FileSystem.read("/proc/self/statm")).flatMap { String(decoding: $0, as: UTF8.self).split(separator: " ").first.flatMap { UInt64($0) } } ?? 0
        limit(RLIMIT_AS, pages * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))) + memory)
        if let seconds { limit(RLIMIT_CPU, seconds) }
        // A reader writes no file but the index of the write-ahead log, which is small, and no core dump.
        limit(RLIMIT_FSIZE, 64 << 20)
        limit(RLIMIT_CORE, 0)
    }

    private static func limit(_ resource: __rlimit_resource, _ value: UInt64) {
        var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        _ = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
    }
}
