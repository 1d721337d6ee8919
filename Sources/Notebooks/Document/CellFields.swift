package import Canonical

/// The fields of a cell that is not a text: a small strict subset of YAML, read as a JSON object.
///
/// ```yaml
/// study: small-polygons          # a comment
/// models: [ns-gan, "wgan: gp"]   # lists on one line, or as lines that begin with "- "
/// axes:
///   columns: seed                # nested fields, indented by spaces
/// ```
/// Values are texts (plain, `"…"` with the escapes of JSON, `'…'`), numbers as in JSON, `true`, `false`, `null`, lists, and fields. There are no anchors, tags, texts over
/// several lines, or documents. What other readers of YAML take for something else (`yes`, `.5`, `0123`) is an error: quote it, or write it as in JSON.
package enum CellFields {
    /// Levels of nesting.
    static let maximumDepth = 16

    /// Reads the fields of a source; an empty one has none.
    /// - Errors: `NotebookError` with line and column, counted from the first line of the source.
    package static func value(of source: String) throws(NotebookError) -> JSONValue {
        var parser = try CellFieldParser(source)
        return .object(Dictionary(uniqueKeysWithValues: try parser.document().map { ($0.key, $0.value) }))
    }

    /// Writes fields as a source. Reading it gives a value with the same canonical text.
    /// - Parameters:
    ///   - fields: an object; any other value is written as no fields
    ///   - source: a source whose lines are kept, with order and comments, for all fields that have the same value in it
    package static func source(of fields: JSONValue, changing source: String = "") -> String {
        let members = fields.objectValue ?? [:]
        // A source with an error in it is written anew.
        let old = entries(of: source)
        let bytes = old == nil ? [] : Array(LineEndings.normalized(source).utf8)
        var written: Set<String> = []
        var lines: [String] = []
        var position = 0
        for entry in old ?? [] {
            lines += texts(bytes[position..<entry.lines.lowerBound])
            position = entry.lines.upperBound
            guard let value = members[entry.key] else { continue }
            written.insert(entry.key)
            let isSame = value.canonicalText.utf8.elementsEqual(entry.value.canonicalText.utf8)
            lines += isSame ? texts(bytes[entry.lines]) : CellFieldWriter.lines(entry.key, value)
        }
        lines += texts(bytes[position...])
        for (key, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) where !written.contains(key) {
            lines += CellFieldWriter.lines(key, value)
        }
        return lines.joined(separator: "\n")
    }

    private static func entries(of source: String) -> [CellFieldParser.Entry]? {
        guard var parser = try? CellFieldParser(source) else { return nil }
        return try? parser.document()
    }

    /// The lines of a stretch of whole lines.
    private static func texts(_ bytes: ArraySlice<UInt8>) -> [String] {
        if bytes.isEmpty { return [] }
        let content = bytes.last == lineFeed ? bytes.dropLast() : bytes
        return content.split(separator: lineFeed, omittingEmptySubsequences: false).map(\.text)
    }
}

/// Writes fields in the subset of YAML.
enum CellFieldWriter {
    /// A field and what belongs to it, at a depth of nesting.
    static func lines(_ key: String, _ value: JSONValue, indentation: String = "") -> [String] {
        let name = indentation + (isPlainKey(key) ? key : JSONValue.string(key).canonicalText) + ":"
        if let text = oneLine(value) { return ["\(name) \(text)"] }
        return [name] + block(value, indentation + "  ")
    }

    private static func block(_ value: JSONValue, _ indentation: String) -> [String] {
        switch value {
        case .object(let members):
            return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { lines($0.key, $0.value, indentation: indentation) }
        case .array(let elements):
            return elements.flatMap { element in
                if let text = oneLine(element) { return ["\(indentation)- \(text)"] }
                let inner = block(element, indentation + "  ")
                return ["\(indentation)- \(inner[0].dropFirst(indentation.utf8.count + 2))"] + inner.dropFirst()
            }
        default: return []
        }
    }

    /// The value on one line; nil for what needs lines of its own.
    private static func oneLine(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): return YAMLScalar.written(text)
        case .array(let elements):
            let texts = elements.compactMap(oneLine)
            return texts.count == elements.count ? "[\(texts.joined(separator: ", "))]" : nil
        case .object(let members): return members.isEmpty ? "{}" : nil
        case .null, .bool, .integer, .number: return value.canonicalText
        }
    }

    static func isPlainKey(_ key: String) -> Bool {
        CellID(key) != nil && !YAMLScalar.isOther(key)
    }
}
