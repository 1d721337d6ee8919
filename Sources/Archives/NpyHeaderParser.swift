import Canonical

/// Reads the Python dictionary at the head of a `.npy` file: three keys in any order, and nothing else.
struct NpyHeaderParser {
    struct Header {
        /// The type of the elements as numpy writes it, such as "<f4".
        let descriptor: String
        /// Whether the first axis varies fastest.
        let isColumnOrder: Bool
        let shape: [Int]
        fileprivate var descriptorOffset = 0
        fileprivate var orderOffset = 0

        /// The type, of an array that archives hold.
        /// - Errors: another type, or column order.
        func kind() throws(ArchiveError) -> ElementKind {
            guard let kind = ElementKind(descriptor: descriptor) else {
                throw NpyHeaderParser.error("elements of type '\(descriptor)' are not read, only <f4, <f8, <i8 and |u1", at: descriptorOffset)
            }
            try requireRowOrder()
            return kind
        }

        func requireRowOrder() throws(ArchiveError) {
            if isColumnOrder { throw NpyHeaderParser.error("the array is in column order; save it again with numpy.ascontiguousarray", at: orderOffset) }
        }
    }

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func header() throws(ArchiveError) -> Header {
        var kind: (text: String, offset: Int)?
        var shape: [Int]?
        var order: (isColumns: Bool, offset: Int)?
        try expect("{")
        while !take("}") {
            let start = position
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where kind == nil: kind = try descriptor()
            case "shape" where shape == nil: shape = try tuple()
            case "fortran_order" where order == nil: order = try columnOrder()
            default: throw error("the key '\(key)' is unknown or stands here a second time", at: start)
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == end else { throw error("text follows the dictionary") }
        guard let kind, let shape, let order else { throw error("'descr', 'fortran_order' or 'shape' is missing") }
        return Header(descriptor: kind.text, isColumnOrder: order.isColumns, shape: shape, descriptorOffset: kind.offset, orderOffset: order.offset)
    }

    private func error(_ text: String, at offset: Int? = nil) -> ArchiveError { Self.error(text, at: offset ?? position) }

    private static func error(_ text: String, at offset: Int) -> ArchiveError {
        ArchiveError(offset: offset, .format("in the header of the array: \(text)"))
    }

    private mutating func skipSpace() {
        while position < end, bytes[position] == 0x20 || bytes[position] == 0x0A { position += 1 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        skipSpace()
        let expected = Array(text.description.utf8)
        guard bytes[position..<end].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func expect(_ text: StaticString) throws(ArchiveError) {
        guard take(text) else { throw error("\(text) should stand here") }
    }

    private mutating func string() throws(ArchiveError) -> String {
        skipSpace()
        guard position < end, case let quote = bytes[position], quote == 0x27 || quote == 0x22,
            let close = bytes[(position + 1)..<end].firstIndex(of: quote)
        else { throw error("a text in quotes should stand here") }
        let text = String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
        position = close + 1
        return text
    }

    private mutating func descriptor() throws(ArchiveError) -> (text: String, offset: Int) {
        skipSpace()
        guard position < end, bytes[position] != UInt8(ascii: "[") else {
            throw error("arrays of records are not read")
        }
        let start = position
        return (try string(), start)
    }

    private mutating func columnOrder() throws(ArchiveError) -> (isColumns: Bool, offset: Int) {
        let start = position
        if take("False") { return (false, start) }
        guard take("True") else { throw error("True or False should stand here") }
        return (true, start)
    }

    private mutating func tuple() throws(ArchiveError) -> [Int] {
        var extents: [Int] = []
        try expect("(")
        while !take(")") {
            extents.append(try integer())
            if !take(",") {
                try expect(")")
                break
            }
        }
        return extents
    }

    private mutating func integer() throws(ArchiveError) -> Int {
        skipSpace()
        let digits = bytes[position..<end].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard let value = Int(String(decoding: digits, as: UTF8.self), in: 0...Int.max) else {
            throw error("an extent should stand here")
        }
        position += digits.count
        return value
    }
}
