import ArgumentParser
import Canonical
import Catalog

struct LabelCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "label",
        abstract: "Name, tag, star, or annotate runs and studies.",
        discussion: """
            Labels change no result. A study's name replaces the one in its plan; an empty name brings that one back.

            EXAMPLE
              fidelio label 3f9c2a --name baseline --tag good --star
              fidelio runs --filter "starred = true or tag = 'good'"
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The IDs of runs and studies, or unique prefixes.") var ids: [String]
    @Option(parsing: .unconditional, help: "The name; - for none.") var name: String?
    @Option(parsing: .unconditional, help: "The note; - for none.") var note: String?
    @Option(name: .customLong("tag"), parsing: .unconditionalSingleValue, help: "A tag to add; may be repeated.") var tags: [String] = []
    @Option(name: .customLong("untag"), parsing: .unconditionalSingleValue, help: "A tag to remove; may be repeated.") var removedTags: [String] = []
    @Flag(inversion: .prefixedNo, help: "Whether there is a star.") var star: Bool?

    mutating func perform() async throws -> Int32 {
        let prefixes = ids
        let (runs, studies) = try common.openCatalog().readNow { reader in
            var found: (runs: [JSONValue], studies: [JSONValue]) = ([], [])
            for prefix in prefixes {
                if try reader.runIDs(withPrefix: prefix).isEmpty { found.studies.append(.string(try Lookup.study(prefix, reader))) } else { found.runs.append(.string(try Lookup.run(prefix, reader))) }
            }
            return found
        }
        var body: [String: JSONValue] = ["runs": .array(runs), "studies": .array(studies)]
        if let name { body["name"] = .string(name == "-" ? "" : name) }
        if let note { body["note"] = .string(note == "-" ? "" : note) }
        if !tags.isEmpty { body["add_tags"] = .array(tags.map { .string($0) }) }
        if !removedTags.isEmpty { body["remove_tags"] = .array(removedTags.map { .string($0) }) }
        if let star { body["starred"] = .bool(star) }
        let answer = try await Connection.during(common) { [body] in try await $0.post("/labels", .object(body)) }
        if common.json {
            Console.say(answer)
            return 0
        }
        var table = Table(["ID", "STAR", "NAME", "TAGS", "NOTE"])
        for kind in ["runs", "studies"] {
            for (id, labels) in (answer[kind]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
                table.add([
                    id, labels["starred"] == true ? "*" : "", labels["name"]?.stringValue ?? "", (labels["tags"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", "),
                    labels["note"]?.stringValue ?? "",
                ])
            }
        }
        Console.say(table.text)
        return 0
    }
}
