import ArgumentParser
import Canonical
import Catalog

struct CancelCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a run, all unfinished runs of a study, or an evaluation.",
        discussion: """
            EXAMPLE
              fidelio cancel 3f9c2a
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a run or study, or a unique prefix; or the whole ID of an evaluation.") var id: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Why, in one line; of runs and studies.", valueName: "text")) var reason: String?

    mutating func perform() async throws -> Int32 {
        let prefix = id
        let path = try common.openCatalog().readNow { reader in
            if try reader.evaluationJob(prefix) != nil { return "/evaluations/" + prefix }
            if try reader.runIDs(withPrefix: prefix).isEmpty { return "/studies/" + (try Lookup.study(prefix, reader)) }
            return "/runs/" + (try Lookup.run(prefix, reader))
        }
        if reason != nil, path.hasPrefix("/evaluations/") { throw CommandFailure("--reason has no effect: evaluations keep no history", code: CommandFailure.Code.badInput) }
        let body = reason.map { JSONValue.object(["reason": .string($0)]) }
        let answer = try await Connection.during(common) { try await $0.post(path + "/cancel", body) }
        common.json ? Console.say(answer) : Console.say("\(path.dropFirst()) is cancelled")
        return 0
    }
}
