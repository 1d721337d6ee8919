import Canonical
import Catalog
import Events
import Foundation
import HTTPServer
import HTTPTypes
import Models
import Studies
import Testing

@testable import Access
@testable import API
@testable import Execution
@testable import Results

/// Extreme numbers in every position of every route: path, query, header fields, body. None may crash the server, and none
/// gives a 500; the fixture checks that every response is described.
@Suite("Extreme numbers in requests", .serialized) struct ExtremeNumberTests {
    static let numbers = [
        "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "-1", "0", "-0",
        "9007199254740992", "9007199254740993", "4294967296", "1e308", "1e309", "-1e308", "1e-320", "5e-324", "1.1e-38", "nan", "-inf", "0x7fffffffffffffff",
        String(repeating: "9", count: 400),
    ]

    private static let lastEventID = HTTPField.Name("Last-Event-ID")!

    private struct Prepared {
        let fixture: APIFixture
        let run: String
        let study: String
        let owner: HTTPFields
        let guest: HTTPFields

        init() async throws {
            fixture = try await APIFixture()
            run = try #require(try await fixture.post("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue)
            let second = try #require(try await fixture.post("/runs", #"{"model":"wgan","dataset":"polygons","steps":20}"#).json["id"]?.stringValue)
            study = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
            owner = try await fixture.signIn(fixture.member("the owner", .owner))
            guest = try await fixture.guest(.comparison, JSONValue.array([.string(run), .string(second)]).canonicalText)
        }

        func fields(_ route: Route) -> HTTPFields {
            switch route.needs.action {
            case .manageAccount: owner
            case .readLink: guest
            case .read, .change, .administer: [.authorization: "Bearer \(fixture.token)"]
            }
        }

        /// The route's path: existing ids where it needs one and the number elsewhere; or the number everywhere.
        func path(_ route: Route, _ number: String, everywhere: Bool = false) -> String {
            let known = route.path.hasPrefix("/runs") ? run : route.path.hasPrefix("/studies") ? study : number
            return route.base + route.path.replacing(/\{([a-z]+)(:int|\.\.\.)?\}/) { match in match.1 == "id" && !everywhere ? known : number }
        }

        func ask(_ route: Route, _ target: String, _ further: HTTPFields = [:], body: String? = nil) async throws {
            var fields = fields(route)
            fields.append(contentsOf: further)
            let answer = try await fixture.ask(route.method, target, fields: fields, body: body)
            #expect(answer.status < 500 || answer.status == 503, "\(route.method) \(target) \(further) \(body ?? ""): \(answer.status) \(answer.text.prefix(300))")
        }
    }

    @Test func inPathsQueriesAndFields() async throws {
        let prepared = try await Prepared()
        let routes = prepared.fixture.api.table().routes
        var asked = 0
        for route in routes where route.path != "/sign-out" {
            let isReading = route.method == .get
            for number in Self.numbers {
                if route.path.contains("{") { try await prepared.ask(route, prepared.path(route, number, everywhere: true)) }
                guard isReading else { continue }
                let range = "bytes=\(number)-, bytes=-\(number), 0-\(number)"
                let fields: HTTPFields = [
                    Self.lastEventID: number, .range: asked % 2 == 0 ? "bytes=\(number)-" : range, .ifModifiedSince: number, .ifNoneMatch: "\"\(number)\"",
                    .age: number, .maxForwards: number,
                ]
                try await prepared.ask(route, prepared.path(route, number), fields)
                asked += 1
                for parameter in route.query {
                    try await prepared.ask(route, prepared.path(route, "0") + "?\(parameter.name)=\(number)")
                    asked += 1
                }
            }
        }
        #expect(asked > 20 * routes.count, "\(asked) for \(routes.count) routes")
        await prepared.fixture.workbench.stop()
    }

    /// The example body with the number in each position where its schema has one.
    @Test func inBodies() async throws {
        let prepared = try await Prepared()
        let places = Places(document: prepared.fixture.document.json)
        var asked = 0
        for route in prepared.fixture.api.table().routes {
            guard let body = route.body else { continue }
            let operation = prepared.fixture.document.operation(route.method.rawValue, prepared.path(route, "0"))?.json
            let schema = operation?["requestBody"]?["content"]?["application/json"]?["schema"] ?? .null
            let found = places.values(schema)
            if route.path == "/runs" { #expect(found.count > 25, "\(found.count) numbers in a specification") }
            for place in found {
                let whole = Places.merged(Places.base(body.example ?? .object([:]), for: place), place).canonicalText
                for number in Self.numbers {
                    let text = whole.replacingOccurrences(of: "\"\(Places.mark)\"", with: number)
                    try await prepared.ask(route, prepared.path(route, "0"), body: text)
                    asked += 1
                }
            }
        }
        #expect(asked > 1000, "\(asked)")
        await prepared.fixture.workbench.stop()
    }

    /// The positions of numbers in a schema of the document.
    private struct Places {
        static let mark = "number-stands-here"
        let document: JSONValue

        /// Values of the schema's shape with one mark each.
        func values(_ schema: JSONValue, depth: Int = 0) -> [JSONValue] {
            guard depth < 9 else { return [] }
            if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
                return values(document["components"]?["schemas"]?[String(name)] ?? .null, depth: depth + 1)
            }
            if let choices = schema["anyOf"]?.arrayValue { return choices.flatMap { values($0, depth: depth + 1) } }
            let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue ?? ""]
            if types.contains("integer") || types.contains("number") { return [.string(Self.mark)] }
            if types.contains("array") { return values(schema["items"] ?? .null, depth: depth + 1).map { .array([$0]) } }
            let properties = (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            let named = properties.flatMap { name, inner in values(inner, depth: depth + 1).map { JSONValue.object([name: $0]) } }
            guard let further = schema["additionalProperties"], further.objectValue != nil else { return named }
            return named + values(further, depth: depth + 1).map { JSONValue.object(["ns-gan": $0]) }
        }

        /// The example in which the position is read: a plan of the kind that has the field.
        static func base(_ example: JSONValue, for place: JSONValue) -> JSONValue {
            guard example["protocol"] != nil else { return example }
            let isDrawn = place["protocol"]?["settings"] != nil || place["protocol"]?["search_seed"] != nil
            return merged(example, ["protocol": ["kind": place["grid"] != nil ? "grid" : isDrawn ? "wide" : "single"]])
        }

        /// The place within the example: objects are united, everything else is replaced.
        static func merged(_ example: JSONValue, _ place: JSONValue) -> JSONValue {
            guard case .object(let old) = example, case .object(let new) = place else { return place }
            return .object(old.merging(new) { merged($0, $1) })
        }
    }

    /// A catalog from an earlier program, with numbers that are rejected today, still serves all of its content.
    @Test func aCatalogThatHoldsThemServesEveryRoute() async throws {
        let fixture = try await APIFixture()
        let (run, study) = try Self.plant(fixture.workbench.catalog)
        var asked = 0
        for route in fixture.api.table().routes where route.method == .get && route.base == RouteTable.prefix {
            let ids = route.path.hasPrefix("/studies") ? [study] : route.path.hasPrefix("/runs") ? [run] : [study]
            for id in ids {
                for figure in route.path.contains("{figure}") ? ComparisonFigure.allCases.map(\.rawValue) : ["x"] {
                    let path = route.base + route.path.replacing("{id}", with: id).replacing("{figure}", with: figure)
                        .replacing(/\{([a-z]+)(:int|\.\.\.)?\}/) { $0.1 == "metric" ? "fid" : "1099511627776" }
                    let names = Set(route.query.map(\.name))
                    for scale in names.contains("scale") ? ["linear", "logarithmic"] : [""] {
                        for metric in names.contains("metric") ? ["fid", "kid"] : [""] {
                            var items = names.contains("studies") ? ["studies=\(study)"] : []
                            if !scale.isEmpty { items.append("scale=\(scale)") }
                            if !metric.isEmpty { items.append("metric=\(metric)") }
                            let target = path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
                            let answer = try await fixture.ask(.get, target)
                            #expect(answer.status < 500, "\(target): \(answer.status) \(answer.text.prefix(300))")
                            if path == "\(RouteTable.prefix)/compare/sensitivity.svg" { #expect(answer.status == 200 && answer.text.hasSuffix("</svg>\n"), "\(target) \(answer.text.prefix(300))") }
                            asked += 1
                        }
                    }
                }
            }
        }
        for filter in ["hyperparameters.beta1 < 1e-300", "best.fid > 1e307", "hyperparameters.lambda >= 0"] {
            let text = filter.replacingOccurrences(of: " ", with: "%20").replacingOccurrences(of: "<", with: "%3C").replacingOccurrences(of: ">", with: "%3E")
            #expect(try await fixture.get("/runs?filter=\(text)").status == 200, "\(filter)")
        }
        #expect(asked > 60, "\(asked)")
        await fixture.workbench.stop()
    }

    /// A study of three models whose settings and scores are at the limits of a double.
    private static func plant(_ catalog: Catalog) throws -> (run: String, study: String) {
        let values = ["1e-320", "5e-324", "0.5", "1", "1.7976931348623157e308", "1e-38", "2.2250738585072014e-308"]
        let scores = [1.7976931348623157e308, -1.7976931348623157e308, .leastNonzeroMagnitude, 0, 1e300, 1e-300, 12.5]
        let plan = #"{"name":"planted","dataset":"polygons","models":["ns-gan","wgan-gp","vae"],"protocol":{"kind":"grid"},"seeds":[0],"steps":40}"#
        let study = StudyRecord(id: "0123456789ab", digest: String(repeating: "a", count: 64), name: "planted", plan: plan, created: 1)
        var first = ""
        try catalog.writeNow { writer in
            try writer.insert(study)
            for (place, model) in ["ns-gan", "wgan-gp", "vae"].enumerated() {
                for (setting, value) in values.enumerated() {
                    let specification = #"""
                        {"hyperparameters":{"beta1":\#(value),"disc_iters":9223372036854775807,"lambda":\#(values[values.count - 1 - setting]),"learning_rate":5e-05},"model":"\#(model)","seed":0,"steps":40}
                        """#
                    var run = NewRun(
                        specification: specification, specificationDigest: Digest.sha256("\(model) \(setting)").hex, model: model, dataset: "polygons", seed: 0, steps: 40,
                        study: study.id, position: place * values.count + setting)
                    run.setting = setting
                    let record = try writer.submit(run, at: 10)
                    if first.isEmpty { first = record.id }
                    try writer.start(run: record.number, threads: 1, at: 20, reason: "started")
                    let lines = [
                        #"{"type":"metrics","time":1e308,"step":1,"values":{"generator_loss":-1.7976931348623157e308,"discriminator_loss":5e-324}}"#,
                        #"{"type":"metrics","time":-1e308,"step":1099511627776,"values":{"generator_loss":1.7976931348623157e308,"discriminator_loss":0}}"#,
                        #"{"type":"progress","time":1,"step":1099511627776,"rate":5e-324,"remaining":1.7976931348623157e308}"#,
                    ]
                    var events = try lines.map { try RunEvent(line: Array($0.utf8)) }
                    for (step, metric, score) in [(20, "fid", scores[setting]), (1 << 40, "fid", scores[(setting + place) % scores.count]), (40, "kid", scores[(setting + 3) % scores.count])] {
                        let evaluation = RunEvent.Evaluation(
                            step: step, metric: metric, value: score, protocolDigest: metric, encoder: "lenet", encoderDigest: "e", samples: .max, referenceSplit: "test")
                        events.append(RunEvent(time: 1, kind: .evaluation(evaluation)))
                    }
                    _ = try writer.ingest(EventBatch(start: 0, end: 10, events: events), into: try writer.reader.requiredRun(record.id), at: 30)
                    if setting == 6 { continue }
                    try writer.finish(run: record.number, as: setting == 5 ? .diverged : .done, message: "", at: 1e300)
                }
            }
        }
        return (first, study.id)
    }
}
