extension JSONParser {
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isInteger = try scanNumber()
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text, in: Int64.min...Int64.max) else { throw error("the integer does not fit in 64 bits", at: start) }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw error("the number is too large for double precision", at: start)
        }
        return .number(value)
    }

    /// Skips a number; returns whether it has neither fraction nor exponent.
    private mutating func scanNumber() throws(JSONError) -> Bool {
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = current, Self.isDigit(byte) { throw error("a number must not start with a zero") }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return isInteger
    }

    private mutating func digits() throws(JSONError) {
        guard let byte = current, Self.isDigit(byte) else { throw error("expected a digit") }
        while let byte = current, Self.isDigit(byte) { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
