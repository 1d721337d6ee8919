extension FieldReader {
    // MARK: Strings

    /// An optional string.
    /// - Errors: `FieldError` if it is not a string, or longer than `maximumBytes` in UTF-8.
    public mutating func optionalString(_ key: String, maximumBytes: Int = 10_000) throws(FieldError) -> String? {
        guard let value = optionalValue(key) else { return nil }
        guard case .string(let text) = value else { throw wrongKind(key, "a string", value) }
        guard text.utf8.count <= maximumBytes else { throw error(key, "is longer than \(maximumBytes) bytes") }
        return text
    }

    /// A required string; errors as for `optionalString`, and if it is missing.
    public mutating func string(_ key: String, maximumBytes: Int = 10_000) throws(FieldError) -> String {
        try present(optionalString(key, maximumBytes: maximumBytes), key)
    }

    /// An optional string from a list.
    /// - Errors: `FieldError` with a suggestion if it is not in `allowed`.
    public mutating func optionalOneOf(_ key: String, _ allowed: [String]) throws(FieldError) -> String? {
        guard let text = try optionalString(key) else { return nil }
        guard allowed.contains(text) else {
            let suggestion = Suggestion.nearest(to: text, among: allowed)
            let problem = FieldError.Problem.notOneOf(
                actual: String(text.prefix(80)), allowed: allowed, suggestion: suggestion)
            throw FieldError(path: path(of: key), problem: problem)
        }
        return text
    }

    /// A required string from a list; errors as for `optionalOneOf`, and if it is missing.
    public mutating func oneOf(_ key: String, _ allowed: [String]) throws(FieldError) -> String {
        try present(optionalOneOf(key, allowed), key)
    }

    /// An optional SHA-256 digest of 64 hexadecimal digits.
    /// - Errors: `FieldError` if it is not one.
    public mutating func optionalDigest(_ key: String) throws(FieldError) -> Digest? {
        guard let text = try optionalString(key) else { return nil }
        guard let digest = try? Digest(hex: text) else {
            throw error(key, "must be a SHA-256 digest of 64 hexadecimal digits")
        }
        return digest
    }

    /// A required digest; errors as for `optionalDigest`, and if it is missing.
    public mutating func digest(_ key: String) throws(FieldError) -> Digest {
        try present(optionalDigest(key), key)
    }

    // MARK: Numbers

    /// An optional integer in `range`; `4e3` counts as an integer.
    public mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(FieldError) -> Int? {
        guard let value = optionalValue(key) else { return nil }
        guard let wide = value.integerValue else { throw wrongKind(key, "an integer", value) }
        let integer = Int(wide)
        guard range.contains(integer) else { throw outOfRange(key, String(integer), "\(range)") }
        return integer
    }

    /// A required integer; errors as for `optionalInteger`, and if it is missing.
    public mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(FieldError) -> Int {
        try present(optionalInteger(key, in: range), key)
    }

    /// An optional number.
    /// - Errors: `FieldError` if it is not a number, or not in `range`.
    public mutating func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws(FieldError) -> Double? {
        guard let value = optionalValue(key) else { return nil }
        guard let number = value.numberValue else { throw wrongKind(key, "a number", value) }
        guard range.contains(number) else {
            let bounds = [range.lowerBound, range.upperBound].map { $0.isFinite ? JSONNumber.text($0) : "\($0)" }
            throw outOfRange(key, JSONNumber.text(number), bounds.joined(separator: "..."))
        }
        return number
    }

    /// A required number; errors as for `optionalNumber`, and if it is missing.
    public mutating func number(
        _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws(FieldError) -> Double {
        try present(optionalNumber(key, in: range), key)
    }

    private func outOfRange(_ key: String, _ actual: String, _ range: String) -> FieldError {
        FieldError(path: path(of: key), problem: .outOfRange(actual: actual, range: range))
    }

    // MARK: Others

    /// An optional Boolean.
    /// - Errors: `FieldError` if it is neither true nor false.
    public mutating func optionalBool(_ key: String) throws(FieldError) -> Bool? {
        guard let value = optionalValue(key) else { return nil }
        guard case .bool(let flag) = value else { throw wrongKind(key, "true or false", value) }
        return flag
    }

    /// A required Boolean; errors as for `optionalBool`, and if it is missing.
    public mutating func bool(_ key: String) throws(FieldError) -> Bool { try present(optionalBool(key), key) }

    /// A reader for a nested object; call its `finish()` separately.
    public mutating func optionalObject(_ key: String) throws(FieldError) -> FieldReader? {
        guard let value = optionalValue(key) else { return nil }
        return try FieldReader(value, path: path(of: key))
    }

    /// A required nested object; errors as for `optionalObject`, and if it is missing.
    public mutating func object(_ key: String) throws(FieldError) -> FieldReader {
        try present(optionalObject(key), key)
    }

    /// An optional array.
    /// - Errors: `FieldError` if it is not an array, or its number of elements is not in `range`.
    public mutating func optionalArray(
        _ key: String, count range: ClosedRange<Int>
    ) throws(FieldError) -> [JSONValue]? {
        guard let value = optionalValue(key) else { return nil }
        guard case .array(let elements) = value else { throw wrongKind(key, "an array", value) }
        guard range.contains(elements.count) else {
            throw error(key, "must have \(range.lowerBound) to \(range.upperBound) elements, but has \(elements.count)")
        }
        return elements
    }

    /// A required array; errors as for `optionalArray`, and if it is missing.
    public mutating func array(_ key: String, count range: ClosedRange<Int>) throws(FieldError) -> [JSONValue] {
        try present(optionalArray(key, count: range), key)
    }

    /// An optional array of strings.
    /// - Errors: `FieldError` for the array or for the first invalid element.
    public mutating func optionalStrings(
        _ key: String, count range: ClosedRange<Int>
    ) throws(FieldError) -> [String]? {
        guard let elements = try optionalArray(key, count: range) else { return nil }
        var result: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else { throw wrongKind("\(key)[\(index)]", "a string", element) }
            result.append(text)
        }
        return result
    }

    /// An optional array of integers.
    /// - Errors: `FieldError` for the array or for the first invalid element.
    public mutating func optionalIntegers(
        _ key: String, count range: ClosedRange<Int>, each bounds: ClosedRange<Int>
    ) throws(FieldError) -> [Int]? {
        guard let elements = try optionalArray(key, count: range) else { return nil }
        var result: [Int] = []
        for (index, element) in elements.enumerated() {
            let name = "\(key)[\(index)]"
            guard let integer = element.integerValue else { throw wrongKind(name, "an integer", element) }
            guard bounds.contains(Int(integer)) else { throw outOfRange(name, String(integer), "\(bounds)") }
            result.append(Int(integer))
        }
        return result
    }
}
