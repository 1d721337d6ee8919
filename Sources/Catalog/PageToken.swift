import Canonical
import GRDB

/// Where a page of a list ended: the sort values of its last entry, and its key.
/// Pages stay consistent while entries are added, because the next page starts after an entry and not at an offset.
struct PageToken: Sendable, Equatable {
    /// Identifies the list, filter, and order that the token belongs to.
    var query: String
    var values: [DatabaseValue]
    var key: DatabaseValue

    static func query(_ list: String, _ filter: String, _ order: String) -> String {
        String(Digest.sha256(Array((list + "\u{0}" + filter + "\u{0}" + order).utf8)).hex.prefix(16))
    }

    init(query: String, values: [DatabaseValue], key: DatabaseValue) {
        self.query = query
        self.values = values
        self.key = key
    }

    /// The public form: hexadecimal, so that it never needs escaping.
    var text: String {
        let json = JSONValue.array([.string(query), PageToken.json(key), .array(values.map(PageToken.json))])
        return json.canonicalText.utf8.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    init(text: String) throws(QueryError) {
        let wrong = QueryError(field: "page_token", problem: "is not one that this server gave")
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0, digits.count <= 8000 else { throw wrong }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        guard
            case .array(let parts)? = try? JSONValue(parsing: bytes), parts.count == 3, case .string(let query) = parts[0],
            case .array(let values) = parts[2]
        else { throw wrong }
        self.init(query: query, values: values.map(PageToken.value), key: PageToken.value(parts[1]))
    }

    private static func json(_ value: DatabaseValue) -> JSONValue {
        switch value.storage {
        case .int64(let integer): .integer(integer)
        case .double(let number): number.isFinite ? .number(number) : .null
        case .string(let text): .string(text)
        case .null, .blob: .null
        }
    }

    private static func value(_ json: JSONValue) -> DatabaseValue {
        switch json {
        case .integer(let integer): integer.databaseValue
        case .number(let number): number.databaseValue
        case .string(let text): text.databaseValue
        default: .null
        }
    }
}
