import Canonical
import HTTPTypes
import Testing

@testable import Execution

/// The API description, for checking responses.
struct APIDocument {
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    /// The operation that a method and a path belong to, and its name.
    func operation(_ method: String, _ path: String) -> (name: String, json: JSONValue)? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let method = method == "HEAD" ? "get" : method.lowercased()
        var best: (name: String, json: JSONValue, literals: Int)?
        for (template, item) in json["paths"]?.objectValue ?? [:] {
            guard let operation = item[method], let literals = APIDocument.match(template, segments) else { continue }
            if literals > best?.literals ?? -1 { best = ("\(method.uppercased()) \(template)", operation, literals) }
        }
        return best.map { ($0.name, $0.json) }
    }

    /// The number of literal segments of the template, if it matches.
    private static func match(_ template: String, _ segments: [Substring]) -> Int? {
        let parts = template.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var literals = 0
        for (part, segment) in zip(parts, segments) {
            if part == segment {
                literals += 2
            } else if let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}") {
                let (before, after) = (part[..<open], part[part.index(after: close)...])
                guard segment.hasPrefix(before), segment.hasSuffix(after), segment.count > before.count + after.count else { return nil }
                literals += before.isEmpty && after.isEmpty ? 0 : 1
            } else {
                return nil
            }
        }
        return literals
    }

    /// The violations of the description by a response; empty if it is valid.
    func problems(_ method: String, _ path: String, status: Int, type: String?, json body: JSONValue?) -> [String] {
        guard let (name, operation) = operation(method, path) else { return [] }
        guard let described = operation["responses"]?[String(status)] else { return ["\(name): \(status) is not described"] }
        guard let content = described["content"]?.objectValue else { return type == nil ? [] : ["\(name): \(status) has a body"] }
        // An unchanged file and a response to HEAD have none.
        guard let bare = type?.split(separator: ";").first.map(String.init) else { return method == "HEAD" ? [] : ["\(name): \(status) has no body"] }
        guard let schema = content[bare]?["schema"] else { return ["\(name): \(status) is \(bare), not \(content.keys.sorted())"] }
        guard let body, bare.hasSuffix("json") else { return [] }
        return SchemaChecker(document: json).problems(body, schema).map { "\(name) \(status) \($0)" }
    }
}
