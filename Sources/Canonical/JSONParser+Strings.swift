extension JSONParser {
    /// Reads a string from its opening to its closing quote.
    mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw error("a control character in a string must be escaped")
            case 0..<0x80:
                content.append(byte)
                position += 1
            default: try multibyte(into: &content)
            }
        }
        throw error("unterminated string", at: start)
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = current else { throw error("the text ends within an escape sequence") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: try unicodeEscape(from: start).utf8)
        default: throw error("unknown escape sequence in a string", at: start)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> String {
        let first = try fourHexDigits()
        guard 0xD800...0xDFFF ~= first else { return String(Unicode.Scalar(first)!) }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw error("unpaired surrogate in a string", at: start)
        }
        let second = try fourHexDigits()
        guard 0xDC00...0xDFFF ~= second else { throw error("unpaired surrogate in a string", at: start) }
        return String(Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!)
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Hexadecimal.value(of: byte) else {
                throw error("expected four hexadecimal digits after \\u")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Copies one UTF-8 sequence of two to four bytes; rejects overlong forms, surrogates, and values above U+10FFFF
    /// (Unicode 15, table 3-7).
    private mutating func multibyte(into content: inout [UInt8]) throws(JSONError) {
        let lead = bytes[position]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("this byte is not UTF-8")
        }
        let sequence = bytes.dropFirst(position).prefix(length)
        guard sequence.count == length, second ~= sequence[position + 1],
            sequence.dropFirst(2).allSatisfy({ 0x80...0xBF ~= $0 })
        else { throw error("this byte is not UTF-8") }
        content.append(contentsOf: sequence)
        position += length
    }
}
