public import Canonical

extension StudyPlan {
    /// Reads a plan in user form, or a complete one.
    ///
    /// - Errors: `FieldError` for the first field that is unknown, missing, of a wrong kind, or out of range; also for
    ///   more runs than `SpecificationLimits.runsOfPlan`.
    public init(reading json: JSONValue, models known: [ModelSchema], datasets: [DatasetFacts]) throws(FieldError) {
        var fields = try FieldReader(json)
        name = try Self.title(&fields)
        dataset = try DatasetReference(&fields, among: datasets)
        let name = dataset.name
        let facts = datasets.first { $0.name == name }!
        // The models are read ahead because the default metrics depend on them; an error in them is reported in its turn.
        var ahead = fields
        schedule = try RunIntervals(&fields, dataset: facts, models: (try? Self.models(&ahead, among: known)) ?? [])
        width = try fields.optionalNumber("width", in: SpecificationLimits.width) ?? 1
        let schemas = try Self.models(&fields, among: known)
        models = schemas.map(\.name)
        var architectures: [String] = []
        for schema in schemas { architectures.append(try schema.architectures(for: facts, fields)[0]) }
        self.architectures = architectures
        objective = try Objective(&fields, evaluation: schedule.evaluation)
        search = try SearchProtocol(&fields, objective: objective)
        if search.sampler == .compareGANV1, let stranger = models.first(where: { !CompareGANSampler.knows($0) }) {
            throw fields.error("protocol", "the sampler compare_gan_v1 does not support \(stranger), which the released code does not contain")
        }
        seeds = try Self.seeds(&fields, kind: search.kind)
        grid = search.kind == .grid ? try GridAxis.axes(&fields, models: schemas, dataset: facts) : []
        settings = try Self.settings(&fields, search: search, grid: grid, models: schemas, dataset: facts)
        try fields.numerics(required: false)
        try fields.finish()
        let limit = SpecificationLimits.runsOfPlan.upperBound
        guard runCount <= limit else { throw fields.error("protocol", "expands to \(runCount) runs; at most \(limit) are allowed") }
    }

    /// The study's name: one line of at most 200 bytes.
    private static func title(_ fields: inout FieldReader) throws(FieldError) -> String {
        let text = try fields.string("name", maximumBytes: 200)
        guard text.contains(where: { !$0.isWhitespace }) else { throw fields.error("name", "must not be empty") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw fields.error("name", "must not contain control characters")
        }
        return text
    }

    private static func models(
        _ fields: inout FieldReader, among known: [ModelSchema]
    ) throws(FieldError) -> [ModelSchema] {
        _ = try fields.value("models")
        let names = try fields.optionalStrings("models", count: 1...64) ?? []
        var schemas: [ModelSchema] = []
        for (index, name) in names.enumerated() {
            guard let schema = known.first(where: { $0.name == name }) else {
                let allowed = known.map(\.name)
                let problem = FieldError.Problem.notOneOf(
                    actual: String(name.prefix(80)), allowed: allowed,
                    suggestion: Suggestion.nearest(to: name, among: allowed))
                throw FieldError(path: "models[\(index)]", problem: problem)
            }
            guard !schemas.contains(schema) else {
                throw fields.error("models[\(index)]", "duplicate model \"\(name)\"")
            }
            schemas.append(schema)
        }
        return schemas
    }

    /// A list of seeds, or a number n for 0 ..< n. Default: only 0, and 0 ..< 50 for reruns.
    private static func seeds(_ fields: inout FieldReader, kind: SearchProtocol.Kind) throws(FieldError) -> [Int] {
        let counts = SpecificationLimits.seedsOfPlan
        guard let given = fields.optionalValue("seeds") else { return Array(0..<(kind == .reruns ? 50 : 1)) }
        if given.integerValue != nil { return Array(0..<(try fields.integer("seeds", in: counts))) }
        let seeds = try fields.optionalIntegers("seeds", count: counts, each: SpecificationLimits.seed) ?? []
        for (index, seed) in seeds.enumerated() where seeds[..<index].contains(seed) {
            throw fields.error("seeds[\(index)]", "duplicate seed \(seed)")
        }
        return seeds
    }

    private static func settings(
        _ fields: inout FieldReader, search: SearchProtocol, grid: [GridAxis], models: [ModelSchema], dataset: DatasetFacts
    ) throws(FieldError) -> [[Hyperparameters]] {
        switch search.kind {
        case .wide, .narrow: models.map { $0.settings(of: search) }
        case .grid: models.map { $0.settings(of: grid) }
        // Settings of reruns were drawn by a search and may contain values without effect.
        case .single, .reruns: try givenSettings(&fields, models: models, dataset: search.origin == nil ? dataset : nil).map { [$0] }
        }
    }

    /// The field "hyperparameters": overrides by model.
    /// - Parameter dataset: nil to accept values without effect
    private static func givenSettings(
        _ fields: inout FieldReader, models: [ModelSchema], dataset: DatasetFacts?
    ) throws(FieldError) -> [Hyperparameters] {
        guard var inner = try fields.optionalObject("hyperparameters") else { return models.map(\.defaults) }
        var settings: [Hyperparameters] = []
        for model in models {
            let given = inner.optionalValue(model.name) ?? [:]
            let values = try model.hyperparameters(reading: given, path: inner.path(of: model.name))
            if let dataset {
                let path = inner.path(of: model.name)
                try model.checkEffects(of: (given.objectValue ?? [:]).keys.sorted(), in: values, dataset: dataset) { "\(path).\($0)" }
            }
            settings.append(values)
        }
        try inner.finish()
        return settings
    }
}
