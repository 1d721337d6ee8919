/// Maps a path to its route for counting, which bounds the number of labels whatever is requested.
package struct RoutePatterns: Sendable {
    private struct Template: Sendable {
        let text: String
        let parts: [Substring]
    }

    private var byLength: [Int: [Template]] = [:]

    init(_ routes: [Route] = []) {
        for route in routes {
            let text = OpenAPIDocument.path(route)
            let parts = text.split(separator: "/")
            byLength[parts.count, default: []].append(Template(text: text, parts: parts))
        }
        // A literal segment takes precedence over a parameter.
        for length in byLength.keys { byLength[length]?.sort { RoutePatterns.names($0) < RoutePatterns.names($1) } }
    }

    private static func names(_ template: Template) -> Int { template.parts.count { $0.contains("{") } }

    /// The pattern that matches the path; "other" for files of the page and for paths without a route.
    func pattern(of path: String) -> String {
        let segments = path.split(separator: "/")
        let found = byLength[segments.count]?.first { template in
            zip(template.parts, segments).allSatisfy { RoutePatterns.fits($1, $0) }
        }
        return found?.text ?? "other"
    }

    private static func fits(_ segment: Substring, _ part: Substring) -> Bool {
        guard let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}") else { return segment == part }
        return segment.hasPrefix(part[..<open]) && segment.hasSuffix(part[part.index(after: close)...])
    }
}
