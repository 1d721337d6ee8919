/// How many images a split has.
public struct SplitSize: Sendable, Hashable {
    public let name: String
    public let count: Int

    public init(_ name: String, _ count: Int) {
        (self.name, self.count) = (name, count)
    }
}
