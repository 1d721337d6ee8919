import Canonical
import Catalog
import Figures
import HTTPTypes
import Models
import Testing

@testable import API
@testable import Execution
@testable import Results

/// What the link to a comparison shows: the figures of exactly the runs that it pins.
@Suite("Shared comparisons", .serialized)
struct SharedComparisonTests {
    private static func target(_ runs: [String]) -> String { JSONValue.array(runs.map { .string($0) }).canonicalText }

    /// A study of three seeds of each of two models that has ended, and its runs.
    private func study(_ fixture: APIFixture, name: String = "a study", seeds: Int = 3) async throws -> (id: String, runs: [RunRecord]) {
        try await fixture.workbench.start()
        let plan = APIFixture.plan(name: name, models: #"["ns-gan","wgan"]"#, seeds: seeds)
        let id = try #require(try await fixture.post("/studies", plan).json["id"]?.stringValue)
        let runs = try fixture.workbench.catalog.readNow { try $0.runs(ofStudy: id) }
        for run in runs { try await fixture.workbench.wait(for: run.id) }
        return (id, runs)
    }

    @Test func theGuestSeesThePinnedRunsAndNoOthers() async throws {
        let fixture = try await APIFixture()
        let (id, runs) = try await study(fixture)
        let pinned = [runs[0].id, runs[1].id, runs[4].id]
        let guest = try await fixture.guest(.comparison, Self.target(pinned))
        let known = try await fixture.ask(.get, "/api/v1/compare", fields: guest).json
        #expect(known["groups"]?.arrayValue?.map { $0["runs"] } == [2, 1] && known["groups"]?[0]?["study"]?.stringValue == id)
        #expect(known["mixed"] == false && known["measured"]?.arrayValue?.contains("fid") == true)
        let drawn = try await fixture.ask(.get, "/api/v1/shared/compare/distribution.svg?theme=dark&width=400", fields: guest)
        #expect(drawn.status == 200 && Set(drawn.text.matches(of: /data-run="([^"]*)"/).map { String($0.1) }) == Set(pinned))
        for run in runs {
            #expect(drawn.text.contains(run.id) == pinned.contains(run.id))
            let csv = try await fixture.ask(.get, "/api/v1/shared/compare/distribution.csv", fields: guest)
            #expect(csv.text.contains(run.id) == pinned.contains(run.id))
        }
        await fixture.workbench.stop()
    }

    @Test func theFiguresAreThoseOfThePageCompare() async throws {
        let fixture = try await APIFixture()
        let (id, runs) = try await study(fixture)
        let other = try await study(fixture, name: "another", seeds: 2)
        let guest = try await fixture.guest(.comparison, Self.target((runs + other.runs).map(\.id)))
        for figure in ComparisonFigure.allCases {
            for ending in ["svg", "csv", "json", "md", "html"] {
                let member = try await fixture.get("/compare/\(figure.rawValue).\(ending)?studies=\(id),\(other.id)&scale=logarithmic&selection=final")
                let shared = try await fixture.ask(
                    .get, "/api/v1/shared/compare/\(figure.rawValue).\(ending)?scale=logarithmic&selection=final", fields: guest)
                #expect(shared.status == member.status && shared.bytes == member.bytes, "\(figure) \(ending)")
            }
        }
        // And some of the models, as a member asks.
        let member = try await fixture.get("/compare/table.csv?studies=\(id),\(other.id)&models=wgan")
        #expect(try await fixture.ask(.get, "/api/v1/shared/compare/table.csv?models=wgan", fields: guest).bytes == member.bytes)
        await fixture.workbench.stop()
    }

    @Test func nothingElseCanBeNamed() async throws {
        let fixture = try await APIFixture()
        let (id, runs) = try await study(fixture)
        let pair = [runs[0].id, runs[3].id]
        let guest = try await fixture.guest(.comparison, Self.target(pair))
        for query in ["studies=\(id)", "runs=\(runs[1].id)", "id=\(runs[1].id)"] {
            for path in ["/shared/compare", "/shared/compare/table.csv"] + (query.hasPrefix("studies") ? [] : ["/compare", "/compare/table.csv"]) {
                let answer = try await fixture.ask(.get, "/api/v1\(path)?\(query)", fields: guest)
                #expect(answer.status == 400 && answer.json["code"]?.stringValue == "invalid-query", "\(path)?\(query)")
            }
        }
        for path in ["/compare?studies=\(id)", "/compare?grant=link&studies=\(id)", "/compare/table.csv?studies=\(id)", "/studies/\(id)", "/studies/\(id)/figures/fid.svg", "/studies/\(id)/results", "/runs/\(runs[1].id)", "/events?study=\(id)", "/events?run=\(runs[1].id)"] {
            let answer = try await fixture.ask(.get, "/api/v1\(path)", fields: guest)
            #expect(answer.status == 403 && answer.json["code"]?.stringValue == "outside-share", "\(path): \(answer.status)")
        }
        // Never part of a comparison: links to other kinds, and members, whose page is Compare.
        for other in [try await fixture.guest(.run, runs[0].id), try await fixture.guest(.study, id)] {
            #expect(try await fixture.ask(.get, "/api/v1/shared/compare", fields: other).status == 403)
        }
        #expect(try await fixture.get("/shared/compare").json["code"]?.stringValue == "needs-share")
        #expect(try await fixture.ask(.post, "/api/v1/shared/compare", fields: guest).status == 405)
        await fixture.workbench.stop()
    }

    /// The routes of earlier releases are aliases.
    @Test func theReleasedPathsAnswerTheSame() async throws {
        let fixture = try await APIFixture()
        let (_, runs) = try await study(fixture)
        let guest = try await fixture.guest(.comparison, Self.target(runs.map(\.id)))
        let routes = fixture.api.table().routes.filter { $0.path.hasPrefix("/shared/compare") }
        #expect(routes.count == 6)
        for route in routes {
            let path = route.path.replacing("{figure}", with: route.path.hasSuffix("svg") ? "distribution" : "table") + "?selection=final"
            let (old, new) = (try await fixture.ask(.get, "/api/v1" + path, fields: guest), try await fixture.ask(.get, "/api/v1" + path.dropFirst("/shared".count), fields: guest))
            #expect(old.status == 200 && old.bytes == new.bytes && old.fields == new.fields, "\(path)")
        }
        await fixture.workbench.stop()
    }

    @Test func runsOfNoStudyAndARunGivenTwice() async throws {
        let fixture = try await APIFixture()
        let (id, runs) = try await study(fixture)
        let single = try await fixture.workbench.submit(WorkbenchFixture.newRun(77)).run.id
        try await fixture.workbench.wait(for: single)
        let guest = try await fixture.guest(.comparison, Self.target([single, runs[0].id]))
        let groups = try await fixture.ask(.get, "/api/v1/shared/compare", fields: guest).json["groups"]
        #expect(groups?[0]?["study"] == .null && groups?[0]?["study_name"]?.stringValue == "runs of no study" && groups?[1]?["study"]?.stringValue == id)
        #expect(try await fixture.ask(.get, "/api/v1/shared/compare/transfer.html", fields: guest).status == 200)
        let twice = try await fixture.post("/shares", #"{"kind":"comparison","runs":["\#(runs[0].id)","\#(runs[0].id)"]}"#)
        #expect(twice.status == 422 && twice.json["field"]?.stringValue == "runs", "\(twice.text)")
        // A link that an earlier version made so shows it once.
        let old = try await fixture.guest(.comparison, Self.target([runs[0].id, runs[0].id]))
        #expect(try await fixture.ask(.get, "/api/v1/shared/compare", fields: old).json["groups"]?[0]?["runs"] == 1)
        await fixture.workbench.stop()
    }

    /// A member who opens a colleague's link sees what it shows, and stays who the member is everywhere else.
    @Test func aMemberOpensALink() async throws {
        let fixture = try await APIFixture()
        let (id, runs) = try await study(fixture)
        let guest = try await fixture.guest(.comparison, Self.target([runs[0].id, runs[3].id]))
        var fields = try await fixture.signIn(try await fixture.member("ada", .viewer))
        #expect(try await fixture.ask(.get, "/api/v1/shared/compare", fields: fields).status == 403)
        fields[.cookie] = "\(fields[.cookie] ?? ""); \(guest[.cookie] ?? "")"
        let shown = try await fixture.ask(.get, "/api/v1/shared/compare", fields: fields).json
        #expect(shown["groups"]?.arrayValue?.map { $0["runs"] } == [1, 1])
        // On the routes of members the link is asked for by name; a token is nobody's link.
        #expect(try await fixture.ask(.get, "/api/v1/compare?grant=link", fields: fields).json == shown)
        #expect(try await fixture.ask(.get, "/api/v1/compare", fields: fields).json["field"] == "studies")
        #expect(try await fixture.get("/compare?grant=link").json["field"] == "studies")
        #expect(try await fixture.ask(.get, "/api/v1/studies/\(id)", fields: fields).status == 200)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).json["user"]?["name"]?.stringValue == "ada")
        await fixture.workbench.stop()
    }

    @Test func itEndsWithItsLink() async throws {
        let fixture = try await APIFixture()
        let (_, runs) = try await study(fixture)
        let guest = try await fixture.guest(.comparison, Self.target(runs.map(\.id)))
        let id = try #require(try await fixture.get("/shares").json[0]?["id"]?.stringValue)
        #expect(try await fixture.ask(.delete, "/api/v1/shares/\(id)").status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/shared/compare/table.csv", fields: guest).status == 401)
        await fixture.workbench.stop()
    }

    /// Runs of one protocol can be compared, whatever the protocols of the other runs in their study.
    @Test func onlyTheProtocolsOfThePinnedRunsCount() throws {
        let study = try FinishedStudy(settings: 2, seeds: 1, models: ["ns-gan", "vae"]) { $0 < 2 ? "p1" : "p2" }
        let runs = try study.runs()
        func comparison(_ runs: [RunRecord]) throws -> Comparison {
            try study.catalog.readNow { try Comparison(ComparisonQuery(runs: runs.map(\.id)), models: ModelCatalog.schemas, $0) }
        }
        #expect(try comparison(Array(runs.prefix(2))).json["mixed"] == false)
        let both = try comparison(runs)
        #expect(both.json["mixed"] == true && both.json["measured"]?.arrayValue?.contains("f1") == true)
        #expect(throws: (any Error).self) { try both.figure(.distribution, scale: .linear) }
        #expect(throws: (any Error).self) { _ = try study.catalog.readNow { try Comparison(ComparisonQuery(runs: ["none"]), models: [], $0) } }
    }
}
