import Canonical

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Arguments and environment of the program, encoded as `SystemPath` does.
enum ProgramWords {
    /// Unlike `CommandLine.arguments`, these keep bytes that are not UTF-8.
    static var arguments: [String] {
        (0..<Int(CommandLine.argc)).compactMap { index in unsafe CommandLine.unsafeArgv[index].map { unsafe SystemPath.text(pointer: $0) } }
    }

    /// An environment variable, or nil.
    static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe SystemPath.text(pointer: $0) } }
}
