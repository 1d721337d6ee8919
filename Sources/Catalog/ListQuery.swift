/// A request for one page of a list.
public struct ListQuery: Sendable {
    /// The list.
    public let source: ListSource
    /// Which entries to return.
    public let filter: ListFilter
    /// In which order.
    public let order: ListOrder
    /// Entries per page, from 1 to `largestLimit`.
    public let limit: Int
    let after: PageToken?

    /// The metrics by whose values it sorts or filters, without duplicates; "objective" for that of each run.
    public var metrics: [String] {
        let sorted = order.terms.compactMap(\.metric)
        return sorted.enumerated().filter { !sorted[..<$0.offset].contains($0.element) }.map(\.element) + filter.metrics.filter { !sorted.contains($0) }
    }

    /// The largest page.
    public static let largestLimit = 1000

    /// - Errors: `QueryError` naming the parameter at fault; a page token is valid only for one list, filter, and order.
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

/// A query for runs, the default list.
public typealias RunQuery = ListQuery

/// The entries of one page, the total number of matches, and the token of the next page.
public struct ListPage<Entry: Sendable>: Sendable {
    /// The entries of this page.
    public var entries: [Entry]
    /// The number of entries that match the filter on all pages.
    public var total: Int
    /// The token of the next page; nil on the last.
    public var nextPageToken: String?
}

extension ListPage<RunRecord> {
    /// The entries of a page of runs.
    public var runs: [RunRecord] { entries }
}

/// Why a list query is invalid.
public struct QueryError: Error, Equatable, CustomStringConvertible {
    /// The parameter at fault: `filter`, `order_by`, `limit` or `page_token`.
    public var field: String
    /// What is wrong with it.
    public var problem: String
    /// The field and the problem.
    public var description: String { "\(field): \(problem)" }

    /// Makes an error.
    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }
}
