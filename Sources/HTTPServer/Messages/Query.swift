/// The names and values of a query or a submitted form, in the order in which they were sent.
///
/// Source: the URL standard, `application/x-www-form-urlencoded`. Differs: invalid percent encodings, invalid UTF-8, and NUL
/// are errors rather than repaired.
public struct Query: Sendable, Hashable {
    /// A name and its value.
    public struct Item: Sendable, Hashable {
        /// The decoded name.
        public let name: String
        /// The decoded value.
        public let value: String

        /// Creates an item.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The items in order.
    public let items: [Item]

    /// Creates a query.
    public init(_ items: [Item] = []) {
        self.items = items
    }

    /// Decodes `a=1&b=2`; nil if the text is malformed.
    public init?(decoding bytes: [UInt8]) {
        self.init(decoding: bytes.span)
    }

    init?(decoding bytes: Span<UInt8>) {
        var items: [Item] = []
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            while end < bytes.count, bytes[end] != UInt8(ascii: "&") {
                if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if end > start {
                let nameEnd = equals ?? end
                guard let name = PercentDecoding.text(bytes.extracting(start..<nameEnd), in: .query),
                    let value = PercentDecoding.text(bytes.extracting(min(nameEnd + 1, end)..<end), in: .query)
                else { return nil }
                items.append(Item(name: name, value: value))
            }
            start = end + 1
        }
        self.items = items
    }

    /// The value of the first item with this name, if any.
    public func first(_ name: String) -> String? {
        for item in items where item.name == name { return item.value }
        return nil
    }

    /// The values of all items with this name.
    public func all(_ name: String) -> [String] {
        items.compactMap { $0.name == name ? $0.value : nil }
    }

    /// Whether there are no items.
    public var isEmpty: Bool { items.isEmpty }
}
