import Results

/// Schemas of comparisons and named plans.
extension Schema {
    static let comparison = Schema.named(
        "Comparison",
        .object([
            "metric": .string, "objective": .objective, "direction": .word(["minimise", "maximise"]), "selection": .word(ComparisonQuery.Selection.allCases.map(\.rawValue)),
            "mixed": .boolean, "differences": .array(.string), "measured": .array(.string), "protocols": .array(.meaning), "figures": .array(.object(["name": .string, "title": .string])),
            "groups": .array(
                .object([
                    "study": .nullable(.string), "study_name": .string, "model": .string, "title": .string, "runs": .count, "ended": .count, "failures": .count,
                ])),
        ]))

    static let namedPlan = Schema.named("NamedPlan", .object(["name": .string, "title": .string, "description": .string, "ending": .string]))
}
