import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes

/// What people say about runs and studies: names, notes, tags, and stars.
extension API {
    private static let longestName = 200, longestNote = 10_000, longestTag = 60
    /// The most runs, and the most studies, of one request.
    static let mostLabelled = 1000

    func addLabels(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/labels", "Gives runs and studies names, notes, tags, and stars; fields that are left out stay as they are.", needs: .editor,
                body: .json(.labelRequest), answers: [.json(.labelAnswer)], problems: [.notFound])
        ) { request, _ in try await label(request) }
        routes.add(
            Route(.get, "/tags", "Lists the tags in use, most used first.", needs: .viewer, load: .reading, answers: [.json(.array(.string))])
        ) { _, _ in .json(.array(try await catalog.read { try $0.tags(limit: 200) }.map { .string($0) })) }
        routes.add(
            Route(
                .get, "/run-groups", "Groups runs by up to three fields: how many there are, how they ended, and least, mean, and greatest of their best values.", needs: .viewer, load: .reading,
                query: [
                    QueryParameter("by", .plain, "Comma-separated fields, as in filters, for example: model, hyperparameters.learning_rate.", isRequired: true),
                    QueryParameter("filter", .plain, "Filter expression, as for /runs."),
                ], answers: [.json(.runGroups)])
        ) { request, _ in
            let fields = (request.query.first("by") ?? "").split(separator: ",").map { $0.trimmingSpaces() }
            let query = try RunGroupQuery(.runs(naming: RunVocabulary(of: planner.models)), by: fields, filter: request.query.first("filter") ?? "")
            let groups = try await catalog.read { try $0.groups(query) }
            return .json([
                "by": .array(query.fields.map { .string($0) }), "groups": .array(groups.prefix(RunGroupQuery.mostGroups).map(LabelJSON.group)),
                "is_whole": .bool(groups.count <= RunGroupQuery.mostGroups),
            ])
        }
    }

    private func label(_ request: Request) async throws -> Response {
        var fields = try FieldReader(try await request.json().value)
        let runs = try fields.optionalStrings("runs", count: 0...Self.mostLabelled) ?? []
        let studies = try fields.optionalStrings("studies", count: 0...Self.mostLabelled) ?? []
        var change = LabelChange()
        if let name = try fields.optionalString("name", maximumBytes: Self.longestName) { change.name = try Self.line(name, "name", fields) }
        change.note = try fields.optionalString("note", maximumBytes: Self.longestNote)
        if let note = change.note, note.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" && $0 != "\t" && $0 != "\r" }) { throw fields.error("note", "must not contain control characters") }
        change.tags = try Self.tags("tags", &fields)
        change.addedTags = try Self.tags("add_tags", &fields) ?? []
        change.removedTags = try Self.tags("remove_tags", &fields) ?? []
        change.isStarred = try fields.optionalBool("starred")
        try fields.finish()
        do {
            let labelled = try await workbench.label(runs: runs, studies: studies, change, by: Visitor.current)
            return .json(["runs": .object(labelled.runs.mapValues(LabelJSON.labels)), "studies": .object(labelled.studies.mapValues(LabelJSON.labels))])
        } catch let error as TooManyTags {
            throw FieldError(path: "tags", problem: .rule("would be more than \(LabelChange.mostTags) on \(error.id)"))
        }
    }

    private static func tags(_ key: String, _ fields: inout FieldReader) throws -> [String]? {
        guard let tags = try fields.optionalStrings(key, count: 0...LabelChange.mostTags) else { return nil }
        return try tags.map { tag in
            let tag = try line(tag, key, fields)
            guard !tag.isEmpty, tag.utf8.count <= longestTag, !tag.contains(",") else {
                throw fields.error(key, "'\(tag.prefix(80))' is no tag: 1 to \(longestTag) bytes without a comma")
            }
            return tag
        }
    }

    /// One line without control characters and without spaces around it.
    private static func line(_ text: String, _ key: String, _ fields: FieldReader) throws -> String {
        let isOdd = text.unicodeScalars.contains { $0.value < 32 || (0x7F...0x9F).contains($0.value) || (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value) }
        if isOdd { throw fields.error(key, "must be one line without control characters") }
        return text[...].trimmingSpaces()
    }
}

extension Substring {
    /// The text without white space around it.
    fileprivate func trimmingSpaces() -> String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// Labels and groups as JSON.
enum LabelJSON {
    static func labels(_ labels: Labels) -> JSONValue {
        ["name": .string(labels.name), "note": .string(labels.note), "tags": .array(labels.tags.map { .string($0) }), "starred": .bool(labels.isStarred)]
    }

    static func group(_ group: RunGroup) -> JSONValue {
        .object([
            "keys": .array(
                group.keys.map { key in
                    switch key {
                    case .text(let text): .string(text)
                    case .number(let number): .number(number)
                    case .none: .null
                    }
                }),
            "objective": .string(group.objective), "runs": .count(group.runs), "open": .count(group.open), "failures": .count(group.failures), "scored": .count(group.scored),
            "least": .optional(group.values?.least), "mean": .optional(group.values?.mean), "greatest": .optional(group.values?.greatest), "mixed": .bool(group.isMixed),
        ])
    }
}

extension Schema {
    static let labels = Schema.named("Labels", .object(["name": .string, "note": .string, "tags": .array(.string), "starred": .boolean]))

    private static let tagList = Schema.list(.text(1...60, pattern: #"^[^\x00-\x1f\x7f-\x9f,]*$"#), 0...20, distinct: false)
    static let labelRequest = Schema.named(
        "LabelRequest",
        .closed([:], optional: [
            "runs": .list(.runID, 0...API.mostLabelled, distinct: false), "studies": .list(.studyID, 0...API.mostLabelled, distinct: false),
            "name": .title(200, mayBeEmpty: true), "note": .text(0...10_000, pattern: nil), "tags": tagList, "add_tags": tagList, "remove_tags": tagList, "starred": .boolean,
        ]))
    static let labelAnswer = Schema.named("LabelAnswer", .object(["runs": .map(.labels), "studies": .map(.labels)]))

    static let runGroups = Schema.named(
        "RunGroups",
        .object([
            "by": .array(.string), "is_whole": .boolean,
            "groups": .array(
                .named(
                    "RunGroup",
                    .object([
                        "keys": .array(.nullable(.either([.string, .real]))), "objective": .string, "runs": .count, "open": .count, "failures": .count, "scored": .count,
                        "least": .nullable(.real), "mean": .nullable(.real), "greatest": .nullable(.real), "mixed": .boolean,
                    ]))),
        ]))
}
