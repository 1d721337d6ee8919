import Canonical
import GRDB

/// A name, a note, tags, and a star that people gave to a run or a study. No result depends on them.
public struct Labels: Sendable, Equatable {
    /// The given name; empty for none. That of a study is its own.
    public var name: String
    /// Text of any number of lines; empty for none.
    public var note: String
    /// Distinct words, in the order in which they were given.
    public var tags: [String]
    /// Whether it is marked with a star.
    public var isStarred: Bool

    /// Makes labels, by default none.
    public init(name: String = "", note: String = "", tags: [String] = [], isStarred: Bool = false) {
        self.name = name
        self.note = note
        self.tags = tags
        self.isStarred = isStarred
    }

    fileprivate init(row: Row, name: String) {
        self.init(name: name, note: row["note"], tags: Labels.tags(stored: row["tags"]), isStarred: row["starred"])
    }

    fileprivate static func tags(stored text: String) -> [String] { JSONValue(stored: text).arrayValue?.compactMap(\.stringValue) ?? [] }

    fileprivate var storedTags: String { JSONValue.array(tags.map { .string($0) }).canonicalText }
}

/// A change of labels; what is nil stays.
public struct LabelChange: Sendable, Equatable {
    /// The new name.
    public var name: String?
    /// The new note.
    public var note: String?
    /// Replaces all tags.
    public var tags: [String]?
    /// Added behind the others.
    public var addedTags: [String]
    /// Taken away.
    public var removedTags: [String]
    /// Whether there is a star.
    public var isStarred: Bool?

    /// Makes a change.
    public init(name: String? = nil, note: String? = nil, tags: [String]? = nil, addedTags: [String] = [], removedTags: [String] = [], isStarred: Bool? = nil) {
        self.name = name
        self.note = note
        self.tags = tags
        self.addedTags = addedTags
        self.removedTags = removedTags
        self.isStarred = isStarred
    }

    /// The most tags of a run or a study.
    public static let mostTags = 20

    /// The labels after the change; nil if they would have too many tags.
    func applied(to old: Labels) -> Labels? {
        var new = old
        if let name { new.name = name }
        if let note { new.note = note }
        if let tags { new.tags = [] + tags }
        new.tags += addedTags
        var seen: Set<String> = []
        new.tags = new.tags.filter { !removedTags.contains($0) && seen.insert($0).inserted }
        if let isStarred { new.isStarred = isStarred }
        return new.tags.count <= LabelChange.mostTags ? new : nil
    }
}

/// A run or a study would have more tags than `LabelChange.mostTags`.
public struct TooManyTags: Error, Equatable {
    /// The id of the run or study.
    public let id: String

    /// Makes an error.
    public init(id: String) { self.id = id }
}

extension CatalogReader {
    /// The labels of a run; empty ones for a run that nobody labelled.
    public func labels(ofRun number: Int64) throws -> Labels { try labels(ofRuns: [number])[number] ?? Labels() }

    /// The same for several runs, by number; runs without labels are left out.
    public func labels(ofRuns numbers: [Int64]) throws -> [Int64: Labels] {
        let list = JSONValue.array(numbers.map { .integer($0) }).canonicalText
        let rows = try all("SELECT * FROM run_labels WHERE run IN (SELECT value FROM json_each(?))", [list]) { row in
            (row["run"] as Int64, Labels(row: row, name: row["name"]))
        }
        return Dictionary(rows) { $1 }
    }

    /// The labels of a study.
    public func labels(of study: StudyRecord) throws -> Labels {
        try one("SELECT * FROM study_labels WHERE study = ?", [study.id]) { Labels(row: $0, name: study.name) } ?? Labels(name: study.name)
    }

    /// Every tag in use, most used first.
    public func tags(limit: Int) throws -> [String] {
        try all(
            """
            SELECT value FROM (SELECT tags FROM run_labels UNION ALL SELECT tags FROM study_labels) AS labelled, json_each(labelled.tags)
            GROUP BY value ORDER BY COUNT(*) DESC, value LIMIT ?
            """, [limit]
        ) { $0["value"] }
    }
}

extension CatalogWriter {
    /// Changes the labels of a run.
    /// - Errors: `TooManyTags`
    public func label(_ run: RunRecord, _ change: LabelChange) throws -> Labels {
        guard let labels = change.applied(to: try reader.labels(ofRun: run.number)) else { throw TooManyTags(id: run.id) }
        try self.run(
            "INSERT OR REPLACE INTO run_labels (run, name, note, tags, starred) VALUES (?, ?, ?, ?, ?)",
            [run.number, labels.name, labels.note, labels.storedTags, labels.isStarred])
        return labels
    }

    /// Changes the labels of a study; an empty name stands for the one in its plan.
    /// - Errors: `TooManyTags`
    public func label(_ study: StudyRecord, _ change: LabelChange) throws -> Labels {
        guard var labels = change.applied(to: try reader.labels(of: study)) else { throw TooManyTags(id: study.id) }
        if labels.name.isEmpty { labels.name = JSONValue(stored: study.plan)["name"]?.stringValue ?? study.name }
        try run("UPDATE studies SET name = ? WHERE id = ?", [labels.name, study.id])
        try run(
            "INSERT OR REPLACE INTO study_labels (study, note, tags, starred) VALUES (?, ?, ?, ?)",
            [study.id, labels.note, labels.storedTags, labels.isStarred])
        return labels
    }
}
