public import Canonical

extension StudyPlan {
    /// The plan that reruns the best setting of each model of this finished study with seeds 0 ..< seeds.
    ///
    /// - Source: Lucic et al. 2018, table 3: the best setting of the wide search, 50 seeds.
    /// - Parameter best: the selected setting of each model; models without one are omitted
    /// - Errors: `FieldError` if no model has one.
    public func reruns(best: [String: Int], origin: RerunOrigin, seeds: Int = 50) throws(FieldError) -> JSONValue {
        let chosen = models.filter { best[$0] != nil }
        guard !chosen.isEmpty else {
            throw FieldError(path: "source", problem: .rule("no model of the study \(name) has a finished run with a value of \(origin.metric)"))
        }
        var values: [String: JSONValue] = [:]
        for model in chosen { values[model] = settings(of: model)?[best[model] ?? 0].json }
        var members = json.objectValue ?? [:]
        members["name"] = .string("Reruns of \(name.prefix(150))")
        members["models"] = .array(chosen.map { .string($0) })
        members["protocol"] = SearchProtocol(.reruns, origin: origin).json
        members["seeds"] = .integer(Int64(seeds))
        members["grid"] = nil
        members["hyperparameters"] = .object(values)
        return .object(members)
    }
}
