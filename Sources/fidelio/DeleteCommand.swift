import ArgumentParser
import Canonical
import Catalog

struct DeleteCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a run, a study, a checkpoint, or a data set; it can be restored for a day.",
        discussion: """
            A run of a study is deleted with its study only: without it, the others would show another distribution. Reruns go with the run that they repeat.

            EXAMPLE
              fidelio delete 3f9c2a --checkpoint 4 --preview
              fidelio trash
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a run or study, or a unique prefix; or the name of a data set.") var id: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Deletes only the checkpoint of the run at this step.", valueName: "step")) var checkpoint: Int?
    @Flag(help: "Deletes a data set.") var dataset = false
    @Flag(help: "Prints what would go and what it would free, and deletes nothing.") var preview = false

    mutating func perform() async throws -> Int32 {
        if dataset, checkpoint != nil { throw CommandFailure("--checkpoint and --dataset exclude each other", code: CommandFailure.Code.badInput) }
        let (kind, target) = try self.target()
        let isPreview = preview
        let answer = try await Connection.during(common) { connection in
            guard isPreview else { return try await connection.post("/trash", .object(["kind": .string(kind), "id": .string(target)])) }
            return try await connection.get("/trash/preview?kind=\(kind)&id=\(target.addingPercentEncoding())")
        }
        if common.json {
            Console.say(answer)
            return 0
        }
        let (title, bytes) = (answer["title"]?.stringValue ?? target, answer["bytes"]?.integerValue ?? 0)
        guard isPreview else {
            Console.say("deleted \(title), which frees \(bytes) bytes in a day; until then: fidelio trash --restore \(answer["number"]?.integerValue ?? 0)")
            return 0
        }
        func count(_ key: String) -> Int64 { answer[key]?.integerValue ?? 0 }
        Console.say("\(title): \(count("runs")) runs (\(count("reruns")) of them reruns), \(count("checkpoints")) checkpoints, \(bytes) bytes; \(count("links")) links show it, \(count("notebooks")) notebooks name it")
        return 0
    }

    private func target() throws -> (kind: String, id: String) {
        if dataset { return ("dataset", id) }
        let (prefix, step) = (id, checkpoint)
        return try common.openCatalog().readNow { reader in
            if try reader.runIDs(withPrefix: prefix).isEmpty {
                if step != nil { throw CommandFailure("there is no run \(prefix)", code: CommandFailure.Code.badInput) }
                return ("study", try Lookup.study(prefix, reader))
            }
            let run = try Lookup.run(prefix, reader)
            return step.map { ("checkpoint", "\(run)/\($0)") } ?? ("run", run)
        }
    }
}

struct TrashCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "trash",
        abstract: "List what was deleted, restore it, or remove it for good.",
        discussion: """
            EXAMPLE
              fidelio trash
            """)

    @OptionGroup var common: CommonOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("Restores the deletion of this number.", valueName: "number")) var restore: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Removes the deletion of this number for good.", valueName: "number")) var remove: Int?

    mutating func perform() async throws -> Int32 {
        if restore != nil, remove != nil { throw CommandFailure("--restore and --remove exclude each other", code: CommandFailure.Code.badInput) }
        let (restored, removed) = (restore, remove)
        let answer = try await Connection.during(common) { connection in
            if let restored { return try await connection.post("/trash/\(restored)/restore", nil) }
            if let removed { return try await connection.delete("/trash/\(removed)") }
            return try await connection.get("/trash")
        }
        if common.json {
            Console.say(answer)
        } else if restore != nil || remove != nil {
            Console.say("\(restore != nil ? "restored" : "removed") \(answer["title"]?.stringValue ?? "")")
        } else {
            var table = Table(["NUMBER", "BYTES", "BY", "WHAT"])
            for entry in try answer.answeredList() {
                table.add(["\(entry["number"]?.integerValue ?? 0)", "\(entry["bytes"]?.integerValue ?? 0)", entry["actor"]?.stringValue ?? "", entry["title"]?.stringValue ?? ""])
            }
            Console.say(table.text)
        }
        return 0
    }
}

extension String {
    /// The text as a value of a query.
    fileprivate func addingPercentEncoding() -> String {
        utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
