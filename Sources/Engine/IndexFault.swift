/// An index of `gatherRows` that names no row: data from outside that went into a graph unchecked.
public struct IndexFault: Error, Equatable, CustomStringConvertible {
    public let operation: String
    /// Which of the indices it is, counted from 0.
    public let position: Int
    public let value: Float
    /// How many rows there are.
    public let count: Int

    public var description: String { "\(operation): index \(position) is \(value), which is no whole number in 0..<\(count)" }

    /// The row that a number names, or nil where it names none.
    static func index(_ value: Float, below count: Int) -> Int? {
        guard value >= 0, value < Float(count), let index = Int(exactly: value), index < count else { return nil }
        return index
    }
}
