#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension JSONValue {
    /// The canonical text of this value, used for digests: keys sorted by their UTF-8 bytes, no spaces, numbers as in
    /// `JSONNumber`, strings with the minimum of escapes. Non-finite numbers, which JSON cannot represent, are written
    /// as null.
    public var canonicalText: String {
        var writer = JSONWriter(indentation: nil)
        writer.write(self)
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// The bytes of `canonicalText`.
    public var canonicalBytes: [UInt8] {
        var writer = JSONWriter(indentation: nil)
        writer.write(self)
        return writer.output
    }

    /// Human-readable text, indented by two spaces per level, with a final line feed.
    public var prettyText: String {
        var writer = JSONWriter(indentation: 2)
        writer.write(self)
        return String(decoding: writer.output, as: UTF8.self) + "\n"
    }

    /// SHA-256 digest of the canonical text.
    public var digest: Digest { Digest.sha256(canonicalBytes) }
}

/// Writes canonical JSON, on one line or indented.
struct JSONWriter {
    let indentation: Int?
    private(set) var output: [UInt8] = []
    private var level = 0

    init(indentation: Int?) { self.indentation = indentation }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .number(let value): append(value.isFinite ? JSONNumber.text(value) : "null")
        case .string(let value): write(value)
        case .array(let elements):
            list(elements, between: "[", and: "]") { writer, element in writer.write(element) }
        case .object(let members):
            let sorted = members.sorted { JSONWriter.precedes($0.key, $1.key) }
            list(sorted, between: "{", and: "}") { writer, member in writer.write(member.key, member.value) }
        }
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func write(_ key: String, _ value: JSONValue) {
        write(key)
        append(indentation == nil ? ":" : ": ")
        write(value)
    }

    private mutating func list<Element>(
        _ elements: [Element], between open: String, and close: String,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        level += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine()
            write(&self, element)
        }
        level -= 1
        if !elements.isEmpty { newLine() }
        append(close)
    }

    private mutating func newLine() {
        guard let indentation else { return }
        append("\n" + String(repeating: " ", count: level * indentation))
    }

    /// Whether the UTF-8 bytes of one key come before those of another.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        let order = unsafe a.utf8.withContiguousStorageIfAvailable { a in
            unsafe b.utf8.withContiguousStorageIfAvailable { b in
                guard let first = a.baseAddress, let second = b.baseAddress else { return a.count < b.count }
                let order = unsafe memcmp(first, second, min(a.count, b.count))
                return order == 0 ? a.count < b.count : order < 0
            }
        }
        return order.flatMap { $0 } ?? a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private mutating func write(_ string: String) {
        append("\"")
        if !string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            append(string)
        } else {
            escape(string)
        }
        append("\"")
    }

    private mutating func escape(_ string: String) {
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20: append("\\u00" + Hexadecimal.text(of: [byte]))
            default: output.append(byte)
            }
        }
    }
}
