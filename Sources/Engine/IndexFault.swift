/// An out-of-range index of a gather or scatter, caused by unchecked input data.
public struct IndexFault: Error, Equatable, CustomStringConvertible {
    /// "gather" or "scatter".
    public let operation: String
    /// Position among the indices, counted from 0.
    public let position: Int
    /// The value of the index.
    public let value: Float
    /// Number of rows.
    public let count: Int

    /// The fault in one sentence.
    public var description: String { "\(operation): index \(position) is \(value), expected an integer in 0..<\(count)" }

    /// The row of an index value, or nil if it is not an integer in 0..<count.
    static func index(_ value: Float, below count: Int) -> Int? {
        guard value >= 0, value < Float(count), let index = Int(exactly: value), index < count else { return nil }
        return index
    }
}
