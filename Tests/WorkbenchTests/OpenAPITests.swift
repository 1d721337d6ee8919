import Canonical
import Catalog
import Foundation
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import API
@testable import Execution

@Suite("The API description", .serialized)
struct OpenAPITests {
    @Test func everyRouteIsInTheDocumentAndNothingElse() async throws {
        let fixture = try await APIFixture()
        let document = try await fixture.get("/openapi.json").json
        var described: Set<String> = []
        for (path, item) in try #require(document["paths"]?.objectValue) {
            for method in try #require(item.objectValue).keys { described.insert("\(method.uppercased()) \(path)") }
        }
        let table = fixture.api.table()
        #expect(described == Set(table.routes.map { "\($0.method.rawValue) \(OpenAPIDocument.path($0))" }))
        // The router answers exactly what the table describes.
        let answered = fixture.api.router(page: nil).routes.map { "\($0.method.rawValue) \($0.pattern)" }
        #expect(Set(answered) == Set(table.routes.map { "\($0.method.rawValue) \($0.base)\($0.path)" }))
        for route in table.routes {
            let status = (try await fixture.ask(HTTPRequest.Method("OPTIONS")!, route.base + route.path.replacing("{step:int}", with: "1").replacing("{number:int}", with: "1")))
            #expect(status.status == 204 && status.fields[.allow]?.contains(route.method.rawValue) == true, "\(route.path)")
        }
        await fixture.workbench.stop()
    }

    @Test func everythingIsSaidOfEveryRoute() async throws {
        let fixture = try await APIFixture()
        let document = try await fixture.get("/openapi.json").json
        var identifiers: Set<String> = []
        for (path, item) in document["paths"]?.objectValue ?? [:] {
            for (method, operation) in item.objectValue ?? [:] {
                let place = Comment(rawValue: "\(method) \(path)")
                let isNew = identifiers.insert(operation["operationId"]?.stringValue ?? "").inserted
                #expect(isNew, place)
                #expect(operation["summary"]?.stringValue?.last == ".", place)
                #expect(["anyone", "viewer", "editor", "owner", "account", "guest"].contains(operation["x-needs"]?.stringValue), place)
                #expect(operation["responses"]?.objectValue?.keys.contains { $0.hasPrefix("2") } == true, place)
                let named = Set(path.matches(of: /\{([a-z]+)\}/).map { String($0.1) })
                let parameters = operation["parameters"]?.arrayValue?.filter { $0["in"]?.stringValue == "path" } ?? []
                #expect(Set(parameters.compactMap { $0["name"]?.stringValue }) == named, place)
            }
        }
        await fixture.workbench.stop()
    }

    /// The described body fields are those that the parser accepts: an unknown field is answered with the list of known ones.
    @Test(arguments: [
        ("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20,"zzz":1}"#, "RunRequest"),
        ("/studies", #"{"name":"x","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"grid"},"grid":{"beta1":[0.5]},"steps":20,"zzz":1}"#, "PlanRequest"),
        ("/studies", #"{"name":"x","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"single"},"steps":20,"zzz":1}"#, "PlanRequest"),
        ("/datasets", #"{"name":"mnist","from":"/x","zzz":1}"#, "DatasetRequest"), ("/runs/x/rerun", #"{"zzz":1}"#, "RerunRequest"),
    ])
    func theFieldsOfABodyAreThoseThatAreRead(path: String, body: String, schema: String) async throws {
        let fixture = try await APIFixture()
        let document = try await fixture.get("/openapi.json").json
        let answer = try await fixture.post(path, body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue == "zzz", "\(answer.text)")
        let detail = try #require(answer.json["detail"]?.stringValue)
        let known = try #require(detail.split(separator: "; known are ").last).split(separator: ", ").map(String.init)
        let described = try #require(document["components"]?["schemas"]?[schema]?["properties"]?.objectValue)
        for name in known { #expect(described[name] != nil, "\(name) of \(schema)") }
        // A field that one kind of plan ignores is read by another.
        let others = schema == "PlanRequest" ? ["grid", "hyperparameters"] : []
        for name in described.keys where !others.contains(name) { #expect(known.contains(name), "\(name) of \(schema)") }
        await fixture.workbench.stop()
    }

    /// Each example fits its schema, and self-contained examples succeed.
    @Test func theExamplesOfBodiesAreAnsweredWell() async throws {
        let fixture = try await APIFixture()
        let document = try await fixture.get("/openapi.json").json
        var tried: Set<String> = []
        for (path, item) in (document["paths"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let content = item["post"]?["requestBody"]?["content"]?["application/json"], let example = content["example"] else { continue }
            #expect(SchemaChecker(document: document).problems(example, content["schema"] ?? .null) == [], "\(path)")
            guard !path.contains("{"), item["post"]?["x-needs"] != "account" else { continue }
            let answer = try await fixture.ask(.post, path, body: example.canonicalText)
            #expect((200..<300).contains(answer.status), "\(path): \(answer.text)")
            tried.insert(path)
        }
        #expect(tried.isSuperset(of: ["/api/v1/runs", "/api/v1/studies", "/api/v1/studies/preview", "/api/v1/members"]), "\(tried)")
        // A new study can be compared next.
        let links = document["paths"]?["/api/v1/studies"]?["post"]?["responses"]?["201"]?["links"]
        #expect(links?["get_compare"]?["parameters"]?["query.studies"] == "$response.body#/id")
        #expect(links?["get_studies_id"]?["parameters"]?["path.id"] == "$response.body#/id")
        await fixture.workbench.stop()
    }

    @Test func theCheckerSeesWhatIsWrong() throws {
        let checker = SchemaChecker(document: ["components": ["schemas": ["Run": Schema.object(["id": .digest]).json]]])
        let schema = Schema.object(["a": .integer(1...3), "b": .nullable(.word(["x"]))], optional: ["c": .map(.count), "d": .named("Run", .any)]).json
        let closed = Schema.closed(["a": .list(.text(1...2, pattern: "^x*$"), 1...2, distinct: true)], optional: [:]).json
        #expect(checker.problems(["a": ["x", "xx"]], closed) == [])
        for bad: JSONValue in [["a": []], ["a": ["x", "x"]], ["a": ["x", "xx", "x"]], ["a": [""]], ["a": ["xxx"]], ["a": ["y"]], ["a": ["x"], "b": 1]] {
            #expect(checker.problems(bad, closed) != [], "\(bad)")
        }
        for good in [#"{"a":1,"b":null}"#, #"{"a":3,"b":"x","c":{"k":0}}"#, #"{"a":2.0,"b":"x","d":{"id":"\#(String(repeating: "a", count: 64))"}}"#] {
            #expect(checker.problems(try JSONValue(parsing: good), schema) == [], "\(good)")
        }
        for bad in [
            #"{"a":1}"#, #"{"a":0,"b":null}"#, #"{"a":1.5,"b":null}"#, #"{"a":1,"b":"y"}"#, #"{"a":1,"b":null,"z":1}"#, "[]",
            #"{"a":1,"b":null,"c":{"k":-1}}"#, #"{"a":1,"b":null,"d":{"id":"A"}}"#, #"{"a":1,"b":null,"d":{}}"#,
        ] { #expect(checker.problems(try JSONValue(parsing: bad), schema) != [], "\(bad)") }
    }
}
