import Canonical

/// Reads the Python dictionary at the head of a `.npy` file: three keys in any order, and nothing else.
struct NpyHeaderParser {
    struct Header {
        let kind: ElementKind
        let shape: [Int]
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
        var kind: ElementKind?
        var shape: [Int]?
        var order: Bool?
        try expect("{")
        while !take("}") {
            let start = position
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where kind == nil: kind = try elementKind()
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
        guard let kind, let shape, order != nil else { throw error("'descr', 'fortran_order' or 'shape' is missing") }
        return Header(kind: kind, shape: shape)
    }

    private func error(_ text: String, at offset: Int? = nil) -> ArchiveError {
        ArchiveError(offset: offset ?? position, .format("in the header of the array: \(text)"))
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

    private mutating func elementKind() throws(ArchiveError) -> ElementKind {
        skipSpace()
        guard position < end, bytes[position] != UInt8(ascii: "[") else {
            throw error("arrays of records are not read")
        }
        let start = position
        let text = try string()
        guard let kind = ElementKind(descriptor: text) else {
            throw error("elements of type '\(text)' are not read, only <f4, <f8, <i8 and |u1", at: start)
        }
        return kind
    }

    /// False, the only order that is read.
    private mutating func columnOrder() throws(ArchiveError) -> Bool {
        let start = position
        if take("False") { return false }
        guard take("True") else { throw error("True or False should stand here") }
        throw error("the array is in column order; save it again with numpy.ascontiguousarray", at: start)
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
