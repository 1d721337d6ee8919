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

        /// As many settings a model as the study tried, the default included.
        public var usualSettings: Int { self == .wide ? 100 : self == .narrow ? 50 : 1 }
    }

    public let kind: Kind
    /// The number of settings of each model that are drawn, the default included; 1 for kinds that draw nothing.
    public let settings: Int
    /// Decides the draws.
    public let searchSeed: Int
    public let sampler: SearchSampler
    /// For reruns: which study the settings were chosen from, and by which rule; nil where they were given by hand.
    public let origin: RerunOrigin?

    public init(
        _ kind: Kind, settings: Int = 1, searchSeed: Int = 123, sampler: SearchSampler = .philox, origin: RerunOrigin? = nil
    ) {
        self.kind = kind
        self.settings = settings
        self.searchSeed = searchSeed
        self.sampler = sampler
        self.origin = origin
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind.rawValue)]
        if kind.isRandom {
            members["settings"] = .integer(Int64(settings))
            members["search_seed"] = .integer(Int64(searchSeed))
            members["sampler"] = .string(sampler.rawValue)
        }
        members.merge(origin?.members ?? [:]) { $1 }
        return .object(members)
    }

    /// What somebody who compares with the study should know about a plan that draws as its released code did.
    /// - Parameter json: the field "protocol" of a complete plan
    public static func remarks(on json: JSONValue?) -> [String] {
        guard json?["sampler"]?.stringValue == SearchSampler.compareGANV1.rawValue, let settings = json?["settings"]?.integerValue,
            let seed = json?["search_seed"]?.integerValue, settings != 100 || seed != 123
        else { return [] }
        return [
            "The sampler compare_gan_v1 draws one sequence for all models: only with 100 settings and the search seed 123 are these the draws of the study. "
                + "With \(settings) settings and the search seed \(seed) they are others, which the study never had.",
        ]
    }

    /// Reads the field "protocol" of a plan. Fields that a kind would not use are errors.
    init(_ fields: inout FieldReader) throws(FieldError) {
        var inner = try fields.object("protocol")
        let kind = Kind(rawValue: try inner.oneOf("kind", Kind.allCases.map(\.rawValue)))!
        if kind.isRandom {
            // The released code's narrow draws are not known well enough to be repeated.
            let samplers: [SearchSampler] = kind == .wide ? SearchSampler.allCases : [.philox]
            let sampler = try inner.optionalOneOf("sampler", samplers.map(\.rawValue)).flatMap(SearchSampler.init) ?? .philox
            self.init(
                kind, settings: try inner.optionalInteger("settings", in: SpecificationLimits.settings) ?? kind.usualSettings,
                searchSeed: try inner.optionalInteger("search_seed", in: SpecificationLimits.seed) ?? 123, sampler: sampler)
        } else {
            self.init(kind, origin: kind == .reruns ? try RerunOrigin(&inner) : nil)
        }
        try inner.finish()
    }
}
