import ArgumentParser
import Canonical
import Foundation

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Manage members and their roles.",
        discussion: """
            EXAMPLE
              fidelio member add ada --role editor
              fidelio member password ada < password.txt
              fidelio member role ada owner
            """,
        subcommands: [
            MemberList.self, MemberAdd.self, MemberRename.self, MemberRole.self, MemberPassword.self, MemberInvite.self, MemberRemove.self,
        ])

    /// A member's name as a path component.
    static func path(_ member: String) -> String {
        "/members/" + (member.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? member)
    }

    static func sayInvitation(_ answer: JSONValue, _ connection: Connection, _ common: CommonOptions) throws {
        if common.json { return Console.say(answer) }
        if connection.isServer { return Console.say(try answer.answeredText("url")) }
        Console.say(try "http://127.0.0.1:8642" + ( answer.answeredText("path")))
        Console.remark("the link works as soon as the server runs, at the address that `fidelio serve` prints")
    }

    static func words(_ member: JSONValue) -> String {
        "\(member["name"]?.stringValue ?? ""), \(member["role"]?.stringValue ?? "")"
    }
}

struct MemberList: FidelioCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the members.")
    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        let members = try await Connection.during(common) { try await $0.get("/members") }
        common.list(try members.answeredList(), header: ["NAME", "ROLE", "JOINED", "PASSWORD", "SESSIONS", "TOKENS", "ID"]) {
            $0
        } row: { member in
            [
                member["name"]?.stringValue ?? "", member["role"]?.stringValue ?? "", member["joined"] == .null ? "no" : "yes",
                member["has_password"] == true ? "yes" : "no", "\(member["sessions"]?.integerValue ?? 0)",
                "\(member["tokens"]?.integerValue ?? 0)", member["id"]?.stringValue ?? "",
            ]
        }
        return 0
    }
}

struct MemberAdd: FidelioCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a member and print the invitation.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name.") var name: String
    @Option(parsing: .unconditional, help: "viewer, editor or owner.") var role = "viewer"

    mutating func perform() async throws -> Int32 {
        let (name, role) = (name, role)
        try await Connection.during(common) { connection in
            let answer = try await connection.post("/members", .object(["name": .string(name), "role": .string(role)]))
            try MemberCommand.sayInvitation(answer, connection, common)
        }
        return 0
    }
}

struct MemberInvite: FidelioCommand {
    static let configuration = CommandConfiguration(commandName: "invite", abstract: "Print a new invitation for a member.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name or ID.") var member: String

    mutating func perform() async throws -> Int32 {
        let path = MemberCommand.path(member) + "/link"
        try await Connection.during(common) { connection in
            try MemberCommand.sayInvitation(await connection.post(path, nil), connection, common)
        }
        return 0
    }
}

struct MemberRename: FidelioCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Rename a member.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name or ID.") var member: String
    @Argument(help: "The new name.") var name: String

    mutating func perform() async throws -> Int32 {
        let (path, body) = (MemberCommand.path(member), JSONValue.object(["name": .string(name)]))
        let answer = try await Connection.during(common) { try await $0.patch(path, body) }
        common.json ? Console.say(answer) : Console.say(MemberCommand.words(answer))
        return 0
    }
}

struct MemberRole: FidelioCommand {
    static let configuration = CommandConfiguration(commandName: "role", abstract: "Change the role of a member.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name or ID.") var member: String
    @Argument(help: "viewer, editor or owner.") var role: String

    mutating func perform() async throws -> Int32 {
        let (path, body) = (MemberCommand.path(member), JSONValue.object(["role": .string(role)]))
        let answer = try await Connection.during(common) { try await $0.patch(path, body) }
        common.json ? Console.say(answer) : Console.say(MemberCommand.words(answer))
        return 0
    }
}

struct MemberPassword: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set a member's password, read from the first line of standard input; ends the member's sessions.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name or ID.") var member: String

    mutating func perform() async throws -> Int32 {
        if isatty(0) == 1 { Console.remark("type the new password and press Enter (it is shown as you type)") }
        guard let password = try InputFile.firstLine(), !password.isEmpty else {
            throw CommandFailure("standard input contains no password", code: CommandFailure.Code.badInput)
        }
        let (path, body) = (MemberCommand.path(member), JSONValue.object(["password": .string(password)]))
        let answer = try await Connection.during(common) { try await $0.patch(path, body) }
        common.json ? Console.say(answer) : Console.say("\(MemberCommand.words(answer)): password set")
        return 0
    }
}

struct MemberRemove: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a member; ends the member's sessions, tokens, invitations and share links.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The member's name or ID.") var member: String

    mutating func perform() async throws -> Int32 {
        let path = MemberCommand.path(member)
        let answer = try await Connection.during(common) { try await $0.delete(path) }
        let ended = ["sessions": "sessions", "tokens": "tokens", "shares": "share links"].sorted { $0.key < $1.key }
            .map { "\(answer["ended"]?[$0.key]?.integerValue ?? 0) \($0.value)" }.joined(separator: ", ")
        common.json ? Console.say(answer) : Console.say("removed; ended: \(ended)")
        return 0
    }
}
