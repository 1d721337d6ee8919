import Canonical
import Catalog
import HTTPTypes

/// Everything that is said about one route of the API: the router, the check of its visitor, the check of its query and the
/// document that describes the API are all made from this one value.
///
/// ```swift
/// let route = Route(
///     .get, "/runs/{id}", "One run.", needs: .viewer, answers: [.json(.run)])
/// add(route, to: &routes) { request, parameters in … }
/// ```
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// What the path stands behind: `/api/v1`, or nothing for what has its address by custom.
    let base: String
    /// Behind the base; named parts as `RoutePattern` reads them.
    let path: String
    /// One sentence.
    let summary: String
    let needs: Admission
    /// What its answers cost.
    let load: RouteLoad
    /// The parameters of the query; others are refused before the handler is asked.
    let query: [QueryParameter]
    /// The body that the route reads; nil for a route that reads none.
    let body: RouteBody?
    /// Whether an `Idempotency-Key` makes repeating the request harmless.
    let takesKey: Bool
    /// What it answers when all goes well.
    let answers: [RouteAnswer]
    /// Statuses of problems that do not follow from the rest, such as 409.
    let problems: [HTTPResponse.Status]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, base: String = RouteTable.prefix, needs: Admission, load: RouteLoad = .light,
        query: [QueryParameter] = [],
        body: RouteBody? = nil, takesKey: Bool = false, answers: [RouteAnswer], problems: [HTTPResponse.Status] = []
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
        self.answers = answers
        self.problems = problems
    }
}

/// The body that a route reads.
struct RouteBody: Sendable {
    let schema: Schema
    /// No body at all stands for an empty object where this is false.
    let isRequired: Bool
    /// A body that a server answers well, where there is one that every server does: for readers of the document, and for programs that try it.
    let example: JSONValue?

    static func json(_ schema: Schema, isRequired: Bool = true, example: JSONValue? = nil) -> RouteBody {
        RouteBody(schema: schema, isRequired: isRequired, example: example)
    }
}

/// One good answer of a route.
struct RouteAnswer: Sendable {
    let status: HTTPResponse.Status
    let summary: String
    /// Nil for an answer without a body.
    let contentType: String?
    /// Nil where the body is not JSON.
    let schema: Schema?
    /// A file, of which parts can be had.
    var isFile = false
    /// What was made, as the path of its routes, and where the answer has its id.
    private(set) var made: (path: String, pointer: String)?

    /// The same, of a thing that has routes of its own from now on.
    func making(_ path: String, at pointer: String = "/id") -> RouteAnswer {
        var answer = self
        answer.made = (path, pointer)
        return answer
    }

    static func json(_ schema: Schema, status: HTTPResponse.Status = .ok, _ summary: String = "As asked.") -> RouteAnswer {
        RouteAnswer(status: status, summary: summary, contentType: "application/json", schema: schema)
    }

    static func content(_ type: String, _ summary: String = "As asked.") -> RouteAnswer {
        RouteAnswer(status: .ok, summary: summary, contentType: type, schema: nil)
    }

    static func file(_ type: String, _ summary: String = "As asked.") -> RouteAnswer {
        RouteAnswer(status: .ok, summary: summary, contentType: type, schema: nil, isFile: true)
    }

    static let nothing = RouteAnswer(status: .noContent, summary: "Done.", contentType: nil, schema: nil)
}
