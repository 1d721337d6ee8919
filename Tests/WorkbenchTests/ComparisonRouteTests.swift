import Canonical
import Catalog
import HTTPTypes
import Studies
import Testing

@testable import API
@testable import Execution
@testable import Results

@Suite("Comparison over the API", .serialized)
struct ComparisonRouteTests {
    private func finished(_ fixture: APIFixture, _ plan: String) async throws -> String {
        let answer = try await fixture.post("/studies", plan)
        let id = try #require(answer.json["id"]?.stringValue, "\(answer.text)")
        for run in try fixture.workbench.catalog.readNow({ try $0.runs(ofStudy: id) }) { try await fixture.workbench.wait(for: run.id) }
        return id
    }

    @Test func everyFigureInEveryForm() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let id = try await finished(fixture, APIFixture.plan(models: #"["ns-gan","wgan"]"#, seeds: 3))
        let other = try await finished(fixture, APIFixture.plan(name: "other", models: #"["wgan"]"#, seeds: 3, steps: 30))
        let known = try await fixture.get("/compare?studies=\(id),\(other)").json
        #expect(known["groups"]?.arrayValue?.count == 3 && known["groups"]?[2]?["title"]?.stringValue == "WGAN · other" && known["mixed"] == false)
        for figure in ComparisonFigure.allCases {
            let isTable = figure.isTable
            for ending in ["svg", "csv", "json", "md", "html"] {
                let answer = try await fixture.get("/compare/\(figure.rawValue).\(ending)?studies=\(id),\(other)")
                let isThere = ending == "csv" || ending == "json" || isTable == (ending == "md" || ending == "html")
                #expect(answer.status == (isThere ? 200 : 404), "\(figure) \(ending) \(answer.text)")
                if isThere { #expect(answer.fields[.eTag] != nil && !answer.bytes.isEmpty) }
            }
        }
        let table = try await fixture.get("/compare/table.json?studies=\(id)&models=wgan").json
        #expect(table["rows"]?.arrayValue?.count == 1 && table["rows"]?[0]?["best"] == 980 && table["rows"]?[0]?["counted"] == 3)
        let paired = try await fixture.get("/compare/paired.json?studies=\(id)").json
        #expect(paired["rows"]?[0]?["value"] == 0 && paired["rows"]?[0]?["remark"]?.stringValue?.contains("nothing can be significant") == true)
        #expect(try await fixture.get("/compare/budget.json?studies=\(id)").json["series"]?[1]?["y"]?.arrayValue?.count == 1)
        #expect(try await fixture.get("/compare/budget.json?studies=\(id)&budget=runs").json["series"]?[1]?["y"]?.arrayValue?.count == 3)
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        ("", 400), ("?studies=", 400), ("?studies=a,a", 400), ("?studies=none", 404), ("?studies=a&selection=worst", 400), ("?study=a", 400),
    ])
    func aMistakeIsNamed(query: String, status: Int) async throws {
        let fixture = try await APIFixture()
        for path in ["/compare", "/compare/budget.svg"] { #expect(try await fixture.get(path + query).status == status) }
        #expect(try await fixture.get("/compare/pie.svg?studies=a").json["code"]?.stringValue == "figure-unknown")
        await fixture.workbench.stop()
    }

    /// A misspelled metric is an error that lists the known ones; it gave an empty figure before.
    @Test func anUnknownMetricIsNamed() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let id = try await finished(fixture, APIFixture.plan())
        for path in [
            "/compare?studies=\(id)&metric=fud", "/compare/budget.svg?studies=\(id)&metric=fud", "/studies/\(id)/results?metric=fud", "/studies/\(id)/reruns?metric=fud",
        ] {
            let answer = try await fixture.get(path)
            #expect(answer.status == 400 && answer.json["field"] == "metric", "\(path): \(answer.text)")
            #expect(answer.json["detail"]?.stringValue?.contains("fid_bias, kid, ") == true, "\(answer.text)")
        }
        for form in ["svg", "csv", "json"] {
            let answer = try await fixture.get("/studies/\(id)/figures/fud.\(form)")
            #expect(answer.status == 404 && answer.json["detail"]?.stringValue?.contains("fid_bias, kid, ") == true, "\(answer.text)")
        }
        await fixture.workbench.stop()
    }

    @Test func plansByName() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        #expect(try await fixture.get("/plans").json.arrayValue?.count == NamedPlan.all.count)
        let plan = try await fixture.get("/plans/small-study?dataset=polygons&steps=20&settings=2&models=ns-gan&width=0.125")
        #expect(plan.json["width"] == 0.125 && plan.json["models"] == ["ns-gan"], "\(plan.text)")
        #expect(try await fixture.get("/plans/great-study").status == 404)
        #expect(try await fixture.get("/plans/wide?width=99").status == 400)
        // An option without effect is rejected by name.
        let refused = try await fixture.get("/plans/defaults?settings=5")
        #expect(refused.status == 400 && refused.json["field"] == "settings", "\(refused)")
        let id = try await finished(fixture, plan.text)
        let reruns = try await fixture.get("/studies/\(id)/reruns?seeds=4")
        let study = try await fixture.post("/studies", reruns.text)
        #expect(study.status == 201 && study.json["runs"]?["total"] == 4, "\(study.text)")
        #expect(study.json["plan"]?["protocol"]?["source"]?.stringValue?.hasPrefix(id) == true)
        #expect(study.json["plan"]?["protocol"]?["selection"]?.stringValue == "best")
        #expect(try await fixture.get("/studies/\(id)/reruns?metric=kid").status == 409)
        await fixture.workbench.stop()
    }

    @Test func rerunsWaitForTheEnd() async throws {
        let fixture = try await APIFixture()
        let id = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        #expect(try await fixture.get("/studies/\(id)/reruns").json["code"]?.stringValue == "study-not-ended")
        await fixture.workbench.stop()
    }
}
