import Canonical
import Catalog
import Codecs
import Foundation
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

@testable import API
@testable import Access
@testable import Execution

/// Every route is requested with every error that its description lists.
@Suite("Every mistake on every route", .serialized)
struct ErrorWalkTests {
    private func isProblem(_ answer: APIFixture.Answer, _ status: Int, _ code: String, field: String? = nil, _ place: String) {
        let text = Comment(rawValue: "\(place): \(answer.status) \(answer.text)")
        #expect(answer.status == status && answer.json["code"]?.stringValue == code, text)
        #expect(answer.fields[.contentType] == "application/problem+json" && answer.json["status"]?.integerValue == Int64(answer.status), text)
        #expect(answer.json["title"]?.stringValue?.isEmpty == false && answer.json["detail"]?.stringValue?.isEmpty == false, text)
        if let field { #expect(answer.json["field"]?.stringValue == field, text) }
    }

    /// The path with something in each named part.
    private func target(_ route: Route) -> String {
        route.base + route.path.replacing("{step:int}", with: "7").replacing("{number:int}", with: "7").replacing(/\{[a-z]+\}/, with: "x")
    }

    /// The parameters without which a request to the route is refused, with valid values.
    private func required(_ route: Route) -> String {
        let values = route.query.filter(\.isRequired).map { parameter in
            switch parameter.schema {
            case .digest: "\(parameter.name)=\(String(repeating: "0", count: 64))"
            default: "\(parameter.name)=0"
            }
        }
        return values.isEmpty ? "" : "?" + values.joined(separator: "&")
    }

    /// A visitor whom each route admits: a token, or the browser of a member or of a guest.
    private struct Askers {
        let token: HTTPFields
        let browser: HTTPFields
        let guest: HTTPFields

        init(_ fixture: APIFixture) async throws {
            let (_, runs) = try await fixture.endedStudy()
            token = [.authorization: "Bearer \(fixture.token)"]
            browser = try await fixture.signIn(try await fixture.member("the owner", .owner))
            guest = try await fixture.guest(.comparison, JSONValue.array(runs.map { .string($0) }).canonicalText)
        }

        func of(_ route: Route) -> HTTPFields {
            switch route.needs.action {
            case .manageAccount: browser
            case .readLink: guest
            case .read, .change, .administer: token
            }
        }
    }

    @Test func aPackedBodyIsRefusedByName() async throws {
        let fixture = try await APIFixture()
        let fields: HTTPFields = [.authorization: "Bearer \(fixture.token)", .contentType: "application/json", .contentEncoding: "gzip"]
        let answer = try await fixture.ask(.post, "/api/v1/runs", fields: fields, body: "{}")
        isProblem(answer, 415, "packed-body", "a packed body")
        #expect(answer.fields[.acceptEncoding] == "identity")
        await fixture.workbench.stop()
    }

    @Test func everyRouteRefusesWhatItDoesNotKnow() async throws {
        let fixture = try await APIFixture()
        let askers = try await Askers(fixture)
        for route in fixture.api.table().routes {
            let (target, place) = (target(route), "\(route.method) \(route.path)")
            let own = askers.of(route)
            isProblem(try await fixture.ask(route.method, target + "?zzz=1", fields: own), 400, "invalid-query", field: "zzz", place)
            if let known = route.query.first {
                let twice = try await fixture.ask(route.method, "\(target)?\(known.name)=1&\(known.name)=1", fields: own)
                isProblem(twice, 400, "invalid-query", field: known.name, place)
            }
            for parameter in route.query {
                switch parameter.schema {
                case .integer, .word:
                    isProblem(
                        try await fixture.ask(route.method, "\(target)?\(parameter.name)=-zz", fields: own), 400, "invalid-query",
                        field: parameter.name, place)
                default: break
                }
            }
            let missing = try await fixture.ask(HTTPRequest.Method("TRACE")!, target, fields: own)
            isProblem(missing, 405, "method-not-allowed", place)
            #expect(missing.fields[.allow]?.contains(route.method.rawValue) == true && missing.fields[.allow]?.contains("OPTIONS") == true)
            isProblem(try await fixture.ask(route.method, target + "/zzz/zzz", fields: own), 404, "not-found", place)
            isProblem(try await fixture.ask(route.method, target, fields: [:]), 401, "unauthorized", place)
            if route.path.contains("{id}") || route.path.contains("{digest}"), route.body == nil, route.method == .get {
                #expect(try await fixture.ask(.get, target + required(route)).status == 404, "\(place)")
            }
        }
        await fixture.workbench.stop()
    }

    @Test func everyBodyMustBeJSONOfAnObject() async throws {
        let fixture = try await APIFixture()
        let askers = try await Askers(fixture)
        for route in fixture.api.table().routes where route.body?.contentType == "application/json" {
            let (target, place) = (target(route), "\(route.method) \(route.path)")
            let token = askers.of(route)
            var text = token
            text[.contentType] = "text/plain"
            isProblem(try await fixture.ask(route.method, target, fields: text, body: "{}"), 415, "not-json", place)
            isProblem(try await fixture.ask(route.method, target, fields: token, body: "{"), 400, "invalid-json", place)
            isProblem(try await fixture.ask(route.method, target, fields: token, body: #"{"a":1,"a":1}"#), 400, "invalid-json", place)
            isProblem(try await fixture.ask(route.method, target, fields: token, body: "[]"), 422, "invalid-field", field: "", place)
            isProblem(try await fixture.ask(route.method, target, fields: token, body: #"{"zzz":1}"#), 422, "invalid-field", place)
            let long = #"{"a":""# + String(repeating: "a", count: route.body?.limit ?? 0) + #""}"#
            isProblem(try await fixture.ask(route.method, target, fields: token, body: long), 413, "body-too-large", place)
            if route.body?.isRequired == true { isProblem(try await fixture.ask(route.method, target, fields: token), 415, "not-json", place) }
        }
        await fixture.workbench.stop()
    }

    @Test func everyKeyIsChecked() async throws {
        let fixture = try await APIFixture()
        for (path, body) in [("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#), ("/studies", APIFixture.plan())] {
            var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
            fields[.idempotencyKey] = String(repeating: "k", count: 201)
            let target = RouteTable.prefix + path
            isProblem(try await fixture.ask(.post, target, fields: fields, body: body), 400, "invalid-header", field: "Idempotency-Key", path)
            fields[.idempotencyKey] = "once"
            let first = try await fixture.ask(.post, target, fields: fields, body: body)
            let second = try await fixture.ask(.post, target, fields: fields, body: body)
            #expect(first.status == 201 && second.status == 200 && first.json["id"] == second.json["id"] && first.fields[.location] == second.fields[.location])
            let other = body.replacing("20", with: "30")
            isProblem(
                try await fixture.ask(.post, target, fields: fields, body: other), 422, "idempotency-key-reused", field: "Idempotency-Key", path)
        }
        await fixture.workbench.stop()
    }

    /// A secret is returned once: repeating the request creates nothing and names what was created.
    @Test func aKeyIsGoodForOneSecret() async throws {
        let fixture = try await APIFixture()
        let owner = try await fixture.member("the owner", .owner)
        let run = try #require(try await fixture.post("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue)
        let browser = try await fixture.signIn(owner)
        for (path, body, other) in [
            ("/shares", #"{"kind":"run","id":"\#(run)"}"#, #"{"kind":"run","id":"\#(run)","days":2}"#), ("/members", #"{"name":"new"}"#, #"{"name":"newer"}"#),
            ("/account/tokens", #"{"name":"t"}"#, #"{"name":"u"}"#),
        ] {
            var fields = browser
            fields[.idempotencyKey] = "once"
            let target = RouteTable.prefix + path
            let first = try await fixture.ask(.post, target, fields: fields, body: body)
            #expect(first.status == 201, "\(path) \(first.text)")
            let again = try await fixture.ask(.post, target, fields: fields, body: body)
            isProblem(again, 409, "already-made", field: "Idempotency-Key", path)
            let id = try #require((first.json["member"]?["id"] ?? first.json["id"])?.stringValue)
            #expect(again.json["detail"]?.stringValue?.contains(id) == true, "\(path)")
            isProblem(try await fixture.ask(.post, target, fields: fields, body: other), 422, "idempotency-key-reused", field: "Idempotency-Key", path)
            fields[.idempotencyKey] = "twice"
            #expect(try await fixture.ask(.post, target, fields: fields, body: other).status == 201, "\(path)")
        }
        // The same key of another member is a different key.
        var fields = try await fixture.signIn(try await fixture.member("another", .owner))
        fields[.idempotencyKey] = "once"
        #expect(try await fixture.ask(.post, RouteTable.prefix + "/account/tokens", fields: fields, body: #"{"name":"t"}"#).status == 201)
        let (shares, members) = try fixture.workbench.catalog.readNow { (try $0.shares().count, try $0.members().count) }
        #expect(shares == 2 && members == 4)
        await fixture.workbench.stop()
    }

    /// Data sets are added once per key; a repeated request returns the same response.
    @Test func aKeyIsGoodForOneDataset() async throws {
        let fixture = try await APIFixture()
        let folder = try TemporaryFolder("pictures")
        for (split, count) in [("train", 6), ("test", 2)] {
            try FileSystem.makeFolder(folder.path("\(split)/one"))
            for number in 0..<count {
                let picture = PixelImage(width: 8, height: 8, channels: 1, pixels: (0..<64).map { UInt8(($0 * 3 + number) % 256) })
                try AtomicFile.write(PNG.encode(picture), to: folder.path("\(split)/one/\(number).png"))
            }
        }
        var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
        fields[.idempotencyKey] = "once"
        let body = #"{"name":"own","from":"\#(folder.path)"}"#
        let first = try await fixture.ask(.post, "/api/v1/datasets", fields: fields, body: body)
        let second = try await fixture.ask(.post, "/api/v1/datasets", fields: fields, body: body)
        #expect(first.status == 201 && second.status == 200 && first.json == second.json, "\(first.text) \(second.text)")
        let other = try await fixture.ask(.post, "/api/v1/datasets", fields: fields, body: body.replacing("own", with: "other"))
        isProblem(other, 422, "idempotency-key-reused", field: "Idempotency-Key", "/datasets")
        #expect(try fixture.workbench.catalog.readNow { try $0.audit(limit: 10) }.count { $0.target == "data set own" } == 1)
        await fixture.workbench.stop()
    }

    /// A change conditional on an entity tag is never made where there is none.
    @Test func noChangeIsMadeOnCondition() async throws {
        let fixture = try await APIFixture()
        let run = try #require(try await fixture.post("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue)
        var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
        fields[.ifMatch] = "\"x\""
        isProblem(try await fixture.ask(.post, "/api/v1/runs/\(run)/cancel", fields: fields), 412, "precondition-failed", field: "If-Match", "cancel")
        #expect(try await fixture.get("/runs/\(run)").json["state"] == "queued")
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: fields).status == 200)
        await fixture.workbench.stop()
    }

    /// The codes are stable: the list in docs/api.md equals that of the sources.
    @Test func theDocumentListsEveryCode() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var used: Set<String> = []
        for room in ["HTTPServer", "Access", "API", "Server"] {
            let files = FileManager.default.enumerator(at: root.appendingPathComponent("Sources/\(room)"), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /code: "([a-z-]+)"/) { used.insert(String(match.1)) }
                for match in text.matches(of: /AccessError\.unknown\("([a-z]+)"/) { used.insert(match.1 + "-unknown") }
                if file.lastPathComponent == "RequestFault.swift" {
                    for match in text.matches(of: /case [a-zA-Z]+ = "([a-z-]+)"/) { used.insert(String(match.1)) }
                }
            }
        }
        let page = try String(contentsOf: root.appendingPathComponent("docs/api.md"), encoding: .utf8)
        let listed = page.matches(of: /\n\| `([a-z-]+)` \| \d{3}/).map { String($0.1) }
        #expect(Set(listed).count == listed.count)
        #expect(used.subtracting(listed) == [], "not in docs/api.md")
        #expect(Set(listed).subtracting(used) == [], "in docs/api.md alone")
    }
}
