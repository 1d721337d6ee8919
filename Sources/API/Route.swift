import Canonical
import Catalog
import HTTPTypes

/// The complete description of one route of the API: the router, the permission check, the query check, and the
/// OpenAPI document are all derived from this value.
///
/// ```swift
/// let route = Route(
///     .get, "/runs/{id}", "One run.", needs: .viewer, answers: [.json(.run)])
/// add(route, to: &routes) { request, parameters in … }
/// ```
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// The prefix of the path: `/api/v1`, or empty for conventional URLs.
    let base: String
    /// The path after the prefix; parameters in the syntax of `RoutePattern`.
    let path: String
    /// One sentence.
    let summary: String
    let needs: Admission
    /// The cost of its responses.
    let load: RouteLoad
    /// The query parameters; others are rejected before the handler runs.
    let query: [QueryParameter]
    /// The request body; nil for a route without one.
    let body: RouteBody?
    /// Whether an `Idempotency-Key` makes retries safe.
    let takesKey: Bool
    /// Whether the change is bound to the entity tag of what it replaces (`If-Match`).
    let takesTag: Bool
    /// The successful responses.
    let answers: [RouteAnswer]
    /// Problem statuses that do not follow from the rest, such as 409.
    let problems: [HTTPResponse.Status]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, base: String = RouteTable.prefix, needs: Admission, load: RouteLoad = .light,
        query: [QueryParameter] = [],
        body: RouteBody? = nil, takesKey: Bool = false, takesTag: Bool = false, answers: [RouteAnswer], problems: [HTTPResponse.Status] = []
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.base = base
        self.needs = needs
        self.load = load
        self.query = query
        self.body = body
        self.takesKey = takesKey
        self.takesTag = takesTag
        self.answers = answers
        self.problems = problems
    }
}

/// The request body of a route.
struct RouteBody: Sendable {
    let schema: Schema
    /// If false, an absent body means an empty object.
    let isRequired: Bool
    /// A valid example that works on every server, if there is one: for readers of the document and for programs that test it.
    let example: JSONValue?
    var contentType = "application/json"
    /// The largest accepted body, in bytes.
    var limit = RouteBody.usualLimit

    static let usualLimit = 1 << 20

    static func json(_ schema: Schema, isRequired: Bool = true, example: JSONValue? = nil, limit: Int = usualLimit) -> RouteBody {
        RouteBody(schema: schema, isRequired: isRequired, example: example, limit: limit)
    }

    /// A body that is a text of this media type.
    static func text(_ type: String, limit: Int) -> RouteBody {
        RouteBody(schema: .string, isRequired: true, example: nil, contentType: type, limit: limit)
    }
}

/// One successful response of a route.
struct RouteAnswer: Sendable {
    let status: HTTPResponse.Status
    let summary: String
    /// Nil for a response without a body.
    let contentType: String?
    /// Nil if the body is not JSON.
    let schema: Schema?
    /// A file that supports range requests.
    var isFile = false
    /// The created resource, as the path of its routes, and where the response has its id.
    private(set) var made: (path: String, pointer: String)?

    /// The same, for a resource that has its own routes from now on.
    func making(_ path: String, at pointer: String = "/id") -> RouteAnswer {
        var answer = self
        answer.made = (path, pointer)
        return answer
    }

    static func json(_ schema: Schema, status: HTTPResponse.Status = .ok, _ summary: String = "Success.") -> RouteAnswer {
        RouteAnswer(status: status, summary: summary, contentType: "application/json", schema: schema)
    }

    static func content(_ type: String, _ summary: String = "Success.") -> RouteAnswer {
        RouteAnswer(status: .ok, summary: summary, contentType: type, schema: nil)
    }

    static func file(_ type: String, _ summary: String = "Success.") -> RouteAnswer {
        RouteAnswer(status: .ok, summary: summary, contentType: type, schema: nil, isFile: true)
    }

    static let nothing = RouteAnswer(status: .noContent, summary: "Done.", contentType: nil, schema: nil)
}
