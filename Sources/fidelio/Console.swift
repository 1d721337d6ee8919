import Canonical
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Results go to standard output, everything else to standard error.
enum Console {
    static var errorIsTerminal: Bool { isatty(2) == 1 }

    static func say(_ text: String) { write(text + "\n", to: 1) }

    static func say(_ value: JSONValue) { say(value.canonicalText) }

    /// A remark for people, not a result.
    static func remark(_ text: String) { write(text + "\n", to: 2) }

    static func complain(_ sentence: String) { write("fidelio: \(sentence)\n", to: 2) }

    /// Writes all of it; what nobody reads any more is dropped.
    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written <= 0 { return }
            rest = rest.dropFirst(written)
        }
    }
}
