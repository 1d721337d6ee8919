/// Comma-separated values (RFC 4180), with line feeds.
struct CSVText {
    private(set) var text: String

    init(columns: [String]) { text = Self.row(columns) }

    mutating func append(_ fields: [String]) { text += Self.row(fields) }

    private static func row(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

    private static func quoted(_ field: String) -> String {
        // Spreadsheets interpret a leading = + - @ as a formula; plain numbers keep their sign.
        let dangerous = field.unicodeScalars.first.map { "=+-@".unicodeScalars.contains($0) } == true && Double(field) == nil
        let safe = dangerous ? "'" + field : field
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
    }
}
