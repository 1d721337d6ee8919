import Canonical

/// Parses the Python dictionary in a `.npy` header: exactly three keys, in any order.
struct NpyHeaderParser {
    struct Header {
        /// The element type as written by numpy, such as "<f4".
        let descriptor: String
        /// Whether the first axis varies fastest.
        let isColumnOrder: Bool
        let shape: [Int]
        fileprivate var descriptorOffset = 0
        fileprivate var orderOffset = 0

        /// The element type, for arrays of archives.
        /// - Errors: an unsupported type, or Fortran order.
        func kind() throws(ArchiveError) -> ElementKind {
            guard let kind = ElementKind(descriptor: descriptor) else {
                throw NpyHeaderParser.error("unsupported element type '\(descriptor)'; supported: <f4, <f8, <i8, |u1", at: descriptorOffset)
            }
            try requireRowOrder()
            return kind
        }

        func requireRowOrder() throws(ArchiveError) {
            if isColumnOrder { throw NpyHeaderParser.error("the array is in Fortran order; save it again with numpy.ascontiguousarray", at: orderOffset) }
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
            default: throw error("unknown or duplicate key '\(key)'", at: start)
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == end else { throw error("unexpected text after the dictionary") }
        guard let kind, let shape, let order else { throw error("'descr', 'fortran_order' or 'shape' is missing") }
        return Header(descriptor: kind.text, isColumnOrder: order.isColumns, shape: shape, descriptorOffset: kind.offset, orderOffset: order.offset)
    }

    private func error(_ text: String, at offset: Int? = nil) -> ArchiveError { Self.error(text, at: offset ?? position) }

    private static func error(_ text: String, at offset: Int) -> ArchiveError {
        ArchiveError(offset: offset, .format("in the array header: \(text)"))
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
        guard take(text) else { throw error("expected \(text)") }
    }

    private mutating func string() throws(ArchiveError) -> String {
        skipSpace()
        guard position < end, case let quote = bytes[position], quote == 0x27 || quote == 0x22,
            let close = bytes[(position + 1)..<end].firstIndex(of: quote)
        else { throw error("expected a quoted string") }
        let text = String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
        position = close + 1
        return text
    }

    private mutating func descriptor() throws(ArchiveError) -> (text: String, offset: Int) {
        skipSpace()
        guard position < end, bytes[position] != UInt8(ascii: "[") else {
            throw error("structured arrays are not supported")
        }
        let start = position
        return (try string(), start)
    }

    private mutating func columnOrder() throws(ArchiveError) -> (isColumns: Bool, offset: Int) {
        let start = position
        if take("False") { return (false, start) }
        guard take("True") else { throw error("expected True or False") }
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
            throw error("expected an extent")
        }
        position += digits.count
        return value
    }
}
