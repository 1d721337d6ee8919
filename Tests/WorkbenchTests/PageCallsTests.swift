import Foundation
import HTTPTypes
import Testing

@testable import API
@testable import Execution

/// Whatever the page asks of the server is a route of the API, and thereby in its document: the page has no other way than what scripts have.
@Suite("What the page calls", .serialized)
struct PageCallsTests {
    /// The requests of the functions in `api.js`.
    private static let methods = ["get": "GET", "getText": "GET", "getBlob": "GET", "address": "GET", "post": "POST", "patch": "PATCH", "remove": "DELETE"]
    /// The values of arguments and of the variables at their start, by file. Other variables in a URL match anything.
    private static let meanings: [String: [String: [String]]] = [
        "pages/run.js": ["path": ["/runs/*"], "${path}": ["/runs/*"]], "run-log.js": ["${path}": ["/runs/*"]], "run-checkpoints.js": ["${path}": ["/runs/*"]], "run-verification.js": ["${path}": ["/runs/*"]],
        "pages/run-proof.js": ["${path}": ["/runs/*"]], "run-curves.js": ["${path}": ["/runs/*"]], "run-head.js": ["path": ["/runs/*"], "${path}": ["/runs/*"], "${path}/${what}": ["/runs/*/cancel", "/runs/*/resume"]],
        "pages/study.js": ["path": ["/studies/*"], "${path}": ["/studies/*"]],
        "pages/notebook.js": ["path": ["/notebooks/*"], "${path}": ["/notebooks/*"], "${this.#path}": ["/notebooks/*"]], "notebook/outputs.js": ["${path}": ["/notebooks/*"], "${this.#path}": ["/notebooks/*"]],
        "notebook/proof-panel.js": ["${path}": ["/notebooks/*"], "${this.#path}": ["/notebooks/*"]],
        "notebook/exports.js": ["${path}": ["/notebooks/*", "/notebooks/*/revisions/*"]], "notebook/people.js": ["${this.#path}": ["/notebooks/*"]], "notebook/comments.js": ["${this.#path}": ["/notebooks/*"]],
        "notebook/revisions-panel.js": ["${path}": ["/notebooks/*"]], "notebook/revision-view.js": ["${path}": ["/notebooks/*"]],
        "comparison-curves.js": ["${path}": ["/runs/*"]], "run-history.js": ["${path}": ["/runs/*"]],
        "queue-dialog.js": ["${path}/queue": ["/queue", "/runs/*/queue", "/studies/*/queue"], "${path}": ["/runs/*"]],
        "nearest-images.js": ["/checkpoints/${digest}/neighbors.${ending}?${question}": ["/checkpoints/*/neighbors.json", "/checkpoints/*/neighbors.png"]],
        "generator.js": [
            "/checkpoints/${digest}/${fileOf(asked)}": ["/checkpoints/*/samples.png", "/checkpoints/*/latents.png"],
            "/checkpoints/${digest}/${fileOf(this.#shown)}": ["/checkpoints/*/samples.png", "/checkpoints/*/latents.png"],
        ],
        "comparison-figures.js": [
            "${source.path}": ["/compare"], "${source.path}/${name}": ["/compare/*.csv", "/compare/*.json", "/compare/*.md"],
        ],
        "figure.js": [
            "source.path": ["/studies/*/figures/*.svg", "/studies/*/figures/*.csv", "/studies/*/figures/*.json", "/compare/*.svg", "/compare/*.csv", "/compare/*.json"],
            "${source.path}": ["/studies/*/figures/*", "/compare/*"],
        ],
    ]

    private struct Call: Hashable, Comparable {
        var method: String
        /// With `*` for what is known only at run time.
        var path: String
        var file: String

        static func < (a: Call, b: Call) -> Bool { "\(a.path) \(a.method)" < "\(b.path) \(b.method)" }
    }

    /// Every call in a file, with each path that it may request.
    private static func calls(_ code: String, _ file: String) throws -> [Call] {
        var found: [Call] = []
        for match in code.matches(of: /(?:^|[^.\w])(getText|getBlob|get|address|post|patch|remove)\((?=[`"a-z])/) {
            let argument = argument(code[match.range.upperBound...])
            let method = try #require(methods[String(match.1)])
            // Function declarations contain no path.
            if code[..<match.range.lowerBound].hasSuffix("function") { continue }
            for path in paths(argument, file) { found.append(Call(method: method, path: path, file: file)) }
        }
        return found
    }

    /// The source of the first argument: up to a comma or bracket outside it.
    private static func argument(_ code: Substring) -> String {
        var text = ""
        var depth = 0
        var quote: [Character] = []
        for character in code {
            if quote.isEmpty, depth == 0, ",)".contains(character) { break }
            if let open = quote.last, open != "{" {
                if character == open { quote.removeLast() } else if open == "`", character == "{", text.last == "$" { quote.append("{") }
            } else if "`\"'".contains(character) {
                quote.append(character)
            } else if character == "}", quote.last == "{" {
                quote.removeLast()
            } else {
                depth += "([".contains(character) ? 1 : ")]".contains(character) ? -1 : 0
            }
            text.append(character)
        }
        return text
    }

    private static func paths(_ argument: String, _ file: String) -> [String] {
        let known = meanings[file] ?? [:]
        let bare = argument.trimmingCharacters(in: CharacterSet(charactersIn: "`\""))
        if let all = known[bare] { return all }
        guard bare != argument else { return ["what '\(argument)' is"] }
        let pieces = pieces(bare)
        var path = ""
        for (text, isVariable) in pieces {
            // A conditional expression yields a query or nothing.
            if isVariable, text.contains("?") { break }
            path += isVariable ? (path.isEmpty ? "${\(text)}" : "*") : text
            if !isVariable, text.contains("?") { break }
        }
        path = String(path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0])
        guard let start = known.keys.first(where: { $0.hasPrefix("${") && path.hasPrefix($0) }) else { return [path] }
        return (known[start] ?? []).map { $0 + path.dropFirst(start.count) }
    }

    /// The text of a template and its variables, in order.
    private static func pieces(_ template: String) -> [(text: String, isVariable: Bool)] {
        var pieces: [(text: String, isVariable: Bool)] = []
        var text = ""
        var depth = 0
        for character in template {
            if character == "{", depth > 0 || text.last == "$" {
                if depth == 0 {
                    pieces.append((String(text.dropLast()), false))
                    text = ""
                } else {
                    text.append(character)
                }
                depth += 1
            } else if character == "}", depth > 0 {
                depth -= 1
                if depth == 0 {
                    pieces.append((text, true))
                    text = ""
                } else {
                    text.append(character)
                }
            } else {
                text.append(character)
            }
        }
        return pieces + [(text, false)]
    }

    /// Whether a route answers the call: literal segments are equal, and run-time values are where the route has parameters.
    private static func answers(_ route: Route, _ call: Call) -> Bool {
        let parts = route.path.split(separator: "/"), asked = call.path.split(separator: "/")
        guard route.method.rawValue == call.method, route.base == RouteTable.prefix, parts.count == asked.count else { return false }
        return zip(parts, asked).allSatisfy { part, asked in
            guard let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}") else { return part == asked }
            guard asked.contains("*") else { return false }
            return asked.hasPrefix(part[..<open]) && asked.hasSuffix(part[part.index(after: close)...])
        }
    }

    @Test func everyCallOfThePageIsARoute() async throws {
        let fixture = try await APIFixture()
        let routes = fixture.api.table().routes
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Public/js"
        var calls: Set<Call> = []
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".js") {
            let code = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            // All other requests: the functions of api.js, images that a route renders, files of the page itself, and the events.
            let others = code.matches(of: /\bfetch\(|new EventSource\(|XMLHttpRequest|sendBeacon|WebSocket/).count
            #expect(others == (["api.js", "figure.js", "lab/view.js", "live.js", "notebook/starters.js"].contains(file) ? 1 : 0), "\(file)")
            if code.contains("EventSource(") { #expect(code.contains("EventSource(`/api/v1/events?"), "\(file)") }
            if code.contains("/api.js\"") { calls.formUnion(try Self.calls(code, file)) }
        }
        for call in calls.sorted() {
            #expect(routes.contains { Self.answers($0, call) }, "\(call.file): no route answers \(call.method) \(call.path)")
        }
        // The page's changes: if these are not found, the search finds nothing.
        for (method, path) in [("POST", "/studies"), ("POST", "/runs/*/cancel"), ("POST", "/runs/*/rerun"), ("POST", "/datasets"), ("PATCH", "/members/*"), ("DELETE", "/shares/*")] {
            #expect(calls.contains { $0.method == method && $0.path == path }, "\(method) \(path)")
        }
        #expect(calls.count >= 50, "\(calls.count)")
        await fixture.workbench.stop()
    }
}
