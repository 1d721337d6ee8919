import Canonical
import Catalog
import Datasets
import Foundation
import HTTPServer
import HTTPTypes
import Logging
import Models
import Testing

@testable import Results
@testable import API
@testable import Access
@testable import Execution
@testable import Storage

/// The API over a workbench with scripted workers, called without a socket.
struct APIFixture {
    let files: WorkbenchFixture
    let workbench: Workbench
    let access: AccessControl
    private(set) var door: FrontDoor
    let token: String
    private(set) var api: API
    let document: APIDocument
    let clock = TestClock()

    init(proxies: [String] = [], queues: WorkQueues = WorkQueues()) async throws {
        files = try WorkbenchFixture()
        workbench = try files.open()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        // Passwords are hashed the same way, with cheaper parameters.
        access = AccessControl(
            catalog: workbench.catalog, now: { [clock] in clock.now },
            passwords: PasswordChecker(parameters: .init(logN: 4, r: 1, p: 1)), logger: logger)
        access.setPort(8642)
        let planner = RunPlanner(models: APIFixture.models, datasets: DatasetStore(root: files.storage.datasets))
        api = API(workbench: workbench, access: access, planner: planner, logger: logger, queues: queues)
        door = FrontDoor(access: access, inner: api.router(page: nil), proxies: try #require(TrustedProxies(proxies)), logger: logger)
        token = try await access.makeLocalToken()
        document = APIDocument(api.describe(api.table().routes))
    }

    /// Makes `/metrics` report the counts of this fixture.
    mutating func observe(_ observer: RequestObserver) {
        api.observer = observer
        door = FrontDoor(access: access, inner: api.router(page: nil), proxies: door.proxies, logger: api.logger)
    }

    /// The same server with an empty cache, as after a restart.
    /// - Parameter renderer: how this release draws
    func restarted(_ renderer: ViewRenderer = ViewRenderer()) throws -> APIFixture {
        var again = self
        again.api = API(workbench: workbench, access: access, planner: api.planner, logger: api.logger, queues: api.queues)
        again.api.renderer = renderer
        again.door = FrontDoor(access: access, inner: again.api.router(page: nil), proxies: door.proxies, logger: api.logger)
        return again
    }

    static let models = ModelCatalog.schemas

    struct Answer {
        var status: Int
        var fields: HTTPFields
        var bytes: [UInt8]
        var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Sends the local token unless other fields are given.
    func ask(_ method: HTTPRequest.Method, _ target: String, fields: HTTPFields? = nil, body: String? = nil) async throws -> Answer {
        var fields = fields ?? [.authorization: "Bearer \(token)"]
        fields[HTTPField.Name("Host")!] = "127.0.0.1:8642"
        if body != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let request = try Request(method: method, target: target, headerFields: fields, body: Array((body ?? "").utf8))
        let response = await door.respond(to: request)
        var bytes: [UInt8] = []
        if case .bytes(let content) = response.body { bytes = content }
        let answer = Answer(status: response.status.code, fields: response.headerFields, bytes: bytes)
        hold(answer, response.body, to: method.rawValue, target)
        return answer
    }

    /// Every response in any test must match the API description.
    private func hold(_ answer: Answer, _ body: ResponseBody, to method: String, _ target: String) {
        let path = target.split(separator: "?", maxSplits: 1)[0]
        guard path.hasPrefix(RouteTable.prefix) || path == "/metrics", method != "OPTIONS" else { return }
        var type = answer.fields[.contentType]
        if case .file(let file) = body { type = file.contentType }
        if case .events = body { type = "text/event-stream" }
        let problems = document.problems(
            method, String(path), status: answer.status, type: type, json: answer.json)
        for problem in problems { Issue.record("\(problem)") }
    }

    func get(_ path: String) async throws -> Answer { try await ask(.get, "/api/v1" + path) }

    /// A minimal plan.
    static func plan(name: String = "a study", models: String = #"["ns-gan"]"#, seeds: Int = 2, steps: Int = 20) -> String {
        #"{"name":"\#(name)","dataset":"polygons","models":\#(models),"protocol":{"kind":"single"},"seeds":\#(seeds),"steps":\#(steps)}"#
    }

    func post(_ path: String, _ body: String? = nil) async throws -> Answer { try await ask(.post, "/api/v1" + path, body: body) }
}
