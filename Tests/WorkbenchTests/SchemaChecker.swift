import Canonical

/// Checks JSON against the part of JSON Schema that the API's document uses. An object with members that its schema does not
/// name fails too: the document must describe everything that is sent.
struct SchemaChecker {
    let document: JSONValue

    /// The violations in `value`, each with its position; empty if it is valid.
    func problems(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
        if let reference = schema["$ref"]?.stringValue {
            guard let name = reference.split(separator: "/").last, let named = document["components"]?["schemas"]?[String(name)] else {
                return ["\(path): \(reference) leads nowhere"]
            }
            return problems(value, named, at: path)
        }
        if let choices = schema["anyOf"]?.arrayValue {
            let all = choices.map { problems(value, $0, at: path) }
            return all.contains(where: \.isEmpty) ? [] : ["\(path): fits none of \(choices.count): \(all.joined().prefix(4))"]
        }
        guard let type = schema["type"] else { return schema == [:] ? [] : ["\(path): its schema has no type"] }
        let types = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
        guard types.contains(where: { SchemaChecker.fits(value, $0) }) else { return ["\(path): \(value.kindName) is not \(types)"] }
        return rules(value, schema, path) + members(value, schema, path)
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "null": value == .null
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "integer": value.integerValue != nil
        case "number": value.numberValue != nil
        case "array": value.arrayValue != nil
        case "object": value.objectValue != nil
        default: false
        }
    }

    private func rules(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        var found: [String] = []
        if let words = schema["enum"]?.arrayValue, !words.contains(value) { found.append("\(path): \(value.canonicalText) is not in \(words)") }
        if let least = schema["minimum"]?.numberValue, let number = value.numberValue, number < least { found.append("\(path): \(number) < \(least)") }
        if let most = schema["maximum"]?.numberValue, let number = value.numberValue, number > most { found.append("\(path): \(number) > \(most)") }
        if let pattern = schema["pattern"]?.stringValue, let text = value.stringValue,
            (try? Regex(pattern).wholeMatch(in: text)) ?? nil == nil
        {
            found.append("\(path): '\(text)' does not look like \(pattern)")
        }
        if let text = value.stringValue { found += SchemaChecker.outside(text.unicodeScalars.count, schema, "Length", path) }
        if let elements = value.arrayValue {
            found += SchemaChecker.outside(elements.count, schema, "Items", path)
            if schema["uniqueItems"] == true, Set(elements.map(\.canonicalText)).count < elements.count { found.append("\(path): has an element twice") }
        }
        return found
    }

    private static func outside(_ count: Int, _ schema: JSONValue, _ what: String, _ path: String) -> [String] {
        if let least = schema["min" + what]?.integerValue, count < Int(least) { return ["\(path): has fewer than \(least)"] }
        if let most = schema["max" + what]?.integerValue, count > Int(most) { return ["\(path): has more than \(most)"] }
        return []
    }

    private func members(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        if let elements = value.arrayValue, let items = schema["items"] {
            return elements.enumerated().flatMap { problems($1, items, at: "\(path)[\($0)]") }
        }
        guard let members = value.objectValue else { return [] }
        var found: [String] = []
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where members[name] == nil {
            found.append("\(path).\(name): is missing")
        }
        for name in members.keys.sorted() {
            if let inner = schema["properties"]?[name] ?? schema["additionalProperties"], inner != false {
                found += problems(members[name]!, inner, at: "\(path).\(name)")
            } else {
                found.append("\(path).\(name): is not described")
            }
        }
        return found
    }
}
