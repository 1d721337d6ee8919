public import Canonical

/// What a model says about one of its hyperparameters: which values are valid, which one is usual, and where to search.
public struct HyperparameterSchema: Sendable, Hashable {
    /// The values that are valid.
    public enum Domain: Sendable, Hashable {
        case reals(ClosedRange<Double>)
        case integers(ClosedRange<Int>)
        case bools
        case oneOf([HyperparameterValue])
    }

    public let name: String
    public let kind: HyperparameterValue.Kind
    /// The values that may be submitted.
    public let domain: Domain
    /// The values that a stored specification may have: `domain`, and what earlier programs took beyond it.
    public let storedDomain: Domain
    /// When a value changes the training.
    public let effect: HyperparameterEffect
    public let defaultValue: HyperparameterValue
    /// Where the wide search of the study draws from; the default where nil.
    public let wide: SearchDistribution?
    /// Where its narrow search draws from; the default where nil.
    public let narrow: SearchDistribution?
    /// Setting 0 of the narrow search, where the study began it elsewhere than the wide one; need not lie in `narrow`.
    public let narrowDefault: HyperparameterValue?
    public let description: String

    /// - Precondition: the default is in the domain, and so is everything that a search can draw.
    public init(
        name: String, domain: Domain, stored storedDomain: Domain? = nil, effect: HyperparameterEffect = .always, default defaultValue: HyperparameterValue,
        wide: SearchDistribution? = nil, narrow: SearchDistribution? = nil, narrowDefault: HyperparameterValue? = nil, description: String
    ) {
        self.storedDomain = storedDomain ?? domain
        self.effect = effect
        self.name = name
        self.kind = defaultValue.kind
        self.domain = domain
        self.defaultValue = defaultValue
        self.wide = wide
        self.narrow = narrow
        self.narrowDefault = narrowDefault
        self.description = description
        precondition(contains(defaultValue), "\(name): the default \(defaultValue) is not valid")
        precondition(narrowDefault.map(contains) ?? true, "\(name): the narrow default is not valid")
        for value in [wide, narrow].compactMap({ $0 }).flatMap(\.extremes) {
            precondition(contains(value), "\(name): a search could draw \(value), which is not valid")
        }
    }

    /// - Parameter stored: what stored specifications may have, where earlier programs took more.
    public static func real(
        _ name: String, in range: ClosedRange<Double>, stored: ClosedRange<Double>? = nil, default value: Double, wide: SearchDistribution? = nil,
        narrow: SearchDistribution? = nil, description: String
    ) -> Self {
        Self(
            name: name, domain: .reals(range), stored: stored.map { .reals($0) }, default: .real(value), wide: wide, narrow: narrow,
            description: description)
    }

    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default value: Int, wide: SearchDistribution? = nil,
        narrow: SearchDistribution? = nil, description: String
    ) -> Self {
        Self(
            name: name, domain: .integers(range), default: .integer(value), wide: wide, narrow: narrow,
            description: description)
    }

    public static func bool(
        _ name: String, default value: Bool, wide: SearchDistribution? = nil, narrow: SearchDistribution? = nil,
        narrowDefault: Bool? = nil, description: String
    ) -> Self {
        Self(
            name: name, domain: .bools, default: .bool(value), wide: wide, narrow: narrow,
            narrowDefault: narrowDefault.map { .bool($0) }, description: description)
    }

    /// A named variant. It is not searched.
    public static func text(_ name: String, among values: [String], default value: String, description: String) -> Self {
        Self(name: name, domain: .oneOf(values.map { .text($0) }), default: .text(value), description: description)
    }

    /// The same with other words about it, for a model to which the usual ones do not apply.
    public func described(_ description: String) -> Self {
        Self(
            name: name, domain: domain, stored: storedDomain, effect: effect, default: defaultValue, wide: wide, narrow: narrow,
            narrowDefault: narrowDefault, description: description)
    }

    /// The same, where it changes the training under a condition alone, or never.
    public func effective(_ effect: HyperparameterEffect) -> Self {
        Self(
            name: name, domain: domain, stored: storedDomain, effect: effect, default: defaultValue, wide: wide, narrow: narrow,
            narrowDefault: narrowDefault, description: description)
    }

    /// Whether `value` may be submitted.
    public func contains(_ value: HyperparameterValue) -> Bool { Self.contains(value, domain) }

    private static func contains(_ value: HyperparameterValue, _ domain: Domain) -> Bool {
        switch (domain, value) {
        case (.reals(let range), .real(let value)): range.contains(value)
        case (.integers(let range), .integer(let value)): range.contains(value)
        case (.bools, .bool): true
        case (.oneOf(let values), _): values.contains(value)
        default: false
        }
    }
}

extension HyperparameterSchema {
    /// Reads a value at `path` of a document.
    /// - Parameter isStored: whether the document is a specification that was taken before, maybe by an earlier program.
    /// - Errors: `FieldError` for a value of another kind or one that is not valid; unless it is stored also for a number that training,
    ///   which computes in binary32, could not tell from 0 or not hold with all its digits.
    public func value(reading json: JSONValue, path: String, isStored: Bool = false) throws(FieldError) -> HyperparameterValue {
        let value = try convert(json, path: path)
        guard Self.contains(value, isStored ? storedDomain : domain) else {
            let problem: FieldError.Problem = .outOfRange(actual: value.description, range: rangeText)
            throw FieldError(path: path, problem: problem)
        }
        if !isStored, case .real(let number) = value, number != 0, Float(number).magnitude < .leastNormalMagnitude { throw tooSmall(number, path) }
        return value
    }

    private func tooSmall(_ number: Double, _ path: String) -> FieldError {
        let outcome = Float(number) == 0 ? "0" : "subnormal"
        let least = JSONNumber.text(Double(Float.leastNormalMagnitude).nextUp)
        return FieldError(
            path: path,
            problem: .rule("\(JSONNumber.text(number)) is \(outcome) in binary32, in which training computes; allowed are 0 and numbers from \(least), within \(rangeText)"))
    }

    private func convert(_ json: JSONValue, path: String) throws(FieldError) -> HyperparameterValue {
        switch kind {
        case .real: if let number = json.numberValue { return .real(number == 0 ? 0 : number) }
        case .integer: if let integer = json.integerValue { return .integer(Int(integer)) }
        case .bool: if let flag = json.boolValue { return .bool(flag) }
        case .text: if let text = json.stringValue { return .text(text) }
        }
        throw FieldError(path: path, problem: .wrongKind(expected: kindName, actual: json.kindName))
    }

    private var kindName: String {
        switch kind {
        case .real: "a number"
        case .integer: "an integer"
        case .bool: "true or false"
        case .text: "a string"
        }
    }

    private var rangeText: String {
        switch domain {
        case .reals(let range): "\(JSONNumber.text(range.lowerBound))...\(JSONNumber.text(range.upperBound))"
        case .integers(let range): "\(range)"
        case .bools: "false, true"
        case .oneOf(let values): values.map(\.description).joined(separator: ", ")
        }
    }

    /// For the page: name, kind, default, minimum, maximum, values (where they are listed), scale, description.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "kind": .string(kind.rawValue), "default": defaultValue.json,
            "description": .string(description), "minimum": .null, "maximum": .null,
            "scale": .string(wide?.isLogarithmic == true ? "log" : "linear"),
        ]
        switch domain {
        case .reals(let range):
            members["minimum"] = .number(range.lowerBound)
            members["maximum"] = .number(range.upperBound)
        case .integers(let range):
            members["minimum"] = .integer(Int64(range.lowerBound))
            members["maximum"] = .integer(Int64(range.upperBound))
        case .bools: break
        case .oneOf(let values): members["values"] = .array(values.map(\.json))
        }
        return .object(members)
    }
}
