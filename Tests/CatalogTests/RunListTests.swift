import Catalog
import Events
import Testing

@Suite("Lists of runs: filters, orders, pages")
struct RunListTests {
    /// Twelve runs: two models, FID 0, 10, 20, ... for the even ones and none for the odd ones.
    private func filled() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        for number in 0..<12 {
            let run = try fixture.submit(number, model: number < 6 ? "ns-gan" : "wgan")
            if number.isMultiple(of: 2) {
                try fixture.ingest([CatalogFixture.evaluation(step: 10, fid: Double(number) * 5)], into: run.id)
            }
            if number == 3 { try fixture.catalog.writeNow { try $0.finish(run: run.number, as: .failed, message: "Disk full", at: 9) } }
        }
        return fixture
    }

    private func seeds(_ fixture: CatalogFixture, _ filter: String, order: String = "seed") throws -> [Int64] {
        let query = try RunQuery(filter: filter, orderBy: order, limit: 100)
        let page = try fixture.catalog.readNow { try $0.page(query) }
        #expect(page.total == page.runs.count)
        return page.runs.map(\.seed)
    }

    @Test(arguments: [
        ("", Array(0...11)),
        ("model = 'wgan'", [6, 7, 8, 9, 10, 11]),
        ("model = 'wgan' and fid < 45", [6, 8]),
        ("fid >= 20 and fid <= 30", [4, 6]),
        ("FID = null and MODEL = \"ns-gan\"", [1, 3, 5]),
        ("not fid = null and not model = 'wgan'", [0, 2, 4]),
        ("not fid < 30", [1, 3, 5, 6, 7, 8, 9, 10, 11]),
        ("state = 'failed' or seed in (1, 2)", [1, 2, 3]),
        ("(seed = 1 or seed = 2) and model != 'wgan'", [1, 2]),
        ("message ~ 'disk'", [3]),
        ("metrics.fid < 5 and metric.fid < 5", [0]),
        ("params.learning_rate <= 0.002 and parameters.learning_rate <= 0.002", [0, 1]),
        ("hyperparameters.learning_rate <= 0.002", [0, 1]),
        ("hyperparameters.unknown = 1", []),
        ("best.fid < 5 and final.fid < 5", [0]),
        ("best.kid < 5", []),
        ("model = 'it''s'", []),
        ("seed = 1 or seed = 2 and seed = 3", [1]),
    ] as [(String, [Int64])])
    func filters(text: String, expected: [Int64]) throws {
        #expect(try seeds(try filled(), text) == expected)
    }

    @Test(arguments: [
        ("modle = 'wgan'", "there is no field 'modle'"), ("fid <", "expected a number, at character 6"),
        ("fid < 'x'", "expected a number"), ("model = 3", "expected text in quotes, at character 9"),
        ("model = 'wgan", "unterminated text"), ("(seed = 1", "expected ')'"), ("seed = 1 seed = 2", "expected 'and', 'or', or the end"),
        ("seed", "expected one of = != <"), ("seed in 3", "expected '('"), ("seed ! 3", "'!' must be followed by '='"), ("seed = 1;", "unexpected character ';'"),
        ("seed ~ 3", "'~' is allowed only with text"), ("fid < null", "null is allowed only with = and !="), ("seed = 1e", "'1e' is not a number"),
        ("best.x') or (1=1 = 2", "at character"), ("hyperparameters.a'b = 1", "at character"), ("and", "no field 'and'"),
        (String(repeating: "(", count: 50) + "seed = 1", "nested too deeply"),
        ("state = 'dnoe'", "'dnoe' is no value of state (did you mean 'done'?); its values are queued, running, done, failed, diverged, cancelled, at character 9"),
        ("outcome in ('done', 'interrupted')", "'interrupted' is no value of outcome; its values are done, collapsed, diverged, timed_out, failed, cancelled, at character 21"),
        ("state != ''", "'' is no value of state"),
    ])
    func refuses(text: String, problem: String) {
        let error = #expect(throws: QueryError.self) { try ListFilter(text) }
        #expect(error?.field == "filter")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    @Test func statesOfOtherListsAreChecked() {
        for source in [ListSource.studies, .checkpoints] {
            #expect(throws: QueryError.self) { try ListFilter("state = 'ended'", of: source) }
            #expect(throws: Never.self) { try ListFilter("state in ('running', 'done') and not state ~ 'end'", of: source) }
        }
        #expect(throws: QueryError.self) { try ListFilter("state = 'failed'", of: .studies) }
    }

    @Test func orders() throws {
        let fixture = try filled()
        #expect(try seeds(fixture, "", order: "fid") == [0, 2, 4, 6, 8, 10, 11, 9, 7, 5, 3, 1])
        #expect(try seeds(fixture, "", order: "-fid") == [10, 8, 6, 4, 2, 0, 11, 9, 7, 5, 3, 1])
        #expect(try seeds(fixture, "", order: "model desc, seed") == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
        #expect(try seeds(fixture, "", order: "") == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
        for wrong in ["speed", "fid down", "-fid desc", "seed,seed,seed,seed,seed"] {
            #expect(throws: QueryError.self) { try ListOrder(wrong) }
        }
    }

    @Test(arguments: ["", "fid", "-fid", "model, -fid", "state, model desc, fid", "hyperparameters.learning_rate desc"], [1, 2, 5])
    func pagesHoldEveryRunOnce(order: String, limit: Int) throws {
        let fixture = try filled()
        let whole = try fixture.catalog.readNow { try $0.page(try RunQuery(orderBy: order, limit: 100)) }.runs.map(\.id)
        var seen: [String] = []
        var token: String?
        repeat {
            let query = try RunQuery(orderBy: order, limit: limit, pageToken: token)
            let page = try fixture.catalog.readNow { try $0.page(query) }
            #expect(page.total == 12 && page.runs.count <= limit)
            seen += page.runs.map(\.id)
            token = page.nextPageToken
        } while token != nil && seen.count < 100
        #expect(seen == whole)
    }

    @Test func aTokenBelongsToItsList() throws {
        let fixture = try filled()
        let page = try fixture.catalog.readNow { try $0.page(try RunQuery(orderBy: "fid", limit: 2)) }
        let token = try #require(page.nextPageToken)
        for (filter, order, text) in [("", "seed", token), ("seed = 1", "fid", token), ("", "fid", "00"), ("", "fid", token + "zz")] {
            let error = #expect(throws: QueryError.self) { try RunQuery(filter: filter, orderBy: order, pageToken: text) }
            #expect(error?.field == "page_token")
        }
        #expect(throws: QueryError(field: "limit", problem: "0 is not in 1...1000")) { try RunQuery(limit: 0) }
    }

    /// `Benchmarks/catalog.py` measures the time of such pages.
    @Test func firstPagesOfFiveThousandRuns() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { writer in
            for number in 0..<5_000 {
                try writer.submit(CatalogFixture.newRun(number, model: ["ns-gan", "wgan"][number % 2]), at: Double(number))
            }
        }
        for (filter, order, total, first) in [
            ("", "", 5000, 4999), ("model = 'wgan' and seed < 4000", "seed", 2000, 1), ("", "-hyperparameters.learning_rate", 5000, 4999),
            ("seed >= 100", "hyperparameters.learning_rate", 4900, 100),
        ] {
            let page = try fixture.catalog.readNow { try $0.page(try RunQuery(filter: filter, orderBy: order, limit: 50)) }
            #expect(page.total == total && page.runs.count == 50 && page.runs[0].seed == Int64(first), "\(filter) by \(order)")
        }
    }
}
