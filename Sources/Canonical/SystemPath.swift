#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// System paths: arbitrary bytes, which need not be UTF-8.
///
/// A byte that is not part of valid UTF-8 is represented in a `String` by the private-use character U+10F700 + byte, and is converted back to that byte, so
/// every name round-trips. Bytes that encode one of these characters in UTF-8 are represented byte by byte in the same way.
public enum SystemPath {
    private static let first: UInt32 = 0x10_F700

    /// Converts a system name to text.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self), isPlain(text) { return text }
        var text = "", start = 0
        while start < bytes.count {
            if let scalar = nextScalar(bytes[start...]), byte(of: scalar) == nil {
                text.unicodeScalars.append(scalar)
                start += UTF8.width(scalar)
            } else {
                text.unicodeScalars.append(Unicode.Scalar(first + UInt32(bytes[start]))!)
                start += 1
            }
        }
        return text
    }

    /// Converts text to the system name.
    public static func bytes(_ text: String) -> [UInt8] {
        if isPlain(text) { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8) }
    }

    /// Whether the path is valid UTF-8 and can be passed to any library.
    public static func isPlain(_ text: String) -> Bool {
        // All of these characters begin with F4 8F 9C to F4 8F 9F.
        !text.utf8.contains(0xF4) || !text.unicodeScalars.contains { byte(of: $0) != nil }
    }

    /// Human-readable form: invalid bytes and control characters as `\xE9`.
    public static func readable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value }
        if isPlain(text), !text.unicodeScalars.contains(where: isControl) { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if let byte = byte(of: scalar) ?? (isControl(scalar) ? UInt8(scalar.value) : nil) { shown += "\\x" + Hexadecimal.text(of: [byte]).uppercased() } else { shown.unicodeScalars.append(scalar) }
        }
        return shown
    }

    /// The current directory, or "." if unknown.
    public static var workingFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe text(pointer: path)
    }

    /// A UTF-8 path to a folder whose own path is not UTF-8, for libraries that require UTF-8. The last folder whose name is not UTF-8 is created if
    /// missing and kept open for the lifetime of the process; workers of this process can use the same path.
    /// - Errors: `FileError` if it cannot be created or opened, or if the system has no such paths.
    public static func plain(_ path: String) throws(FileError) -> String {
        if isPlain(path) { return path }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        let last = parts.lastIndex { !isPlain(String($0)) } ?? 0
        let folder = "/" + parts[...last].joined(separator: "/")
        try FileSystem.makeFolder(folder, mode: 0o700)
        guard FileSystem.isFolder("/proc/self/fd") else { throw FileError("use", readable(path), reason: "its name is not UTF-8") }
        let number = unsafe with(folder) { unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard number >= 0 else { throw FileError("open", folder, code: errno) }
        return (["/proc/\(getpid())/fd/\(number)"] + parts[(last + 1)...].map(String.init)).joined(separator: "/")
    }

    /// Calls `body` with the system name.
    static func with<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        if isPlain(path) { return unsafe path.withCString(body) }
        let bytes = (bytes(path) + [0]).map(CChar.init(bitPattern:))
        return unsafe bytes.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }

    /// Converts a zero-terminated system name to text.
    public static func text(pointer: UnsafePointer<CChar>) -> String {
        unsafe text(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
    }

    private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        first...(first + 0xFF) ~= scalar.value ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    /// The first character of the bytes, or nil if they do not begin with one.
    private static func nextScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        for count in 1...4 {
            if let text = String(validating: bytes.prefix(count), as: UTF8.self) { return text.unicodeScalars.first }
        }
        return nil
    }
}
