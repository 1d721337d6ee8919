extension FieldReader {
    // MARK: Strings

    public mutating func optionalString(_ key: String, maximumBytes: Int = 10_000) throws(FieldError) -> String? {
        guard let value = optionalValue(key) else { return nil }
        guard case .string(let text) = value else { throw wrongKind(key, "a string", value) }
        guard text.utf8.count <= maximumBytes else { throw error(key, "is longer than \(maximumBytes) bytes") }
        return text
    }

    public mutating func string(_ key: String, maximumBytes: Int = 10_000) throws(FieldError) -> String {
        try present(optionalString(key, maximumBytes: maximumBytes), key)
    }

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

    public mutating func oneOf(_ key: String, _ allowed: [String]) throws(FieldError) -> String {
        try present(optionalOneOf(key, allowed), key)
    }

    public mutating func optionalDigest(_ key: String) throws(FieldError) -> Digest? {
        guard let text = try optionalString(key) else { return nil }
        guard let digest = try? Digest(hex: text) else {
            throw error(key, "must be a SHA-256 digest of 64 hexadecimal digits")
        }
        return digest
    }

    public mutating func digest(_ key: String) throws(FieldError) -> Digest {
        try present(optionalDigest(key), key)
    }

    // MARK: Numbers

    /// An integer, also when written like `4e3`.
    public mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(FieldError) -> Int? {
        guard let value = optionalValue(key) else { return nil }
        guard let wide = value.integerValue else { throw wrongKind(key, "an integer", value) }
        let integer = Int(wide)
        guard range.contains(integer) else { throw outOfRange(key, String(integer), "\(range)") }
        return integer
    }

    public mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(FieldError) -> Int {
        try present(optionalInteger(key, in: range), key)
    }

    public mutating func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws(FieldError) -> Double? {
        guard let value = optionalValue(key) else { return nil }
        guard let number = value.numberValue else { throw wrongKind(key, "a number", value) }
        guard range.contains(number) else {
            let bounds = [range.lowerBound, range.upperBound].map { $0.isFinite ? JSONNumber.text($0) : "\($0)" }
            throw outOfRange(key, JSONNumber.text(number), bounds.joined(separator: "..."))
        }
        return number
    }

    public mutating func number(
        _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws(FieldError) -> Double {
        try present(optionalNumber(key, in: range), key)
    }

    private func outOfRange(_ key: String, _ actual: String, _ range: String) -> FieldError {
        FieldError(path: path(of: key), problem: .outOfRange(actual: actual, range: range))
    }

    // MARK: Others

    public mutating func optionalBool(_ key: String) throws(FieldError) -> Bool? {
        guard let value = optionalValue(key) else { return nil }
        guard case .bool(let flag) = value else { throw wrongKind(key, "true or false", value) }
        return flag
    }

    public mutating func bool(_ key: String) throws(FieldError) -> Bool { try present(optionalBool(key), key) }

    /// A reader for an object within this one. It has to be finished on its own.
    public mutating func optionalObject(_ key: String) throws(FieldError) -> FieldReader? {
        guard let value = optionalValue(key) else { return nil }
        return try FieldReader(value, path: path(of: key))
    }

    public mutating func object(_ key: String) throws(FieldError) -> FieldReader {
        try present(optionalObject(key), key)
    }

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

    public mutating func array(_ key: String, count range: ClosedRange<Int>) throws(FieldError) -> [JSONValue] {
        try present(optionalArray(key, count: range), key)
    }

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
