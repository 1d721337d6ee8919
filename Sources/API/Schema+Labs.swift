import Labs

/// What the API says of labs.
extension Schema {
    static let labID = Schema.pattern("^[0-9a-f]{16}$")
    private static let step = Schema.integer(0...LabBranch.mostSteps)
    private static let updates = Schema.integer(1...LabWorker.mostUpdates)

    /// Which fields a specification has depends on its model; docs/lab.md lists them.
    private static let labSpecification = Schema.named("LabSpecification", .map(.any))
    private static let branch = Schema.named(
        "LabBranch", .object(["id": .labID, "parent": .nullable(.labID), "start": step, "specification": labSpecification, "recorded": .array(step)]))
    /// What a lab is doing; null without a process. `reason` says why it paused by itself.
    private static let live = Schema.nullable(
        .object(
            ["state": .word(["positioning", "playing", "advancing", "paused"])], optional: ["branch": .labID, "step": step, "reason": .nullable(.string)]))
    static let lab = Schema.named("Lab", .object(["id": .labID, "branches": .array(branch), "live": live]))
    static let labList = Schema.named(
        "LabList",
        .object([
            "labs": .array(.object(["id": .labID, "model": .string, "distribution": .string, "branches": .count, "is_live": .boolean])), "standard": labSpecification,
            "models": .array(.string), "distributions": .array(.string),
        ]))
    static let labRequest = Schema.named("LabRequest", .closed(["specification": labSpecification], optional: [:]))

    private static func action(_ name: String, _ fields: [String: Schema]) -> Schema { .closed(fields.merging(["action": .word([name])]) { $1 }, optional: [:]) }

    static let labAction = Schema.named(
        "LabAction",
        .either([
            action("play", ["branch": .labID, "from": step, "every": updates, "rate": .integer(1...LabWorker.mostRate)]),
            action("advance", ["branch": .labID, "from": step, "steps": .integer(0...LabWorker.mostUpdates)]),
            action("branch", ["branch": .labID, "after": step, "changes": .map(.any)]), action("pause", [:]), action("keep", [:]),
        ]))
    static let labActionResult = Schema.named("LabActionResult", .object(["live": live], optional: ["branch": branch]))
}
