import GRDB

/// Upper and lower case alike in every alphabet, for `~`. (SQLite's own `lower` knows ASCII alone.)
enum CaseFolding {
    /// Upper case first, so that the final sigma and the sharp s meet their other forms: "Straße" and "STRASSE" are alike. Letters with marks are
    /// compared as they are read, composed or not.
    static func fold(_ text: String) -> String { text.uppercased().lowercased() }

    /// - Parameter part: folded already.
    static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || fold(text).contains(part)
    }

    /// The same in SQL: null where there is no text.
    static let function = DatabaseFunction("contains_folded", argumentCount: 2, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), let part = String.fromDatabaseValue(values[1]) else { return nil }
        return contains(text, part)
    }
}
