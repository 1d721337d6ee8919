import Canonical

/// Which queued jobs are asked for.
public struct QueueFilter: Sendable, Equatable {
    /// A JSON list of the IDs that alone take part, also where they are held; nil for all.
    public var chosen: String?
    /// Jobs of this executor alone; nil for those of all.
    public var executor: String?
    /// Whether jobs that asked for no executor are its own, too.
    public var isDefault: Bool
    /// A JSON list of studies whose jobs are left out.
    public var studies: String
    /// A JSON list of submitters whose jobs are left out.
    public var submitters: String

    /// Makes a filter; the defaults let every job pass that is not held.
    public init(among chosen: String? = nil, executor: String? = nil, isDefault: Bool = true, withoutStudies studies: [String] = [], withoutSubmitters submitters: [String] = []) {
        self.chosen = chosen
        self.executor = executor
        self.isDefault = isDefault
        self.studies = JSONValue.array(studies.map { .string($0) }).canonicalText
        self.submitters = JSONValue.array(submitters.map { .string($0) }).canonicalText
    }

    /// The condition on a job of a table, with the arguments ?1 to ?5 in the order of the properties.
    static func condition(_ table: String, study: String) -> String {
        """
        (\(table).hold IS NULL OR ?1 IS NOT NULL) AND (?1 IS NULL OR \(table).id IN (SELECT value FROM json_each(?1)))
            AND (?2 IS NULL OR \(table).executor = ?2 OR \(table).executor IS NULL AND ?3)
            AND (\(study) IS NULL OR \(study) NOT IN (SELECT value FROM json_each(?4)))
            AND (\(table).submitter IS NULL OR \(table).submitter NOT IN (SELECT value FROM json_each(?5)))
        """
    }
}
