/// One page of a list.
public struct ListQuery: Sendable {
    public let source: ListSource
    public let filter: ListFilter
    public let order: ListOrder
    public let limit: Int
    let after: PageToken?

    public static let largestLimit = 1000

    /// - Errors: `QueryError` naming the parameter at fault; a page token belongs to one list, one filter and one order.
    public init(
        _ source: ListSource = .runs, filter: String = "", orderBy: String = "", limit: Int = 50, pageToken: String? = nil
    ) throws(QueryError) {
        self.source = source
        self.filter = try ListFilter(filter, of: source)
        self.order = try ListOrder(orderBy, of: source)
        guard (1...ListQuery.largestLimit).contains(limit) else {
            throw QueryError(field: "limit", problem: "\(limit) is not in 1...\(ListQuery.largestLimit)")
        }
        self.limit = limit
        guard let pageToken else {
            after = nil
            return
        }
        let after = try PageToken(text: pageToken)
        guard after.query == PageToken.query(source.table, filter, orderBy), after.values.count == order.terms.count else {
            throw QueryError(field: "page_token", problem: "belongs to a list with another filter or order")
        }
        self.after = after
    }
}

/// A question for runs, which are what is listed unless said otherwise.
public typealias RunQuery = ListQuery

/// The entries of one page, how many pass the filter in all, and where the next page begins.
public struct ListPage<Entry: Sendable>: Sendable {
    public var entries: [Entry]
    public var total: Int
    public var nextPageToken: String?
}

extension ListPage<RunRecord> {
    public var runs: [RunRecord] { entries }
}
