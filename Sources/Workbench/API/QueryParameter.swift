import Canonical
import Catalog
import HTTPServer
import HTTPTypes

/// One parameter of a route's query.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let summary: String

    init(_ name: String, _ schema: Schema, _ summary: String) {
        self.name = name
        self.schema = schema
        self.summary = summary
    }

    /// The parameters of a list that is given page by page, with an example of a filter and of an order.
    static func list(_ filter: String, order: String) -> [QueryParameter] {
        [
            QueryParameter("filter", .string, "Such as: \(filter)."),
            QueryParameter("order_by", .string, "Such as: \(order). Newest first unless said otherwise."),
            QueryParameter("limit", .integer(1...ListQuery.largestLimit), "Entries of a page; 50 unless said otherwise."),
            QueryParameter("page_token", .string, "The next_page_token of the page before."),
        ]
    }

    /// Refuses what the schema does not allow; text is left to the handler.
    func check(_ text: String) throws(ServerError) {
        switch schema {
        case .integer(let range):
            guard let number = Int(text), range.contains(number) else {
                throw fault("'\(text)' is not a whole number in \(range.lowerBound)...\(range.upperBound)")
            }
        case .word(let words):
            guard words.contains(text) else { throw fault("'\(text)' is not one of \(words.joined(separator: ", "))") }
        default: return
        }
    }

    private func fault(_ problem: String) -> ServerError {
        ServerError(.badRequest, code: "invalid-query", "\(name): \(problem)", field: name)
    }
}

extension Request {
    /// Refuses a query with a name that the route does not know (a misspelt filter must not pass for none), with a name given
    /// twice, or with a value out of range.
    func check(against parameters: [QueryParameter]) throws(ServerError) {
        var seen: Set<String> = []
        for item in query.items {
            guard let parameter = parameters.first(where: { $0.name == item.name }) else {
                let hint = Suggestion.nearest(to: item.name, among: parameters.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                throw ServerError(.badRequest, code: "invalid-query", "there is no parameter '\(item.name)'\(hint)", field: item.name)
            }
            guard seen.insert(item.name).inserted else {
                throw ServerError(.badRequest, code: "invalid-query", "\(item.name): is given twice", field: item.name)
            }
            try parameter.check(item.value)
        }
    }
}
