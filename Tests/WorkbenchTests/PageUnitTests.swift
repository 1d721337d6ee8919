import Canonical
import Foundation
import Models
import Studies
import TestSupport
import Testing

@testable import Execution

/// Tests of the page: its types by tsc, its pure functions by node's test runner, and the plans that its form submits.
@Suite("The page's files")
struct PageUnitTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let folder = root + "/Tests/PageUnitTests"
    private static let hasNode = Tool.path(of: "node") != nil
    private static let hasChecker = Tool.path(of: "tsc") != nil

    @Test(.enabled(if: hasChecker, "tsc is missing, so the page's types are not checked: install node-typescript"))
    func everyTypeFits() throws {
        let outcome = try Tool.run("tsc", ["-p", Self.folder], within: 300)
        #expect(outcome.status == 0, "\(outcome.output)")
        // A checker without strict mode or without files would find nothing either.
        let listed = try Tool.run("tsc", ["-p", Self.folder, "--listFiles"], within: 300).output
        for file in try Self.pageFiles() { #expect(listed.contains("/Public/js/\(file)"), "\(file)") }
        #expect(try Tool.run("tsc", ["-p", Self.folder, "--showConfig"]).output.replacing(" ", with: "").contains(#""strict":true"#))
    }

    /// No file suppresses the checker.
    @Test func noFileEscapesTheChecker() throws {
        for file in try Self.pageFiles() {
            let code = try String(contentsOfFile: "\(Self.root)/Public/js/\(file)", encoding: .utf8)
            for escape in ["@ts-nocheck", "@ts-ignore", "@ts-expect-error", "@type {any}", "@param {any}"] { #expect(!code.contains(escape), "\(file): \(escape)") }
        }
    }

    @Test(.enabled(if: hasNode, "node is missing, so the page's functions are not tried: install nodejs"))
    func everyPureFunctionGivesWhatIsRight() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".test.js") }.sorted()
        #expect(files.count >= 5)
        let outcome = try Tool.run("node", ["--test"] + files.map { Self.folder + "/" + $0 }, within: 300)
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains(/(?m)^(#|ℹ) fail 0$/), "\(outcome.output.suffix(2000))")
    }

    /// The same plan gives the same study, whether the page or the command submits it.
    @Test(.enabled(if: hasNode, "node is missing, so the page's plans are not compared with the command's: install nodejs"))
    func everyNamedPlanIsTheSamePlanInThePage() async throws {
        let fixture = try await APIFixture()
        var plans: [String: JSONValue] = [:]
        for name in NamedPlan.all.map(\.name) { plans[name] = try await fixture.get("/plans/\(name)").json }
        let known: JSONValue = ["models": try await fixture.get("/models").json, "metrics": try await fixture.get("/metrics").json, "plans": .object(plans)]
        await fixture.workbench.stop()
        let outcome = try await Tool.finish("node", [Self.folder + "/submitted-plans.js"], input: known.canonicalText)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let submitted = try JSONValue(parsing: Array(outcome.output.utf8))
        for named in NamedPlan.all {
            // What `fidelio study --named NAME` submits.
            let asked = named.json(models: ModelCatalog.schemas)
            let page = try #require(submitted[named.name], "\(named.name)")
            #expect(try Self.plan(page).digest == Self.plan(asked).digest, "\(named.name): the page submits \(page.canonicalText), the command \(asked.canonicalText)")
        }
    }

    /// The data sets that plans name, as if all were added.
    private static func plan(_ json: JSONValue) throws -> StudyPlan {
        let datasets = ["polygons", "mnist", "fashion-mnist", "cifar10", "celeba"].map {
            DatasetFacts(
                name: $0, digest: .sha256($0), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000], hasManifold: $0 == "polygons")
        }
        return try StudyPlan(reading: json, models: ModelCatalog.schemas, datasets: datasets)
    }

    private static func pageFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root + "/Public/js").filter { $0.hasSuffix(".js") }
    }
}
