import Canonical
import Catalog
import Events
import GRDB
import Studies
import TestSupport
import Testing

/// The objective of each run, in lists and in catalogs of earlier schemas.
@Suite("Objectives of runs")
struct ObjectiveListTests {
    private static let source = ListSource.runs(naming: RunVocabulary(metrics: SpecificationLimits.metricValues, hyperparameters: []))

    private static func evaluation(_ metric: String, _ step: Int, _ value: Double, protocolDigest: String = "p") -> String {
        #"{"type":"evaluation","time":1,"step":\#(step),"metric":"\#(metric)","value":\#(value),"protocol":"\#(protocolDigest)","encoder":"e","encoder_digest":"d","samples":9,"reference_split":"test"}"#
    }

    /// Seeds 0 and 1 optimize modes, 2 and 3 FID; 3 was never measured, and 4 measures FID beside its objective F1, which it has no value of.
    private func fixture() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        for (number, objective) in ["modes", "modes", "fid", "fid", "f1"].enumerated() {
            var run = CatalogFixture.newRun(number)
            run.objective = objective
            let id = try fixture.catalog.writeNow { try $0.submit(run, at: Double(number)).id }
            switch number {
            case 0: try fixture.ingest([Self.evaluation("modes", 10, 6), Self.evaluation("modes", 20, 5), Self.evaluation("modes_divergence", 10, 0.5)], into: id)
            case 1: try fixture.ingest([Self.evaluation("modes", 10, 8), Self.evaluation("modes", 20, 8), Self.evaluation("modes", 20, 25, protocolDigest: "q")], into: id)
            case 2: try fixture.ingest([Self.evaluation("fid", 10, 40), Self.evaluation("fid", 20, 30)], into: id)
            case 4: try fixture.ingest([Self.evaluation("fid", 10, 7)], into: id)
            default: break
            }
        }
        return fixture
    }

    private func seeds(_ fixture: CatalogFixture, _ filter: String = "", order: String = "seed") throws -> [Int64] {
        let query = try ListQuery(Self.source, filter: filter, orderBy: order)
        return try fixture.catalog.readNow { try $0.page(query) }.runs.map(\.seed)
    }

    /// Values that cannot be compared are named with what they mix; those of one protocol, and what orders by no metric, are not.
    @Test(arguments: [
        ("", "seed", []), ("fid = null", "-created", []), ("objective = 'modes'", "-best.objective", []), ("seed < 5 and fid < 100", "", []), ("", "modes", []),
        ("seed < 5", "best.objective", ["f1,fid,modes"]), ("seed < 5 and best.objective > 0", "", ["fid,modes"]), ("", "fid", ["fid p,q"]), ("fid in (3, 4)", "", ["fid p,q"]),
        ("fid < 100", "-final.fid", ["fid p,q"]), ("seed > 4", "modes, best.objective, fid", ["is p,r", "fid p,q"]),
    ] as [(String, String, [String])])
    func whatAListMixesIsTold(filter: String, order: String, expected: [String]) throws {
        let fixture = try fixture()
        for (number, digests) in [5: ("p", "p"), 6: ("q", "r")] {
            var run = CatalogFixture.newRun(number)
            run.objective = "is"
            let id = try fixture.catalog.writeNow { try $0.submit(run, at: Double(number)).id }
            try fixture.ingest([Self.evaluation("fid", 10, 3, protocolDigest: digests.0), Self.evaluation("is", 10, 3, protocolDigest: digests.1)], into: id)
        }
        let query = try ListQuery(Self.source, filter: filter, orderBy: order)
        let found = try fixture.catalog.readNow { try $0.mixtures(query) }.map { mixture in
            switch mixture {
            case .objectives(let metrics): metrics.joined(separator: ",")
            case .protocols(let metric, let protocols): "\(metric) \(protocols.map(\.digest).joined(separator: ","))"
            }
        }
        #expect(found == expected)
    }

    @Test func aRunKeepsItsObjective() throws {
        let fixture = try fixture()
        #expect(try fixture.catalog.readNow { try $0.page(ListQuery(orderBy: "seed")) }.runs.map(\.objective) == ["modes", "modes", "fid", "fid", "f1"])
        #expect(CatalogFixture.newRun(1).objective == "fid")
        // The runs of a study are inserted by a statement of their own.
        let runs = ["is", "fid", "kid"].enumerated().map { number, objective in
            var run = CatalogFixture.newRun(number + 50)
            run.objective = objective
            return run
        }
        try fixture.catalog.writeNow { try $0.insert(runs, at: 9) }
        #expect(try fixture.catalog.readNow { try $0.page(ListQuery(filter: "seed >= 50", orderBy: "seed")) }.runs.map(\.objective) == ["is", "fid", "kid"])
    }

    @Test(arguments: [
        ("objective = 'modes'", [0, 1]), ("objective in ('fid', 'f1')", [2, 3, 4]), ("best.objective >= 8", [1, 2]), ("final.objective = 5", [0]),
        ("best.objective = null", [3, 4]), ("metrics.objective < 7", [0]),
        // A metric by its name alone is its best value.
        ("modes = 8", [1]), ("modes > 5 and objective = 'modes'", [0, 1]), ("fid <= 30", [2, 4]), ("modes_divergence < 1", [0]), ("fid < 100 and not objective = 'fid'", [4]),
    ] as [(String, [Int64])])
    func filters(filter: String, expected: [Int64]) throws { #expect(try seeds(try fixture(), filter) == expected) }

    @Test func orders() throws {
        let fixture = try fixture()
        #expect(try seeds(fixture, "objective = 'modes'", order: "-best.objective") == [1, 0])
        // Without the value last, either way.
        #expect(try seeds(fixture, order: "best.objective, seed") == [0, 1, 2, 3, 4] && seeds(fixture, order: "-best.objective, seed") == [2, 1, 0, 3, 4])
        #expect(try seeds(fixture, order: "-modes, seed").prefix(2) == [1, 0])
        // The second protocol's 25 is not the run's value.
        #expect(try seeds(fixture, "modes > 8") == [])
    }

    /// Of the best value, the larger one where more is better; of equal ones the earliest step.
    @Test func theBestValueGoesByTheDirection() throws {
        let fixture = try fixture()
        let scores = try fixture.catalog.readNow { reader in try reader.page(ListQuery(orderBy: "seed")).runs.map { try reader.scores(ofRun: $0.number) } }
        let modes = scores.prefix(2).map { $0.first { $0.metric == "modes" } }
        #expect(modes.map { $0?.best } == [6, 8] && modes.map { $0?.bestStep } == [10, 10] && modes.map { $0?.final } == [5, 8] && modes.map { $0?.finalStep } == [20, 20])
    }

    @Test(arguments: ["mods > 3", "best.objectiv > 3", "objective > 3"])
    func whatIsNoneIsRefused(filter: String) { #expect(throws: QueryError.self) { try ListFilter(filter, of: Self.source) } }

    /// Runs of earlier schemas: by what their specification measures, as a new run of it; what cannot be read optimizes FID, as everything did.
    @Test func runsOfEarlierSchemasComeForward() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/old.sqlite"
        // Metrics that came later are in no catalog of an earlier schema.
        let choices = MetricChoice.all.filter { !["bits_per_dimension", "fid_extrapolated"].contains($0.name) && ![.lowResolution, .perceptual].contains($0.needs) }.map { [$0.name] } + [["kid", "manifold"], ["manifold", "modes"], ["fid", "modes"], ["memorisation", "parzen"], ["improved_precision_recall", "density_coverage"]]
        var change = ""
        for (place, metrics) in choices.enumerated() {
            let list = metrics.map { "\"\($0)\"" }.joined(separator: ",")
            change += "\nUPDATE runs SET specification = json_set(specification, '$.evaluation.metrics', json('[\(list)]')) WHERE number = \(place + 1);"
        }
        for (place, text) in ["no JSON", "{}", #"{"evaluation":5}"#, #"{"evaluation":{"metrics":"kid"}}"#].enumerated() {
            change += "\nUPDATE runs SET specification = '\(text)' WHERE number = \(choices.count + place + 1);"
        }
        let old = try DatabaseQueue(path: path)
        try old.writeWithoutTransaction { try $0.execute(sql: Fixtures.text("catalog/schema-2.sql") + change) }
        try old.close()
        let catalog = try Catalog.openForWriting(at: path)
        let runs = try catalog.readNow { try $0.page(ListQuery(limit: 100)).runs }.sorted { $0.number < $1.number }
        for (run, metrics) in zip(runs, choices) { #expect(run.objective == Objective(measuring: metrics).metric, "\(metrics)") }
        #expect(runs.dropFirst(choices.count).prefix(3).map(\.objective) == ["fid", "fid", "fid"])
        #expect(runs.dropFirst(choices.count + 4).allSatisfy { $0.objective == "fid" } && runs.count == 32)
        try catalog.close()
    }
}
