import Canonical
import Foundation
import TestSupport
import Testing

@Suite("Listening addresses and connection limits", .serialized)
struct ConnectionOptionTests {
    @Test func aSocketOfItsOwnAndIPv6() async throws {
        let storage = try TemporaryFolder("listen")
        let socket = storage.path("http.sock")
        let server = try await ServingProgram(
            storage: storage.path("storage"), ["--host", "::1", "--listen", "unix:\(socket)", "--header-timeout", "1"])
        let url = try #require(server.announcement["url"]?.stringValue)
        #expect(url.hasPrefix("http://[::1]:"))
        #expect(try await Tool.finish("curl", ["-sS", "--max-time", "60", url + "/healthz"]).output == #"{"status":"ok"}"#)
        let local = try await Tool.finish("curl", ["-sS", "--max-time", "60", "--unix-socket", socket, "http://localhost/healthz"])
        #expect(local.output == #"{"status":"ok"}"#)
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? NSNumber
        #expect(mode == 0o600)
        // The configured limit applies: an incomplete head is answered.
        let port = try #require(url.split(separator: ":").last)
        let slow = try await Tool.finish("/bin/bash", ["-c", "exec 3<>/dev/tcp/::1/\(port); printf 'GET / HT' >&3; cat <&3"], within: 60)
        #expect(slow.output.hasPrefix("HTTP/1.1 408 "), "\(slow)")
        #expect(try await server.end(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    /// The configured limits of a head apply, and a trusted proxy may open more connections than one address.
    @Test(arguments: [(["--trust-proxy", "127.0.0.1"], "200"), ([], "503")])
    func limitsOfAHeadAndOfAProxy(proxy: [String], status: String) async throws {
        let storage = try TemporaryFolder("listen")
        let server = try await ServingProgram(
            storage: storage.path("storage"),
            ["--request-line-limit", "300", "--header-limit", "1200", "--header-fields", "16", "--connections-per-address", "2"] + proxy)
        let url = try #require(server.announcement["url"]?.stringValue)
        let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
        func ask(_ arguments: String...) async throws -> String { try await ask(arguments) }
        func ask(_ arguments: [String]) async throws -> String {
            try await Tool.finish("curl", ["-s", "--max-time", "60", "-o", "/dev/null", "-w", "%{http_code}"] + arguments).output
        }
        #expect(try await ask(url + "/" + String(repeating: "a", count: 310)) == "414")
        #expect(try await ask(url + "/healthz?" + String(repeating: "a", count: 200)) == "200")
        #expect(try await ask("-H", "X: \(String(repeating: "a", count: 1200))", url + "/healthz") == "431")
        #expect(try await ask((0..<20).flatMap { ["-H", "X-\($0): a"] } + [url + "/healthz"]) == "431")
        let first = try RawConnection(port: port, source: 1)
        let second = try RawConnection(port: port, source: 1)
        let question = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        first.send(question)
        second.send(question)
        #expect(first.read(until: "200 OK") && second.read(until: "200 OK"))
        #expect(try await ask(url + "/healthz") == status)
        // Both were open until now, and still are.
        first.send(question)
        second.send(question)
        #expect(first.read(until: "200 OK") && second.read(until: "200 OK"))
        #expect(try await server.end(SIGTERM) == 0)
    }

    @Test(arguments: [
        (["--listen", "0.0.0.0:80"], "--host"), (["--listen", "localhost:80"], "unix:PATH"), (["--header-timeout", "0"], "1...3600"),
        (["--connections", "0"], "1...1000000"), (["--header-fields", "3"], "16...10000"), (["--slowest", "many"], "--slowest"),
    ])
    func whatCannotBe(arguments: [String], word: String) async throws {
        let storage = try TemporaryFolder("listen")
        let outcome = try await Program.run(["serve", "--no-browser", "--storage", storage.path("storage")] + arguments)
        #expect(outcome.code == 64 && outcome.complaint.contains(word), "\(outcome)")
    }

    /// Every option of the group is in `docs/connections.md`, with its default.
    @Test func theOptionsAreDocumented() async throws {
        let help = try await Program.run("serve", "--help").output
        let group = try #require(help.components(separatedBy: "CONNECTIONS:").last?.components(separatedBy: "\n\n").first)
        let document = try String(contentsOfFile: Fixtures.path("../../docs/connections.md"), encoding: .utf8)
        var count = 0
        for option in group.split(whereSeparator: \.isWhitespace).joined(separator: " ").components(separatedBy: "--").dropFirst() {
            guard let match = option.firstMatch(of: /^([a-z-]+) .*\(default: (\d+)\)/) else { continue }
            count += 1
            #expect(document.contains("| `--\(match.1)` | \(match.2) "), "--\(match.1)")
        }
        #expect(count == 20 && group.contains("--listen") && document.contains("`--listen`"))
    }
}
