import ArgumentParser
import Canonical
import Workbench

struct LinkCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print a new link to the server that is running.",
        discussion: """
            EXAMPLE
              fidelio link
            """)

    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        guard let server = ServerFile.live(in: common.storageFolder) else {
            throw CommandFailure("no server has \(common.storageFolder.root): fidelio serve", code: CommandFailure.Code.unavailable)
        }
        let answer = try await Connection.server(server).post("/links", nil)
        common.json ? Console.say(answer) : Console.say(answer["url"]?.stringValue ?? "")
        return 0
    }
}
