public import Canonical

/// How a plan selects the hyperparameter settings of each model.
public struct SearchProtocol: Sendable, Hashable {
    /// The kinds of search.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// One setting: the default, or the one in the plan.
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

        /// The study's number of settings per model, including the default.
        public var usualSettings: Int { self == .wide ? 100 : self == .narrow ? 50 : 1 }
    }

    /// The kind of search.
    public let kind: Kind
    /// Number of settings per model, including the default; 1 for kinds without random search.
    public let settings: Int
    /// Seed of the draws.
    public let searchSeed: Int
    /// The sampler of random settings.
    public let sampler: SearchSampler
    /// For reruns: the source study and selection rule; nil if the settings were given manually.
    public let origin: RerunOrigin?

    /// Creates a value from its parts.
    public init(
        _ kind: Kind, settings: Int = 1, searchSeed: Int = 123, sampler: SearchSampler = .philox, origin: RerunOrigin? = nil
    ) {
        self.kind = kind
        self.settings = settings
        self.searchSeed = searchSeed
        self.sampler = sampler
        self.origin = origin
    }

    /// The field "protocol" of a complete plan.
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

    /// Notes on differences from the study for plans with the released sampler.
    /// - Parameter json: the field "protocol" of a complete plan
    public static func remarks(on json: JSONValue?) -> [String] {
        guard json?["sampler"]?.stringValue == SearchSampler.compareGANV1.rawValue, let settings = json?["settings"]?.integerValue,
            let seed = json?["search_seed"]?.integerValue, settings != 100 || seed != 123
        else { return [] }
        return [
            "The sampler compare_gan_v1 draws one sequence for all models: only 100 settings and the search seed 123 give the draws of the study. "
                + "With \(settings) settings and the search seed \(seed), the settings differ from the study's.",
        ]
    }

    /// Reads the field "protocol" of a plan. Fields that do not apply to the kind are errors.
    /// - Parameter objective: of the plan, by which reruns are selected unless they say otherwise
    init(_ fields: inout FieldReader, objective: Objective) throws(FieldError) {
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
            self.init(kind, origin: kind == .reruns ? try RerunOrigin(&inner, objective: objective) : nil)
        }
        try inner.finish()
    }
}

/// How the settings of a random search are drawn.
public enum SearchSampler: String, Sendable, Hashable, CaseIterable {
    /// Philox: a setting depends only on (search seed, model, its number). The default.
    case philox
    /// The draws of the study's released code, `CompareGANSampler`. Only for the wide search.
    case compareGANV1 = "compare_gan_v1"
}
