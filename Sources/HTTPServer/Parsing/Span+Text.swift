import Glibc

// Reading spans of bytes as text.

extension Span<UInt8> {
    /// The position of the first line feed at or after `start`.
    func firstLineFeed(from start: Int) -> Int? {
        unsafe withUnsafeBufferPointer { buffer in
            guard start < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let found = unsafe memchr(base + start, Int32(UInt8.lineFeed), buffer.count - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The position of the first byte equal to `byte`.
    func first(_ byte: UInt8) -> Int? {
        for index in indices where self[index] == byte { return index }
        return nil
    }

    /// The bytes as text; invalid UTF-8 is repaired.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as an array.
    var array: [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Case-insensitive comparison with ASCII text, which must be in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount == count else { return false }
        let other = unsafe text.utf8Start
        for index in indices where unsafe self[index].lowercased != other[index] { return false }
        return true
    }

    /// The range without leading and trailing spaces and tabs.
    ///
    func trimmedRange() -> Range<Int> {
        var lower = 0
        var upper = count
        while lower < upper, self[lower].isBlank { lower += 1 }
        while upper > lower, self[upper - 1].isBlank { upper -= 1 }
        return lower..<upper
    }
}
