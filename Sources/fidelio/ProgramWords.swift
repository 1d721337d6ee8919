import Canonical

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the program was started with, as `SystemPath` writes it.
enum ProgramWords {
    /// Unlike `CommandLine.arguments`, they keep bytes that are no UTF-8.
    static var arguments: [String] {
        (0..<Int(CommandLine.argc)).compactMap { index in unsafe CommandLine.unsafeArgv[index].map { unsafe SystemPath.text(pointer: $0) } }
    }

    /// A variable of the environment, or nil.
    static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe SystemPath.text(pointer: $0) } }
}
