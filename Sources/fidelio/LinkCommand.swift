import ArgumentParser
import Canonical
import Workbench

struct LinkCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print a new link to the server that is running.",
        discussion: """
            The link works once, and lets its visitor in as the first owner, or as the member who is named. This is the way back in when every
            session and password is lost: it needs nothing but this machine's user.

            EXAMPLE
              fidelio link
              fidelio link --member ada
            """)

    @OptionGroup var common: CommonOptions
    @Option(parsing: .unconditional, help: "The name or id of the member who comes in by it. Default: the first owner.") var member: String?

    mutating func perform() async throws -> Int32 {
        guard let server = ServerFile.live(in: common.storageFolder) else {
            throw CommandFailure("no server has \(common.storageFolder.root): fidelio serve", code: CommandFailure.Code.unavailable)
        }
        let answer = try await Connection.server(server).post("/links", member.map { .object(["member": .string($0)]) })
        common.json ? Console.say(answer) : Console.say(try answer.answeredText("url"))
        return 0
    }
}
