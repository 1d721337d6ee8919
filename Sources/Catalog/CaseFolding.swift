import GRDB

/// Case-insensitive matching in every alphabet, for the operator `~`. (SQLite's own `lower` covers only ASCII.)
enum CaseFolding {
    /// Converts to upper case first, so that the final sigma and the sharp s match their other forms: "Straße" equals "STRASSE". Letters with
    /// diacritics match by canonical equivalence, whether composed or decomposed.
    static func fold(_ text: String) -> String { text.uppercased().lowercased() }

    /// - Parameter part: already folded.
    static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || fold(text).contains(part)
    }

    /// The same as a SQL function: null if there is no text.
    static let function = DatabaseFunction("contains_folded", argumentCount: 2, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), let part = String.fromDatabaseValue(values[1]) else { return nil }
        return contains(text, part)
    }
}
