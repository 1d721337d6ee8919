import Canonical
import Foundation
import TestSupport

/// Generates requests from the API description: valid ones, and ones that violate it in one place. The same seed generates the same requests.
struct RequestGenerator {
    let document: JSONValue
    var random: TestRandom
    /// Existing resources, by the first segment of a path under `/api/v1`.
    var known: [String: [String]]

    private static let words = [
        "ns-gan", "wgan", "polygons", "fid", "single", "wide", "none", "read", "owner", "run", "study", "a", "A b", "0", "-1", "",
        "<script>alert(1)</script>", "../../etc/passwd", "%00", "\u{0}\u{1}", "\u{1F701}\u{0301}", "'; DROP TABLE runs; --", "\"", "\\",
        String(repeating: "x", count: 3000),
    ]
    private static let filters = [
        "state = 'done'", "fid < 30 and model = 'wgan'", "not (seed in (1, 2))", "name ~ 'a'", "seed = null", "best.kid >= 1e3", "(((((", "seed <",
        "'", "state = done", "hyperparameters.a'b = 1", "seed = 99999999999999999999", "-created", "created desc, id", "id,", "\u{0}", "not",
    ]

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &random)] }

    /// A value that fits the schema.
    mutating func value(_ schema: JSONValue, depth: Int = 0) -> JSONValue {
        if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
            return value(document["components"]?["schemas"]?[String(name)] ?? .null, depth: depth)
        }
        if let choices = schema["anyOf"]?.arrayValue { return value(pick(choices), depth: depth) }
        if let words = schema["enum"]?.arrayValue { return pick(words) }
        let type = schema["type"]?.arrayValue.map { pick($0) } ?? schema["type"]
        switch type?.stringValue {
        case "string": return .string(text(schema))
        case "boolean": return .bool(chance(50))
        case "integer": return .integer(Int64(number(schema, whole: true)))
        case "number": return .number(number(schema, whole: false))
        case "array": return array(schema, depth)
        case "object": return object(schema, depth)
        case "null": return .null
        default: return depth > 3 ? .null : pick([.null, .bool(true), .integer(7), .string("x"), .array([]), .object([:])])
        }
    }

    private mutating func array(_ schema: JSONValue, _ depth: Int) -> JSONValue {
        let least = Int(schema["minItems"]?.integerValue ?? 0)
        let most = min(least + 3, Int(schema["maxItems"]?.integerValue ?? 3))
        var elements: [JSONValue] = []
        for _ in 0..<Int.random(in: least...most, using: &random) {
            let element = value(schema["items"] ?? [:], depth: depth + 1)
            if schema["uniqueItems"] != true || !elements.contains(element) { elements.append(element) }
        }
        return .array(elements)
    }

    private mutating func text(_ schema: JSONValue) -> String {
        let all = Self.words + known.keys.sorted().flatMap { known[$0]! } + [String(repeating: "ab12", count: 16), "0123456789ab-1", "0123456789ab", "fid"]
        let (least, most) = (Int(schema["minLength"]?.integerValue ?? 0), Int(schema["maxLength"]?.integerValue ?? 10_000))
        let pattern = schema["pattern"]?.stringValue
        let fitting = all.filter { text in
            guard (least...most).contains(text.unicodeScalars.count) else { return false }
            guard let pattern else { return true }
            return (try? Regex(pattern).wholeMatch(in: text)) ?? nil != nil
        }
        return fitting.isEmpty ? pattern ?? "" : pick(fitting)
    }

    private mutating func number(_ schema: JSONValue, whole: Bool) -> Double {
        let low = schema["minimum"]?.numberValue ?? -1000
        let high = max(low, min(schema["maximum"]?.numberValue ?? 1e6, 9e15))
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return high
        case 1...5: return low
        default:
            let number = Double.random(in: low...min(high, low + 20), using: &random)
            return whole ? max(number.rounded(.down), low) : number
        }
    }

    private mutating func object(_ schema: JSONValue, _ depth: Int) -> JSONValue {
        var members: [String: JSONValue] = [:]
        let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        for (name, inner) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) where required.contains(name) || chance(40) {
            members[name] = value(inner, depth: depth + 1)
        }
        if let inner = schema["additionalProperties"], inner != .bool(false), chance(60) {
            members[pick(["beta1", "ns-gan", "x"])] = value(inner, depth: depth + 1)
        }
        return .object(members)
    }

    /// The value mutated in one place; it may still be valid.
    mutating func damaged(_ value: JSONValue) -> JSONValue {
        if case .object(var members) = value, !chance(20) {
            let names = members.keys.sorted()
            switch Int.random(in: 0..<4, using: &random) {
            case 0: members["zzz"] = .integer(1)
            case 1 where !names.isEmpty: members[pick(names)] = nil
            default:
                guard !names.isEmpty else { return .array([value]) }
                let name = pick(names)
                members[name] = damaged(members[name]!)
            }
            return .object(members)
        }
        if case .array(var elements) = value, !elements.isEmpty, chance(60) {
            let place = Int.random(in: 0..<elements.count, using: &random)
            elements[place] = damaged(elements[place])
            return .array(elements)
        }
        return pick([
            .null, .bool(false), .integer(-1), .integer(.max), .integer(.min), .number(0.5), .number(1e308), .string(""), .string(pick(Self.words)),
            .array([]), .object([:]), .array([value]), (0..<40).reduce(value) { inner, _ in .array([inner]) },
        ])
    }

    /// A path of the template, with existing and other resources.
    mutating func path(_ template: String) -> String {
        let topic = template.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
        return template.replacing(/\{([a-z]+)\}/) { match in
            if match.1 == "step" { return pick(["0", "10", "7", "00", "9223372036854775807", "99999999999999999999"]) }
            if match.1 == "metric" { return pick(["fid", "kid", "zzz", "%25", "%3Cb%3E"]) }
            if chance(70), let there = known[topic], !there.isEmpty { return pick(there) }
            return pick(["x", "0123456789ab-1", "0123456789ab", "%F0%9F%9C%81", "%25", "a'b", String(repeating: "f", count: 64), "%3Cscript%3E"])
        }
    }

    /// The query parameters, and whether any violates its schema.
    mutating func query(_ parameters: [JSONValue]) -> (items: [(name: String, value: String)], isBroken: Bool) {
        var items: [(name: String, value: String)] = []
        var isBroken = false
        for parameter in parameters where parameter["in"]?.stringValue == "query" && chance(40) {
            guard let name = parameter["name"]?.stringValue, let schema = parameter["schema"] else { continue }
            let isText = schema["type"]?.stringValue == "string" && schema["enum"] == nil
            if schema["type"]?.stringValue == "array" {
                let names = value(schema).arrayValue?.compactMap(\.stringValue) ?? []
                let isDamaged = names.isEmpty || chance(20)
                isBroken = isBroken || isDamaged
                items.append((name, names.joined(separator: ",") + (isDamaged ? "," : "")))
            } else if !isText, chance(30) {
                let text = pick(["", "zz", "-5", "1e3", "99999999999999999999", "\u{0}"])
                items.append((name, text))
                // Some numbers may be negative.
                isBroken = isBroken || text != "-5" || !SchemaChecker(document: document).problems(.integer(-5), schema).isEmpty
            } else if isText, chance(70) {
                let text = pick(Self.filters)
                isBroken = isBroken || !SchemaChecker(document: document).problems(.string(text), schema).isEmpty
                items.append((name, text))
            } else {
                let value = value(schema)
                items.append((name, value.stringValue ?? value.canonicalText))
            }
        }
        if chance(10) {
            items.append(("zzz", "1"))
            isBroken = true
        }
        return (items, isBroken)
    }
}
