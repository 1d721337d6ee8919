import Canonical
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The operating system's figures for this process, under the names that Prometheus' client libraries use.
package enum ProcessFigures {
    static func write(to text: inout MetricsText) {
        if let bytes = residentBytes {
            text.single("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", Double(bytes))
        }
        if let count = openDescriptors {
            text.single("process_open_fds", .gauge, "Number of open file descriptors.", Double(count))
        }
        text.single("process_max_fds", .gauge, "Maximum number of open file descriptors.", Double(descriptorLimit))
        text.single("process_cpu_seconds_total", .counter, "Total user and system CPU time in seconds.", cpuSeconds)
        if let count = threads { text.single("process_threads", .gauge, "Threads.", Double(count)) }
    }

    private static var residentBytes: Int? {
        guard let words = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " "), words.count > 1 else { return nil }
        return Int(words[1], in: 0...1 << 40).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    static var openDescriptors: Int? { try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }

    private static var threads: Int? { try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }

    /// The maximum number of open file descriptors.
    package static var descriptorLimit: UInt {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return UInt(limit.rlim_cur)
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        return user + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    }
}
