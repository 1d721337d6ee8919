import Canonical
import Foundation
import TestSupport
import Testing

/// Member management on the server's machine, with and without a running server.
@Suite("The command `member`", .serialized, .timeLimit(.minutes(5)))
struct MemberCommandTests {
    private struct Desk {
        let storage: String

        func member(_ arguments: String..., input: String = "") async throws -> Program.Outcome {
            try await Program.run(["member"] + arguments + ["--storage", storage], input: input)
        }
    }

    private func curl(_ arguments: String...) async throws -> String {
        try await Tool.finish("curl", ["-sS", "--max-time", "60"] + arguments).output
    }

    @Test func withoutAServer() async throws {
        let folder = try TemporaryFolder("member")
        let desk = Desk(storage: folder.path("storage"))
        let added = try await desk.member("add", "ada", "--role", "editor", "--json")
        #expect(added.code == 0 && added.json["member"]?["role"] == "editor", "\(added)")
        #expect(added.json["path"]?.stringValue?.hasPrefix("/?token=") == true)
        let again = try await desk.member("add", "ada")
        #expect(again.code != 0 && again.output.isEmpty && again.complaint.hasPrefix("fidelio: ") && again.complaint.contains("ada"), "\(again)")
        #expect(try await desk.member("add", "bob", "--role", "king").complaint.hasPrefix("fidelio: role: "))

        let invited = try await desk.member("invite", "ada")
        #expect(invited.code == 0 && invited.output.contains("/?token=") && invited.complaint.contains("as soon as the server runs"), "\(invited)")
        #expect(try await desk.member("role", "ada", "owner").output == "ada, owner\n")
        #expect(try await desk.member("rename", "ada", "Ada L.").output == "Ada L., owner\n")
        #expect(try await desk.member("password", "Ada L.", input: "").code == 64)
        #expect(try await desk.member("password", "Ada L.", input: "short\n").code == 64)
        #expect(try await desk.member("password", "Ada L.", input: "correct horse battery\n").output == "Ada L., owner: password set\n")
        let list = try await desk.member("list")
        #expect(list.output.contains("NAME") && list.output.contains("Ada L.") && list.output.contains("owner"), "\(list)")
        #expect(try await desk.member("list", "--json").json[0]?["has_password"] == true)
        // The last owner cannot be removed; an unknown member is named.
        #expect(try await desk.member("remove", "Ada L.").code != 0)
        let unknown = try await desk.member("remove", "grace")
        #expect(unknown.code == 64 && unknown.complaint.contains("grace"), "\(unknown)")
        #expect(try await desk.member("add", "bob").code == 0)
        #expect(try await desk.member("remove", "bob").output == "removed; ended: 0 sessions, 0 share links, 0 tokens\n")
        #expect(try await desk.member("list", "--json").json.arrayValue?.count == 1)
    }

    /// Commands find a server that listens on IPv6 only.
    @Test func besideAServerOfIPv6() async throws {
        let folder = try TemporaryFolder("ipv6")
        let server = try await ServingProgram(storage: folder.path("storage"), ["--host", "::1"])
        let url = try #require(server.announcement["url"]?.stringValue)
        #expect(url.hasPrefix("http://[::1]:") && server.announcement["link"]?.stringValue?.hasPrefix(url + "/?token=") == true)
        let link = try await Program.run("link", "--storage", server.storage)
        #expect(link.code == 0 && link.output.hasPrefix(url + "/?token="), "\(link)")
        let run = try await Program.run(
            "run", "-", "--storage", server.storage, "--json",
            input: #"{"model":"ns-gan","dataset":"polygons","steps":2,"architecture":{"width":0.0625},"evaluation":{"samples":256}}"#)
        #expect(run.code == 0 && run.json["state"] == "done", "\(run)")
        #expect(try await server.end(15) == 0)
    }

    @Test func besideAServer() async throws {
        let folder = try TemporaryFolder("member")
        let server = try await ServingProgram(storage: folder.path("storage"))
        let desk = Desk(storage: server.storage)
        let url = try #require(server.announcement["url"]?.stringValue)
        let invitation = try await desk.member("add", "ada", "--role", "viewer").output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(invitation.hasPrefix(url + "/?token="), "\(invitation)")
        #expect(try await curl(invitation).contains("Welcome, ada"))

        // A link for this member signs its first visitor in as that member, once.
        let link = try await Program.run("link", "--member", "ada", "--json", "--storage", server.storage)
        let address = try #require(link.json["url"]?.stringValue)
        let jar = folder.path("cookies")
        _ = try await curl("-c", jar, address)
        let known = try JSONValue(parsing: try await curl("-b", jar, url + "/api/v1/account"))
        #expect(known["member"]?["name"] == "ada" && known["member"]?["role"] == "viewer", "\(known.canonicalText)")
        #expect(try await curl("-o", "/dev/null", "-w", "%{http_code}", address) == "401")
        let unknown = try await Program.run("link", "--member", "grace", "--storage", server.storage)
        #expect(unknown.code == 64 && unknown.complaint.contains("grace"), "\(unknown)")

        // Changes by the command take effect immediately.
        #expect(try await desk.member("role", "ada", "editor").code == 0)
        #expect(try JSONValue(parsing: try await curl("-b", jar, url + "/api/v1/account"))["member"]?["role"] == "editor")
        #expect(try await desk.member("remove", "ada").code == 0)
        #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", url + "/api/v1/account") == "401")
        #expect(try await server.end(SIGTERM) == 0)
    }
}
