/// Splits and validates one field line (RFC 9112, section 5).
enum FieldLine {
    /// Validates a line without its line end; returns the end of its name and the range of its trimmed value.
    static func split(_ line: Span<UInt8>) throws(RequestFault) -> (nameEnd: Int, value: Range<Int>) {
        guard !line[0].isBlank else { throw .foldedField }
        var nameEnd = 0
        while nameEnd < line.count, line[nameEnd].isToken { nameEnd += 1 }
        guard nameEnd > 0, nameEnd < line.count, line[nameEnd] == UInt8(ascii: ":") else {
            throw nameEnd < line.count && line[nameEnd] == .carriageReturn ? .bareCarriageReturn : .malformedFieldName
        }
        for index in (nameEnd + 1)..<line.count where !line[index].isFieldContent {
            throw line[index] == .carriageReturn ? .bareCarriageReturn : .malformedFieldValue
        }
        let value = line.extracting((nameEnd + 1)..<line.count).trimmedRange()
        return (nameEnd, (value.lowerBound + nameEnd + 1)..<(value.upperBound + nameEnd + 1))
    }

    /// Calls `body` with each trimmed element of a comma-separated list, skipping empty elements.
    static func forEachElement(_ value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
            let element = value.extracting(start..<end)
            let range = element.trimmedRange()
            if !range.isEmpty { body(element.extracting(range)) }
            start = end + 1
        }
    }
}
