/// Values of the named parts of a route's pattern.
public struct RouteParameters: Sendable, Hashable {
    private let names: [String]
    private let values: [String]

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The value of a part. - Precondition: the pattern has a part with this name.
    public subscript(_ name: String) -> String {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the route has no part named \(name); it has \(names)")
        }
        return values[index]
    }

    /// The value of a part of kind `int`. - Precondition: the pattern has such a part.
    public func integer(_ name: String) -> Int {
        guard let value = Int(self[name], in: 0...Int.max) else { preconditionFailure("the route's part \(name) is not of the kind int") }
        return value
    }
}
