import Access
import Canonical
import HTTPTypes

/// The server's description of its API (OpenAPI 3.1), generated from its routes.
struct OpenAPIDocument: Sendable {
    let json: JSONValue

    init(_ routes: [Route], _ words: OpenAPIVocabulary) {
        var paths: [String: [String: JSONValue]] = [:]
        var schemas: [String: Schema] = Schema.problem.names
        for route in routes {
            paths[OpenAPIDocument.path(route), default: [:]][route.method.rawValue.lowercased()] = OpenAPIDocument.operation(route, routes)
            schemas.merge(OpenAPIDocument.names(route)) { $1 }
        }
        schemas.merge(words.schemas) { $1 }
        json = [
            "openapi": "3.1.0",
            "info": ["title": "Fidelio", "version": .string(Version.program), "description": .string(OpenAPIDocument.introduction)],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas.mapValues(\.json)),
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer"],
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(words.sessionCookie)],
                    "share": ["type": "apiKey", "in": "cookie", "name": .string(words.shareCookie)],
                ],
            ],
            "security": [["token": []], ["session": []]],
        ]
    }

    private static let introduction = """
        Errors are problem details (RFC 9457) with a stable code. 400: the request is malformed (its JSON, its query, or a header). \
        422: the request is well-formed, but a field of its body is invalid; the member 'field' names it.
        """

    /// The full path with its parameters in OpenAPI syntax: the type of a parameter moves into its schema. Full, because
    /// `/metrics` and `/api/v1/metrics` are different.
    static func path(_ route: Route) -> String { route.base + local(route) }

    private static func local(_ route: Route) -> String { route.path.replacing(":int}", with: "}") }

    private static func operation(_ route: Route, _ routes: [Route]) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(identifier(route)), "summary": .string(route.summary),
            "tags": [.string(route.path.split(separator: "/").first.map(String.init) ?? "")],
            "x-needs": .string(route.needs.name), "x-share": .string(route.needs.part.rawValue), "responses": .object(responses(route, routes)),
        ]
        if let ways = ways(route.needs) { members["security"] = .array(ways.map { .object([$0: []]) }) }
        let parameters = pathParameters(route) + route.query.map(\.json) + (route.takesKey ? [keyParameter] : []) + (route.takesTag ? [tagParameter] : [])
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = route.body {
            var content: [String: JSONValue] = ["schema": body.schema.json]
            content["example"] = body.example
            members["requestBody"] = ["required": .bool(body.isRequired), "content": [body.contentType: .object(content)]]
        }
        return .object(members)
    }

    /// The credentials that a route accepts, if not only a token or a session.
    private static func ways(_ needs: Admission) -> [String]? {
        switch needs.action {
        case .manageAccount: ["session"]
        case .readLink: ["share"]
        case .read, .change, .administer: needs.part == .nothing ? nil : ["token", "session", "share"]
        }
    }

    /// `get_runs_id_samples_step.png` for `GET /runs/{id}/samples/{step:int}.png`.
    private static func identifier(_ route: Route) -> String {
        let words = local(route).split(separator: "/").map { $0.filter { $0 != "{" && $0 != "}" } }
        let place = route.base == RouteTable.prefix ? [] : ["root"]
        return ([route.method.rawValue.lowercased()] + place + words).joined(separator: "_")
    }

    private static func pathParameters(_ route: Route) -> [JSONValue] {
        route.path.split(separator: "{").dropFirst().map { part in
            let inner = part.prefix { $0 != "}" }
            return [
                "name": .string(String(inner.prefix { $0 != ":" })), "in": "path", "required": true, "schema": Schema.part(inner, of: route.path).json,
            ]
        }
    }

    private static let keyParameter: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Repeating a request with the same key and body returns the same response; the same key with a different body is 422.",
        "schema": Schema.text(1...200, pattern: "^[!-~]([ -~]*[!-~])?$").json,
    ]

    private static let tagParameter: JSONValue = [
        "name": "If-Match", "in": "header", "required": true,
        "description": "The entity tag of what is replaced, as it was read: 412 if it has changed since, 428 without one.", "schema": ["type": "string"],
    ]

    private static func responses(_ route: Route, _ routes: [Route]) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for answer in route.answers {
            var members: [String: JSONValue] = ["description": .string(answer.summary)]
            if let type = answer.contentType {
                // A route may answer in one of several types.
                let others = found[String(answer.status.code)]?["content"]?.objectValue ?? [:]
                members["content"] = .object(others.merging([bare(type): answer.schema.map { ["schema": $0.json] } ?? ["schema": ["type": "string"]]]) { $1 })
            }
            if let made = answer.made { members["links"] = links(to: made.path, id: made.pointer, routes) }
            found[String(answer.status.code)] = .object(members)
        }
        if route.method == .get { found["304"] = ["description": "The client's copy is current (If-None-Match)."] }
        if route.answers.contains(where: \.isFile) {
            found["206"] = found["200"]
        }
        for status in problems(route) {
            found[String(status.code)] = [
                "description": .string(status.reasonPhrase + "."),
                "content": ["application/problem+json": ["schema": Schema.problem.json]],
            ]
        }
        return found
    }

    /// Links to what can be requested next about the resource of a response: every route of the resource that needs only its id, in its path or, for
    /// studies, in the list to compare.
    private static func links(to path: String, id pointer: String, _ routes: [Route]) -> JSONValue {
        let next = routes.filter { $0.path == path || ($0.path.hasPrefix(path + "/") && $0.path.count { $0 == "{" } == 1) }
        let compared = path == "/studies/{id}" ? routes.filter { $0.query.contains { $0.name == "studies" && $0.isRequired } && !$0.path.contains("{") } : []
        let links = next.map { ($0, "path.id") } + compared.map { ($0, "query.studies") }
        return .object(
            links.reduce(into: [:]) { found, link in
                found[identifier(link.0)] = ["operationId": .string(identifier(link.0)), "parameters": [link.1: .string("$response.body#\(pointer)")]]
            })
    }

    private static func bare(_ type: String) -> String { type.split(separator: ";").first.map(String.init) ?? type }

    /// The problem statuses that a route can return.
    static func problems(_ route: Route) -> [HTTPResponse.Status] {
        var statuses: [HTTPResponse.Status] = [
            .badRequest, .unauthorized, .forbidden, .preconditionFailed, .uriTooLong, .misdirectedRequest, .requestHeaderFieldsTooLarge, .serviceUnavailable,
        ]
        if route.path.contains("{") { statuses.append(.notFound) }
        if route.answers.contains(where: \.isFile) { statuses.append(.rangeNotSatisfiable) }
        if route.body != nil { statuses += [.contentTooLarge, .unsupportedMediaType, .unprocessableContent, .requestTimeout] }
        if route.method != .get { statuses.append(.insufficientStorage) }
        if route.answers.contains(where: \.isFile) { statuses.append(.internalServerError) }
        if route.takesKey { statuses.append(.unprocessableContent) }
        if route.takesTag { statuses.append(.preconditionRequired) }
        return statuses + route.problems
    }

    private static func names(_ route: Route) -> [String: Schema] {
        (route.answers.compactMap(\.schema) + [route.body?.schema].compactMap(\.self)).reduce(into: [:]) { $0.merge($1.names) { $1 } }
    }
}
