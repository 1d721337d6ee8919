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
