import Access
import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Results
import Studies

/// One query parameter of a route.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let summary: String
    let isRequired: Bool
    /// Whether a share link says what the parameter would, so that its readers leave it out.
    var isImpliedByLink = false

    /// - Parameter schema: a list is one comma-separated value.
    init(_ name: String, _ schema: Schema, _ summary: String, isRequired: Bool = false, isImpliedByLink: Bool = false) {
        self.name = name
        self.schema = schema
        self.summary = summary
        self.isRequired = isRequired
        self.isImpliedByLink = isImpliedByLink
    }

    /// The names of all values that metrics report.
    static let metrics = SpecificationLimits.metricValues

    /// The metric whose values are shown.
    static let metric = QueryParameter("metric", .word(metrics), "Metric (default: the objective of the study, or of the first study or run).")

    /// The parameters of a paged list, with an example of a filter and of an order.
    static func list(_ filter: String, order: String) -> [QueryParameter] {
        [
            QueryParameter("filter", .plain, "Filter expression, for example: \(filter)."),
            QueryParameter("order_by", .plain, "Sort order, for example: \(order) (default: newest first)."),
            QueryParameter("limit", .integer(1...ListQuery.largestLimit), "Entries per page (default: 50)."),
            QueryParameter("page_token", .plain, "The next_page_token of the previous page."),
        ]
    }

    /// Rejects what the schema does not allow; strings are checked by the handler.
    func check(_ text: String) throws(ServerError) {
        switch schema {
        case .integer(let range):
            guard Int(text, in: range) != nil else {
                throw fault("'\(text)' is not a whole number in \(range.lowerBound)...\(range.upperBound)")
            }
        case .number(let range):
            guard let number = Double(text), range.contains(number) else {
                throw fault("'\(text.prefix(80))' is not a number in \(JSONNumber.text(range.lowerBound))...\(JSONNumber.text(range.upperBound))")
            }
        case .word(let words):
            guard words.contains(text) else { throw fault("'\(text)' is not one of \(words.joined(separator: ", "))") }
        case .digest:
            guard (try? Digest(hex: text))?.hex == text else { throw fault("'\(text.prefix(80))' is not a digest of 64 hexadecimal digits in lower case") }
        case .list(_, let count, let distinct):
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            guard !names.contains("") else { throw fault("one of the names is empty") }
            guard count.contains(names.count) else { throw fault("\(names.count) names were given, and \(count.lowerBound) to \(count.upperBound) are taken") }
            guard !distinct || Set(names).count == names.count else { throw fault("a name is given twice") }
        default: return
        }
    }

    /// The parameter as it appears in the document.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "in": "query", "required": .bool(isRequired), "description": .string(summary), "schema": schema.json,
        ]
        if case .list = schema { (members["style"], members["explode"]) = ("form", false) }
        return .object(members)
    }

    var missing: ServerError { fault("is missing") }

    private func fault(_ problem: String) -> ServerError {
        ServerError(.badRequest, code: "invalid-query", "\(name): \(problem)", field: name)
    }
}

extension Request {
    /// Rejects a query with an unknown name (a misspelled filter must not be ignored), a repeated
    /// name, or a value out of range.
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
        let isGuest = Visitor.current.share != nil
        if let parameter = parameters.first(where: { $0.isRequired && !($0.isImpliedByLink && isGuest) && !seen.contains($0.name) }) { throw parameter.missing }
    }
}
