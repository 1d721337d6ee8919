import Catalog
import Events
import Testing

/// The names that a filter may use after `best.`, `final.`, and `hyperparameters.`, and text comparison.
@Suite("Names and texts in filters")
struct FilterNameTests {
    private static let source = ListSource.runs(
        naming: RunVocabulary(
            metrics: ["fid", "kid", "is_10"],
            hyperparameters: [("learning_rate", .number), ("optimizer", .text), ("penalty", .text), ("channels", .text), ("channels", .number), ("penalty", .text)]))

    /// Runs 0 to 3, with these hyperparameters.
    private func fixture() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        let settings = [
            #"{"learning_rate":0.1,"optimizer":"adam","clipped":true}"#, #"{"learning_rate":0.2,"optimizer":"RMSProp","channels":"few"}"#,
            #"{"learning_rate":0.3,"channels":64}"#, #"{"optimizer":"it's"}"#,
        ]
        for (number, text) in settings.enumerated() {
            var run = CatalogFixture.newRun(number)
            run.specification = #"{"hyperparameters":\#(text)}"#
            try fixture.catalog.writeNow { _ = try $0.submit(run, at: Double(number)) }
        }
        return fixture
    }

    private func seeds(_ fixture: CatalogFixture, _ filter: String, order: String = "seed", of source: ListSource) throws -> [Int64] {
        let query = try ListQuery(source, filter: filter, orderBy: order)
        return try fixture.catalog.readNow { try $0.page(query) }.runs.map(\.seed)
    }

    @Test(arguments: [
        ("hyperparameters.optimizer = 'adam'", [0]), ("params.optimizer = 'adam'", [0]), ("hyperparameters.optimizer != 'adam'", [1, 2, 3]),
        ("hyperparameters.optimizer in ('adam', 'it''s')", [0, 3]), ("hyperparameters.optimizer ~ 'rmsprop'", [1]), ("hyperparameters.optimizer = null", [2]),
        ("hyperparameters.channels = 64 or hyperparameters.channels = 'few'", [1, 2]), ("hyperparameters.learning_rate > 0.1", [1, 2]),
    ] as [(String, [Int64])])
    func textsAndNumbers(filter: String, expected: [Int64]) throws {
        let fixture = try fixture()
        #expect(try seeds(fixture, filter, of: Self.source) == expected)
        // If the names are unknown, the value determines the type.
        #expect(try seeds(fixture, filter, of: .runs) == expected)
    }

    /// MLflow's `params.model` is the field `model`; a hyperparameter of the name comes first, and the documented prefix has hyperparameters only.
    @Test func synonymsLeadToFields() throws {
        let fixture = try fixture()
        #expect(try seeds(fixture, "params.seed >= 2 and params.learning_rate > 0", of: Self.source) == [2])
        #expect(try seeds(fixture, "param.model ~ 'g'", order: "-params.seed", of: Self.source) == seeds(fixture, "model ~ 'g'", order: "-seed", of: Self.source))
        #expect(throws: QueryError.self) { try ListFilter("hyperparameters.seed >= 2", of: Self.source) }
    }

    @Test func flagsAndOrders() throws {
        let fixture = try fixture()
        #expect(try seeds(fixture, "hyperparameters.clipped = true", of: .runs) == [0])
        #expect(try seeds(fixture, "", order: "-params.learning_rate, seed", of: Self.source) == [2, 1, 0, 3])
    }

    @Test(arguments: [
        ("best.fdi < 30", "there is no metric 'fdi' (did you mean best.fid?); the names after best. are fid, is_10, kid"),
        ("final.loss < 30", "there is no metric 'loss'; the names after final. are fid, is_10, kid"),
        ("metrics.fdi < 30", "the names after metrics. are fid"),
        ("hyperparameters.lerning_rate > 0", "there is no name 'lerning_rate' (did you mean hyperparameters.learning_rate?); the names after hyperparameters. are channels, learning_rate"),
        ("params. = 1", "there is no name ''; the names after params. are channels"), ("best.fid.x = 1", "there is no metric 'fid.x'"),
        ("hyperparameters.optimizer = 3", "expected text in quotes"), ("hyperparameters.learning_rate = 'x'", "expected a number"),
        ("hyperparameters.channels = null and hyperparameters.channels < x", "expected a number or text in quotes"),
        ("hyperparameters.learning_rate ~ '1'", "'~' is allowed only with text"), ("modl = 'x'", "there is no field 'modl' (did you mean model?); the fields are id, model"),
        ("parems.x = 1", "best.METRIC, final.METRIC, hyperparameters.NAME"),
    ])
    func unknownNames(filter: String, problem: String) {
        let error = #expect(throws: QueryError.self) { try ListFilter(filter, of: Self.source) }
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        if filter.hasPrefix("best.fdi") || filter.hasPrefix("hyperparameters.l") && filter.contains(">") {
            let name = String(filter.prefix { $0 != " " })
            #expect(throws: QueryError.self) { try ListOrder("-" + name, of: Self.source) }
        }
    }

    /// Case-insensitive search beyond ASCII: each text contains the part, and the one without it never matches.
    @Test(arguments: [
        ("Größe FEHLT", "GRÖSSE"), ("ΟΔΟΣ", "οδος"), ("Ошибка диска", "ОШИБКА"), ("CAFÉ", "cafe\u{301}"), ("Disk Full", "dIsK"), ("ﬁle", "FILE"),
    ])
    func caseInEveryAlphabet(text: String, part: String) throws {
        let fixture = try CatalogFixture()
        let (run, other) = (try fixture.submit(0), try fixture.submit(1))
        try fixture.catalog.writeNow {
            _ = try $0.finish(run: run.number, as: .failed, message: text, at: 9)
            _ = try $0.finish(run: other.number, as: .failed, message: "something else", at: 9)
        }
        let quoted = part.replacing("'", with: "''")
        #expect(try seeds(fixture, "message ~ '\(quoted)'", of: Self.source) == [0])
        #expect(try seeds(fixture, "not message ~ '\(quoted)'", of: Self.source) == [1])
        #expect(try seeds(fixture, "rerun_of ~ '\(quoted)'", of: Self.source) == [])
    }
}
