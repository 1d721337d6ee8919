public import Canonical

/// A specification from a step of another branch on. The branch without another is the lab's root.
public struct LabBranch: Sendable, Hashable {
    /// The most steps of a branch, those of the branches before it included.
    public static let mostSteps = 1_000_000

    /// The branch that it continues; nil for the root.
    public let parent: String?
    /// The last step of the parent that it has; 0 for the root.
    public let start: Int
    /// What holds after that step.
    public let specification: LabSpecification
    /// The version of the numbers.
    public let numerics: Int

    /// The root of a lab.
    public init(_ specification: LabSpecification) { self.init(parent: nil, start: 0, specification, numerics: Version.numerics) }

    private init(parent: String?, start: Int, _ specification: LabSpecification, numerics: Int) {
        (self.parent, self.start, self.specification, self.numerics) = (parent, start, specification, numerics)
    }

    /// A branch that continues this one after a step.
    /// - Errors: those of `LabSpecification.changed`; `LabError.badStep`
    public func branch(after step: Int, changes: JSONValue) throws -> LabBranch {
        guard start...Self.mostSteps ~= step else { throw LabError.badStep(step, allowed: start...Self.mostSteps) }
        return LabBranch(parent: id, start: step, try specification.changed(by: changes), numerics: Version.numerics)
    }

    /// 16 digits of the digest of the canonical form, which names the parent, so a branch's id covers everything before it.
    public var id: String { String(Digest.sha256(json.canonicalText).hex.prefix(16)) }

    /// The stored form.
    public var json: JSONValue {
        .object(["parent": .optional(parent), "start": .count(start), "specification": specification.json, "numerics": .count(numerics)])
    }

    /// Reads the stored form.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        let parent = try fields.value("parent")
        let start = try fields.integer("start", in: 0...Self.mostSteps)
        let numerics = try fields.integer("numerics", in: 1...1_000_000)
        let specification = try LabSpecification(reading: fields.value("specification"), path: "specification")
        try fields.finish()
        self.init(parent: parent.stringValue, start: start, specification, numerics: numerics)
    }
}
