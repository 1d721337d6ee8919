public import Canonical

/// The schema of a hyperparameter: valid values, default, and search distributions.
public struct HyperparameterSchema: Sendable, Hashable {
    /// A set of valid values.
    public enum Domain: Sendable, Hashable {
        case reals(ClosedRange<Double>)
        case integers(ClosedRange<Int>)
        case bools
        case oneOf([HyperparameterValue])
    }

    /// The name in specifications.
    public let name: String
    /// The kind of value.
    public let kind: HyperparameterValue.Kind
    /// The values that may be submitted.
    public let domain: Domain
    /// The values accepted in stored specifications: `domain` plus values accepted by earlier versions.
    public let storedDomain: Domain
    /// When a value affects training.
    public let effect: HyperparameterEffect
    /// The default value.
    public let defaultValue: HyperparameterValue
    /// Distribution of the study's wide search; nil to always use the default.
    public let wide: SearchDistribution?
    /// Distribution of its narrow search; nil to always use the default.
    public let narrow: SearchDistribution?
    /// Setting 0 of the narrow search if it differs from that of the wide one; need not be in `narrow`.
    public let narrowDefault: HyperparameterValue?
    /// Whether the default is left out of specifications: of a hyperparameter that was added to a model later, so that earlier specifications keep their digests.
    public let isOmittedByDefault: Bool
    /// One sentence for users.
    public let description: String

    /// Creates a schema.
    /// - Precondition: the default and all possible search draws are in the domain
    public init(
        name: String, domain: Domain, stored storedDomain: Domain? = nil, effect: HyperparameterEffect = .always, default defaultValue: HyperparameterValue,
        wide: SearchDistribution? = nil, narrow: SearchDistribution? = nil, narrowDefault: HyperparameterValue? = nil, isOmittedByDefault: Bool = false,
        description: String
    ) {
        self.storedDomain = storedDomain ?? domain
        self.isOmittedByDefault = isOmittedByDefault
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
        precondition(!isOmittedByDefault || (wide == nil && narrow == nil && narrowDefault == nil), "\(name): searches do not draw what specifications leave out")
        precondition(narrowDefault.map(contains) ?? true, "\(name): the narrow default is not valid")
        for value in [wide, narrow].compactMap({ $0 }).flatMap(\.extremes) {
            precondition(contains(value), "\(name): a search could draw \(value), which is not valid")
        }
    }

    /// A real-valued hyperparameter.
    /// - Parameter stored: the range accepted in stored specifications, if earlier versions accepted more
    public static func real(
        _ name: String, in range: ClosedRange<Double>, stored: ClosedRange<Double>? = nil, default value: Double, wide: SearchDistribution? = nil,
        narrow: SearchDistribution? = nil, description: String
    ) -> Self {
        Self(
            name: name, domain: .reals(range), stored: stored.map { .reals($0) }, default: .real(value), wide: wide, narrow: narrow,
            description: description)
    }

    /// An integer hyperparameter.
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default value: Int, wide: SearchDistribution? = nil,
        narrow: SearchDistribution? = nil, description: String
    ) -> Self {
        Self(
            name: name, domain: .integers(range), default: .integer(value), wide: wide, narrow: narrow,
            description: description)
    }

    /// A Boolean hyperparameter.
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

    /// A copy with a different description.
    public func described(_ description: String) -> Self {
        Self(
            name: name, domain: domain, stored: storedDomain, effect: effect, default: defaultValue, wide: wide, narrow: narrow,
            narrowDefault: narrowDefault, isOmittedByDefault: isOmittedByDefault, description: description)
    }

    /// A copy whose default is left out of specifications.
    public func omittedByDefault() -> Self {
        Self(
            name: name, domain: domain, stored: storedDomain, effect: effect, default: defaultValue, wide: wide, narrow: narrow,
            narrowDefault: narrowDefault, isOmittedByDefault: true, description: description)
    }

    /// A copy with a restricted effect.
    public func effective(_ effect: HyperparameterEffect) -> Self {
        Self(
            name: name, domain: domain, stored: storedDomain, effect: effect, default: defaultValue, wide: wide, narrow: narrow,
            narrowDefault: narrowDefault, isOmittedByDefault: isOmittedByDefault, description: description)
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
    /// - Parameter isStored: whether the document is a stored specification, possibly from an earlier version
    /// - Errors: `FieldError` for a wrong kind or an invalid value; unless `isStored`, also for a number that is zero or subnormal
    ///   in binary32, the precision of training.
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
            problem: .rule("\(JSONNumber.text(number)) is \(outcome) in binary32, the precision of training; allowed are 0 and numbers from \(least), within \(rangeText)"))
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

    /// The schema for the API: name, kind, default, minimum, maximum, values (for enumerations), scale, description.
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
