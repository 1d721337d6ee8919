/// What the named parts of a route's pattern took from a request's path.
public struct RouteParameters: Sendable, Hashable {
    private let names: [String]
    private let values: [String]

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The text that a part took. Traps when the pattern has no part of that name.
    public subscript(_ name: String) -> String {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the route has no part named \(name), only \(names)")
        }
        return values[index]
    }

    /// The number that a part of the kind `int` took. Traps when the pattern has no such part.
    public func integer(_ name: String) -> Int {
        guard let value = Int(self[name], in: 0...Int.max) else { preconditionFailure("the route's part \(name) is not of the kind int") }
        return value
    }
}
