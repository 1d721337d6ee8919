public import Canonical

extension StudyPlan {
    /// The plan with more seeds, settings, or models. All runs of this plan are runs of the longer one, with the same specifications.
    ///
    /// - Parameters:
    ///   - seeds: so many more; the smallest that the plan does not have
    ///   - settings: so many more of a random search, which start with those of the shorter one (`ModelSchema.settings(of:)`)
    ///   - models: those that are added, with as many settings and the same seeds
    /// - Returns: a plan in user form, to be read and checked
    /// - Errors: `FieldError` for a plan that has no such extension
    public func extended(seeds more: Int = 0, settings moreSettings: Int = 0, models added: [String] = []) throws(FieldError) -> JSONValue {
        var members = json.objectValue ?? [:]
        if more > 0 {
            var all = seeds
            var (known, next) = (Set(seeds), 0)
            while all.count < seeds.count + more {
                if known.insert(next).inserted { all.append(next) }
                next += 1
            }
            guard all.count <= SpecificationLimits.seedsOfPlan.upperBound else {
                throw FieldError(path: "add_seeds", problem: .rule("the study would have \(all.count) seeds; at most \(SpecificationLimits.seedsOfPlan.upperBound) are allowed"))
            }
            members["seeds"] = .array(all.map { .integer(Int64($0)) })
        }
        if moreSettings > 0 {
            guard search.kind.isRandom else {
                throw FieldError(path: "add_settings", problem: .rule("only a random search has a number of settings; this study's protocol is \(search.kind.rawValue)"))
            }
            guard search.sampler == .philox else {
                throw FieldError(path: "add_settings", problem: .rule("with the sampler \(search.sampler.rawValue), every setting depends on their number: a longer search has other runs"))
            }
            members["protocol"] = search.json.adding("settings", .integer(Int64(search.settings) + Int64(moreSettings)))
        }
        if !added.isEmpty {
            guard search.kind != .reruns else {
                throw FieldError(path: "add_models", problem: .rule("reruns have the models and settings of their source"))
            }
            members["models"] = .array((models + added).map { .string($0) })
        }
        return .object(members)
    }
}
