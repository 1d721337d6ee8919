public import Canonical

/// How a plan chooses the hyperparameter settings that each of its models is run with.
public struct SearchProtocol: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// One setting: the default, or what the plan gives.
        case single
        /// The default and draws from the wide distributions of the models.
        case wide
        /// The default and draws from the narrow distributions.
        case narrow
        /// The default and every combination of listed values.
        case grid
        /// One setting, as for `single`, with many seeds.
        case reruns

        /// Whether settings are drawn at random.
        public var isRandom: Bool { self == .wide || self == .narrow }
    }

    public let kind: Kind
    /// The number of settings of each model that are drawn, the default included; 1 for kinds that draw nothing.
    public let settings: Int
    /// Decides the draws.
    public let searchSeed: Int

    public init(_ kind: Kind, settings: Int = 1, searchSeed: Int = 123) {
        self.kind = kind
        self.settings = settings
        self.searchSeed = searchSeed
    }

    public var json: JSONValue {
        guard kind.isRandom else { return .object(["kind": .string(kind.rawValue)]) }
        return .object([
            "kind": .string(kind.rawValue), "settings": .integer(Int64(settings)),
            "search_seed": .integer(Int64(searchSeed)), "sampler": "philox",
        ])
    }

    /// Reads the field "protocol" of a plan. Fields that a kind would not use are errors.
    init(_ fields: inout FieldReader) throws(FieldError) {
        var inner = try fields.object("protocol")
        let kind = Kind(rawValue: try inner.oneOf("kind", Kind.allCases.map(\.rawValue)))!
        if kind.isRandom {
            _ = try inner.optionalOneOf("sampler", ["philox"])
            self.init(
                kind, settings: try inner.integer("settings", in: SpecificationLimits.settings),
                searchSeed: try inner.optionalInteger("search_seed", in: SpecificationLimits.seed) ?? 123)
        } else {
            self.init(kind)
        }
        try inner.finish()
    }
}
