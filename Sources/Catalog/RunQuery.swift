/// One page of the list of runs.
public struct RunQuery: Sendable {
    public var filter: RunFilter
    public var order: RunOrder
    public var limit: Int
    var after: PageToken?

    public static let largestLimit = 1000

    /// - Errors: `QueryError` naming the parameter at fault; a page token belongs to one filter and one order.
    public init(filter: String = "", orderBy: String = "", limit: Int = 50, pageToken: String? = nil) throws(QueryError) {
        self.filter = try RunFilter(filter)
        self.order = try RunOrder(orderBy)
        guard (1...RunQuery.largestLimit).contains(limit) else {
            throw QueryError(field: "limit", problem: "\(limit) is not in 1...\(RunQuery.largestLimit)")
        }
        self.limit = limit
        if let pageToken {
            self.after = try PageToken(text: pageToken)
            guard after?.query == PageToken.query(filter, orderBy), after?.values.count == order.terms.count else {
                throw QueryError(field: "page_token", problem: "belongs to a list with another filter or order")
            }
        }
    }
}

/// The runs of one page, how many pass the filter in all, and where the next page begins.
public struct RunPage: Sendable {
    public var runs: [RunRecord]
    public var total: Int
    public var nextPageToken: String?
}
