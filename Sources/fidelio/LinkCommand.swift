import ArgumentParser
import Canonical
import Storage

struct LinkCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print a new sign-in link to the running server.",
        discussion: """
            The link works once and signs its visitor in as the first owner, or as the given member. Use it to regain access if all
            sessions and passwords are lost: it requires only access to this machine as the server's user.

            EXAMPLE
              fidelio link
              fidelio link --member ada
            """)

    @OptionGroup var common: CommonOptions
    @Option(parsing: .unconditional, help: "The name or ID of the member to sign in. Default: the first owner.") var member: String?

    mutating func perform() async throws -> Int32 {
        guard let server = ServerFile.live(in: common.storageFolder) else {
            throw CommandFailure("no server is running on \(common.storageFolder.root): start one with fidelio serve", code: CommandFailure.Code.unavailable)
        }
        let answer = try await Connection.server(server).post("/links", member.map { .object(["member": .string($0)]) })
        common.json ? Console.say(answer) : Console.say(try answer.answeredText("url"))
        return 0
    }
}
