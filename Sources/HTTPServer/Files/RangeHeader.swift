/// The value of a `Range` field with byte ranges (RFC 9110, section 14.1.2).
struct RangeHeader: Equatable {
    enum Part: Equatable {
        case from(Int, through: Int?)
        case suffix(Int)
    }

    /// A field with more parts is ignored.
    static let maximumParts = 16

    let parts: [Part]

    /// Nil if the text is not a set of byte ranges; the field is then ignored.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        let unit = Array("bytes=".utf8)
        guard bytes.count > unit.count, bytes.count <= 1024, zip(bytes, unit).allSatisfy({ $0.0.lowercased == $0.1 }) else { return nil }
        var parts: [Part] = []
        for element in bytes[unit.count...].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let trimmed = element.drop(while: \.isBlank)
            let end = trimmed.lastIndex { !$0.isBlank }
            guard let end else { continue }
            guard let part = Self.part(trimmed[...end]) else { return nil }
            parts.append(part)
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    private static func part(_ text: ArraySlice<UInt8>) -> Part? {
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let last = text[(dash + 1)...]
        if dash == text.startIndex { return number(last).map(Part.suffix) }
        guard let first = number(text[..<dash]) else { return nil }
        if last.isEmpty { return .from(first, through: nil) }
        guard let end = number(last), end >= first else { return nil }
        return .from(first, through: end)
    }

    /// A decimal number, saturating near `Int.max`.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            value = overflow || product > Int.max - 9 ? Int.max - 9 : product + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// The parts that overlap a representation of `size` bytes, clamped to it, in the requested order.
    func ranges(within size: Int) -> [Range<Int>] {
        parts.compactMap { part in
            switch part {
            case .from(let first, let last):
                guard first < size else { return nil }
                return first..<min(size, (last ?? size - 1) + 1)
            case .suffix(let count):
                guard count > 0, size > 0 else { return nil }
                return max(0, size - count)..<size
            }
        }
    }
}
