import Canonical
import Catalog
import Foundation
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

@testable import Access
@testable import API
@testable import Execution

/// Requests generated from the API description with a seeded generator. Every answer must be described and none a 500 (which the fixture
/// sees to); what breaks the document must be refused, and what keeps to it must never be refused as unreadable, but for texts
/// with a grammar of their own. Only operations with rules beyond a schema may refuse a body that fits it.
@Suite("Requests generated from the API description", .serialized)
struct GeneratedRequestTests {
    /// Query texts that are parsed by a grammar or that this server must have issued.
    private static let grammars: Set<String> = ["filter", "order_by", "page_token", "by", "view", "picture", "pictures"]
    /// Operations with rules between fields, about the disk, or against guessing; the others accept whatever fits their schemas.
    private static let withRules: Set<String> = [
        "POST /runs", "POST /studies", "POST /studies/preview", "POST /datasets", "PATCH /members/{id}", "POST /account/password", "POST /runs/{id}/rerun",
        "PATCH /queue", "PATCH /studies/{id}/queue", "PATCH /runs/{id}/queue", "PATCH /members/{id}/queue", "POST /runs/{id}/requeue", "POST /studies/{id}/extend",
        "POST /shares", "POST /labs", "POST /labels", "POST /trash", "POST /retention/clean", "POST /retention/kept", "POST /pictures", "POST /imports", "POST /views", "POST /notebooks", "PUT /notebooks/{id}/notebook.md", "POST /notebooks/{id}/operations", "POST /notebooks/{id}/comments",
    ]

    private struct Round {
        let fixture: APIFixture
        let guest: HTTPFields
        var owner: Member
        var generator: RequestGenerator
        var asked = 0
        var succeeded: Set<String> = []

        init(seed: UInt64) async throws {
            fixture = try await APIFixture()
            owner = try await fixture.member("the owner", .owner)
            let other = try await fixture.member("another", .viewer)
            // Not started: submitted runs stay in the queue.
            let run = try await fixture.post("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue
            let study = try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue
            let second = try await fixture.post("/runs", #"{"model":"wgan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue
            guest = try await fixture.guest(.comparison, JSONValue.array([.optional(run), .optional(second)]).canonicalText)
            let notebook = try await fixture.post("/notebooks", #"{"title":"A notebook"}"#).json["id"]?.stringValue
            let share = try await fixture.access.makeShare(.run, run ?? "", note: "", days: 1, live: true)
            generator = RequestGenerator(
                document: fixture.document.json, random: TestRandom(seed: seed),
                known: [
                    "runs": [try #require(run)], "studies": [try #require(study)], "members": [owner.id, other.id, "another"],
                    "shares": [share.share.id], "notebooks": [try #require(notebook)],
                ])
        }

        /// Asks one operation once.
        mutating func ask(_ method: String, _ template: String, _ operation: JSONValue) async throws {
            let parameters = operation["parameters"]?.arrayValue ?? []
            let (items, isBroken) = generator.query(parameters)
            var target = generator.path(template)
            if !items.isEmpty { target += "?" + items.map { "\($0.name)=\(GeneratedRequestTests.encoded($0.value))" }.joined(separator: "&") }
            var body: JSONValue?
            var problems: [String] = []
            if let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"] {
                var value = generator.value(schema)
                if generator.chance(50) { value = generator.damaged(value) }
                problems = SchemaChecker(document: generator.document).problems(value, schema)
                body = value
            }
            var text: String?
            if operation["requestBody"]?["content"]?["text/markdown"] != nil { text = generator.chance(50) ? "# A text\n" : "---\nfidelio: 7\n" }
            // The parser rejects NUL before any handler runs.
            guard !target.contains("%00") else { return }
            var fields = try await fields(operation["x-needs"]?.stringValue ?? "")
            if text != nil { (fields[.contentType], fields[.ifMatch]) = ("text/markdown", generator.chance(50) ? "*" : "\"other\"") }
            let answer = try await fixture.ask(HTTPRequest.Method(method.uppercased())!, target, fields: fields, body: text ?? body?.canonicalText)
            let place = Comment(rawValue: "\(method) \(target) \(body?.canonicalText.prefix(2000) ?? ""): \(answer.status) \(answer.text.prefix(300))")
            asked += 1
            if (200..<300).contains(answer.status) { succeeded.insert("\(method) \(template)") }
            #expect(answer.status < 500, place)
            if isBroken { #expect(answer.status == 400 || answer.status == 404 || answer.status == 405, place) }
            if !problems.isEmpty { #expect((400..<500).contains(answer.status), "\(place) although \(problems.prefix(3))") }
            guard !isBroken, problems.isEmpty else { return }
            #expect(![413, 415].contains(answer.status), place)
            let mayNotParse = items.contains { GeneratedRequestTests.grammars.contains($0.name) }
            let isAllThere = !parameters.contains { parameter in
                parameter["required"] == true && parameter["in"]?.stringValue == "query" && !items.contains { $0.name == parameter["name"]?.stringValue }
            }
            if !mayNotParse, isAllThere { #expect(answer.status != 400, place) }
            let name = "\(method.uppercased()) \(template.dropFirst(RouteTable.prefix.count))"
            if !GeneratedRequestTests.withRules.contains(name) { #expect(answer.status != 422, place) }
        }

        private mutating func fields(_ needs: String) async throws -> HTTPFields {
            switch needs {
            case "account":
                // The requesting member may just have been removed.
                if try fixture.workbench.catalog.readNow({ try $0.member(owner.id) })?.role != .owner {
                    owner = try await fixture.member("owner \(asked)", .owner)
                }
                return try await fixture.signIn(owner)
            case "guest": return guest
            default: return [.authorization: "Bearer \(fixture.token)"]
            }
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Rounds over all operations until the time is up, the first in any case.
    @Test func whatIsAskedIsAnsweredAsDescribed() async throws {
        var round = try await Round(seed: 20)
        let operations = (round.fixture.document.json["paths"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        let end = ContinuousClock.now + .seconds(8)
        for number in 0..<20 where number == 0 || ContinuousClock.now < end {
            for (path, item) in operations {
                for (method, operation) in (item.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
                    try await round.ask(method, path, operation)
                }
            }
        }
        #expect(round.asked >= 50 && round.succeeded.count >= 15, "\(round.succeeded.sorted())")
        await round.fixture.workbench.stop()
    }
}
