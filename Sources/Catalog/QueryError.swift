/// Why a list cannot be asked for in this way.
public struct QueryError: Error, Equatable, CustomStringConvertible {
    /// The parameter at fault: `filter`, `order_by`, `limit` or `page_token`.
    public var field: String
    public var problem: String
    public var description: String { "\(field): \(problem)" }

    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }
}
