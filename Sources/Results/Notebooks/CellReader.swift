import Canonical
import Catalog
import Studies

/// Reads the fields of a cell strictly. Names of studies stand for their ids, and one name for a list of one.
struct CellReader {
    var fields: FieldReader
    let reader: CatalogReader

    init(_ json: JSONValue, _ reader: CatalogReader) throws {
        fields = try FieldReader(json == .null ? .object([:]) : json)
        self.reader = reader
    }

    /// A list under its singular or its plural name; empty without either.
    mutating func names(_ singular: String, _ plural: String, most: Int) throws -> [String] {
        guard !(fields.contains(singular) && fields.contains(plural)) else { throw fields.error(singular, "and \(plural) are the same field; write one of them") }
        let key = fields.contains(plural) ? plural : singular
        // Both are known, whichever is written.
        _ = (fields.optionalValue(singular), fields.optionalValue(plural))
        guard let value = fields.optionalValue(key) else { return [] }
        if let text = Self.text(value) { return [text] }
        guard let elements = value.arrayValue, (1...most).contains(elements.count) else { throw fields.error(key, "must be a name, or a list of 1 to \(most)") }
        var names: [String] = []
        for (place, element) in elements.enumerated() {
            guard let name = Self.text(element), !name.isEmpty, !names.contains(name) else { throw fields.error("\(key)[\(place)]", "must be a name that is not in the list before") }
            names.append(name)
        }
        return names
    }

    /// A name may look like a number where text needs no quotes.
    private static func text(_ value: JSONValue) -> String? { value.stringValue ?? value.integerValue.map(String.init) }

    /// The studies that the cell names by id or by name.
    mutating func studies(most: Int = View.mostStudies) throws -> [StudyRecord] {
        let key = fields.contains("studies") ? "studies" : "study"
        return try names("study", "studies", most: most).map { name in
            do { return try reader.study(idOrName: name) } catch let error as StudyNameError { throw fields.error(key, error.description) }
        }
    }

    /// The runs that the cell names by id.
    mutating func runs(most: Int = View.mostRuns) throws -> [RunRecord] {
        let key = fields.contains("runs") ? "runs" : "run"
        return try names("run", "runs", most: most).map { id in
            guard let run = try reader.run(id) else { throw fields.error(key, "there is no run \"\(id.prefix(80))\"") }
            return run
        }
    }

    /// A list of integers, or one.
    mutating func integers(_ key: String, in range: ClosedRange<Int>, most: Int) throws -> [Int] {
        guard let value = fields.optionalValue(key) else { return [] }
        return try (value.arrayValue ?? [value]).prefix(most + 1).enumerated().map { place, element in
            guard place < most, let wide = element.integerValue, range.contains(Int(wide)) else {
                throw fields.error(key, "must be an integer in \(range.lowerBound)...\(range.upperBound), or a list of 1 to \(most)")
            }
            return Int(wide)
        }
    }

    mutating func caption() throws -> String? { try fields.optionalString("caption", maximumBytes: 2000) }

    func finish() throws { try fields.finish() }
}
