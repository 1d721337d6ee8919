import Canonical
import Catalog
import Foundation
import GRDB
import Testing

/// Queries that members write: what they select, and what they cannot reach.
@Suite("Queries over the documented views")
struct SQLQueryTests {
    /// Four runs of a study with evaluations and training metrics, and rows of tables that nobody may read.
    static func fixture() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        for number in 0..<4 {
            let run = try fixture.submit(number, model: number < 2 ? "ns-gan" : "wgan")
            try fixture.ingest((1...3).map { CatalogFixture.metrics(step: 600 * $0, loss: Double(number) + Double($0) / 4) } + [CatalogFixture.evaluation(step: 20, fid: 30 + Double(number))], into: run.id)
        }
        try fixture.catalog.writeNow { _ in }
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO members (id, name, role, created) VALUES ('SECRET', 'SECRET', 'owner', 1)")
            try db.execute(sql: "INSERT INTO audit (time, actor, address, action, target, detail) VALUES (1, 'SECRET', 'SECRET', 'SECRET', 'SECRET', 'SECRET')")
        }
        try queue.close()
        return fixture
    }

    /// The rows as JSON.
    private func rows(_ sql: String, _ fixture: CatalogFixture) throws -> String {
        JSONValue.array(try SQLQuery(sql).answer(from: fixture.path).rows.map { .array($0) }).canonicalText
    }

    @Test func theViewsHaveTheResults() throws {
        let fixture = try Self.fixture()
        #expect(try rows("SELECT model, COUNT(*), MIN(best) FROM runs GROUP BY model ORDER BY model", fixture) == #"[["ns-gan",2,30],["wgan",2,32]]"#)
        #expect(try rows("SELECT seed, value FROM evaluations WHERE metric = 'fid' AND is_primary ORDER BY value DESC LIMIT 1", fixture) == #"[[3,33]]"#)
        // Steps in three chunks, unpacked.
        #expect(try rows("SELECT step, value FROM training_metrics WHERE metric = 'discriminator_loss' AND seed = 2 ORDER BY step", fixture) == #"[[600,2.25],[1200,2.5],[1800,2.75]]"#)
        #expect(try rows("SELECT COUNT(*), SUM(value) FROM training_metrics WHERE metric = 'generator_loss'", fixture) == #"[[12,48]]"#)
        #expect(try rows("SELECT name, runs FROM datasets", fixture) == #"[["polygons",4]]"#)
        #expect(try rows("SELECT specification ->> '$.hyperparameters.learning_rate' AS rate FROM runs WHERE seed = 3", fixture) == #"[[0.004]]"#)
        #expect(try rows("WITH best AS (SELECT model, best, ROW_NUMBER() OVER (PARTITION BY model ORDER BY best) AS place FROM runs) SELECT model, best FROM best WHERE place = 1", fixture) == #"[["ns-gan",30],["wgan",32]]"#)
        #expect(try rows("SELECT * FROM studies UNION ALL SELECT * FROM studies", fixture) == "[]")
        let answer = try SQLQuery(" SELECT 1, 1, 'a' AS x, NULL, 2.5, x'00' ; -- done\n /* yes */ ;").answer(from: fixture.path)
        #expect(answer.columns == ["1", "1_2", "x", "NULL", "2.5", "x'00'"] && answer.rows == [[1, 1, "a", .null, 2.5, "(1 bytes)"]] && !answer.isTruncated, "\(answer)")
        #expect(try SQLAnswer(reading: JSONValue(parsing: answer.json.canonicalText)) == answer)
    }

    @Test func everyDocumentedColumnIsThere() throws {
        let fixture = try Self.fixture()
        for view in SQLViews.all {
            #expect(try SQLQuery("SELECT * FROM \(view.name)").answer(from: fixture.path).columns == view.columns.map(\.name), "\(view.name)")
        }
    }

    @Test func theDocumentationListsViewsAndFunctions() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(contentsOf: root.appendingPathComponent("docs/notebooks.md"), encoding: .utf8)
        let parts = document.components(separatedBy: "<!-- views -->")
        try #require(parts.count == 3)
        let rows = SQLViews.all.flatMap { view in view.columns.map { "| `\(view.name).\($0.name)` | \($0.meaning) |" } }
        #expect(parts[1].split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init) == rows)
        let listed = try #require(parts[2].split(separator: "\n").first { $0.hasPrefix("Functions: ") }).matches(of: /`([^`]+)`/).map { String($0.1) }
        #expect(listed.sorted() == SQLViews.callable.sorted())
        let example = try #require(document.components(separatedBy: "```sql\n").dropFirst().first?.components(separatedBy: "\n```").first)
        let fixture = try Self.fixture()
        #expect(try SQLQuery(example).answer(from: fixture.path).columns == ["model", "runs", "best"])
        withExtendedLifetime(fixture) {}
    }

    @Test func limitsCutTheAnswer() throws {
        let fixture = try Self.fixture()
        var query = SQLQuery("SELECT a.id, b.specification FROM runs a, runs b")
        query.limits.rows = 5
        let few = try query.answer(from: fixture.path)
        #expect(few.rows.count == 5 && few.isTruncated)
        query.limits = SQLQuery.Limits()
        query.limits.bytes = 1000
        let short = try query.answer(from: fixture.path)
        #expect((1...7).contains(short.rows.count) && short.isTruncated)
        query.limits = SQLQuery.Limits()
        #expect(try query.answer(from: fixture.path).rows.count == 16)
    }

    /// Everything here is refused while the query is compiled: at once, without a row.
    static let attacks = [
        // Other files and settings.
        "ATTACH DATABASE '/tmp/x.sqlite' AS x", "DETACH main", "PRAGMA table_info(members)", "PRAGMA query_only = 0", "PRAGMA writable_schema = 1", "PRAGMA main.journal_mode = DELETE", "VACUUM",
        "VACUUM INTO '/tmp/fidelio-stolen.sqlite'", "SELECT load_extension('/tmp/x.so')", "SELECT readfile('/etc/passwd')", "SELECT writefile('/tmp/x', 'x')", "SELECT fts3_tokenizer('simple')",
        "SELECT fts3_tokenizer('simple', x'0000000000000000')",
        // The schema.
        "SELECT sql FROM sqlite_master", "SELECT * FROM sqlite_schema", "SELECT * FROM main.sqlite_master", "SELECT * FROM temp.sqlite_master", "SELECT * FROM sqlite_temp_schema", "SELECT * FROM sqlite_sequence",
        "SELECT * FROM pragma_table_info('members')", "SELECT * FROM pragma_database_list", "SELECT * FROM pragma_function_list", "SELECT * FROM dbstat", "SELECT * FROM bytecode('SELECT 1')",
        // Tables that hold secrets, by name, alias, subquery, set, join, and by names that look allowed.
        "SELECT hash FROM access_tokens", "SELECT * FROM members", "SELECT * FROM main.sessions", "SELECT a.hash FROM access_tokens AS a", "SELECT 1 FROM members", "SELECT 1 FROM access_tokens", "SELECT COUNT(*) FROM sessions",
        "SELECT EXISTS (SELECT 1 FROM audit)", "SELECT (SELECT COUNT(*) FROM shares) FROM runs", "SELECT id FROM runs UNION SELECT hash FROM access_tokens", "SELECT id FROM runs EXCEPT SELECT actor FROM audit",
        "SELECT runs.id FROM runs JOIN audit", "SELECT runs.id FROM runs LEFT JOIN members ON 1", "SELECT id FROM runs WHERE id IN access_tokens", "SELECT id FROM runs WHERE id IN (SELECT hash FROM access_tokens)",
        "SELECT id FROM runs ORDER BY (SELECT hash FROM access_tokens)", "SELECT id FROM runs LIMIT (SELECT COUNT(*) FROM audit)", "SELECT COUNT(*) OVER (ORDER BY (SELECT hash FROM access_tokens)) FROM runs",
        "WITH runs AS (SELECT hash AS id FROM access_tokens) SELECT * FROM runs", "WITH runs AS (SELECT * FROM access_tokens), evaluations AS (SELECT * FROM runs) SELECT * FROM evaluations",
        "WITH runs AS (SELECT 1 FROM audit) SELECT COUNT(*) FROM runs", "WITH studies (id) AS (SELECT hash FROM main.access_tokens) SELECT id FROM studies", "SELECT id FROM (SELECT hash AS id FROM access_tokens) AS runs",
        "SELECT * FROM objects", "SELECT * FROM idempotency_keys", "SELECT * FROM attempts", "SELECT * FROM run_history", "SELECT * FROM grdb_migrations", "SELECT events_offset FROM main.runs", "SELECT rowid FROM evaluation_jobs",
        "VALUES ((SELECT hash FROM access_tokens))", "SELECT CASE WHEN (SELECT hash FROM access_tokens) LIKE 'S%' THEN 1 END",
        // Views, tables and triggers of one's own.
        "CREATE TEMP VIEW v AS SELECT * FROM members", "CREATE VIEW v AS SELECT 1", "CREATE TEMP TABLE t (x)", "CREATE TEMP TRIGGER t AFTER INSERT ON chunk_places BEGIN SELECT 1; END", "CREATE VIRTUAL TABLE temp.t USING fts5(x)",
        "DROP VIEW temp.runs", "ALTER TABLE runs RENAME TO x",
        // Changes.
        "INSERT INTO runs (id) VALUES ('x')", "INSERT INTO chunk_places VALUES (1000)", "UPDATE main.runs SET state = 'done'", "DELETE FROM main.runs", "REPLACE INTO studies (id) VALUES ('x')", "BEGIN", "BEGIN IMMEDIATE",
        "COMMIT", "ROLLBACK", "SAVEPOINT x", "REINDEX", "ANALYZE", "DELETE FROM main.runs RETURNING id", "WITH x AS (SELECT 1) DELETE FROM main.runs",
        // More than one statement, and none.
        "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE runs", "SELECT 1;;; -- a\n DELETE FROM runs", "SELECT 1 /* a */; /* b */ SELECT hash FROM access_tokens", "", "   ", "-- nothing", "/* nothing */", ";", "SELECT", "EXPLAIN SELECT 1",
        "EXPLAIN QUERY PLAN SELECT * FROM runs", "EXPLAIN PRAGMA query_only = 0",
        // One call that takes long, or takes much memory.
        "SELECT printf('%.*c', 900000000, 'x')", "SELECT format('%.*c', 900000000, 'x')", "SELECT hex(zeroblob(400000000))", "SELECT randomblob(900000000)", "SELECT zeroblob(900000000)",
        "SELECT replace(replace(replace(id, '1', '11111111'), '1', '11111111'), '1', '11111111') FROM runs", "SELECT quote(id) FROM runs", "SELECT char(1, 2)", "SELECT unhex('00')", "SELECT length(printf('%1000000000d', 1))",
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c", "WITH c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c", "WITH RECURSIVE c AS (SELECT 'x' AS t UNION ALL SELECT t || t FROM c) SELECT t FROM c",
        "SELECT value FROM json_each('[1]')", "SELECT * FROM json_tree(json_group_array(1))", "SELECT * FROM generate_series(1, 1000000000)", "SELECT json_group_array(id) FROM runs",
        // What is neither read nor counted.
        "SELECT random()", "SELECT sqlite_version()", "SELECT last_insert_rowid()", "SELECT changes()", "SELECT sqlite_compileoption_get(1)", "SELECT id FROM runs WHERE model MATCH 'x'", "SELECT id FROM runs WHERE id = ?", "SELECT :a",
        "SELECT \"no such column\"",
    ]

    @Test func whatIsNotAllowedIsRefused() throws {
        let fixture = try Self.fixture()
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        for sql in Self.attacks {
            let problem = #expect(throws: SQLProblem.self, "\(sql)") { _ = try SQLQuery(sql).answer(from: fixture.path) }
            #expect(problem?.description.isEmpty == false && problem?.description.contains("SECRET") == false && problem?.description.contains("took longer") == false, "\(sql)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before && !FileManager.default.fileExists(atPath: "/tmp/fidelio-stolen.sqlite"))
    }

    /// Allowed to begin with, stopped by time, memory, or a limit of SQLite.
    @Test(arguments: [
        ("SELECT COUNT(*) FROM chunk_places a, chunk_places b, chunk_places c, chunk_places d, chunk_places e", "took longer"),
        ("SELECT a.place FROM chunk_places a, chunk_places b, chunk_places c, chunk_places d ORDER BY a.place * b.place * c.place + d.place", ""),
        ("SELECT group_concat(a.specification) FROM runs a, runs c, chunk_places b", "too big"), ("SELECT MAX(a.specification || b.place) FROM runs a, chunk_places b, chunk_places c, chunk_places d, chunk_places e", "took longer"),
        ("SELECT COUNT(DISTINCT a.specification || b.place || c.place || d.place) FROM runs a, chunk_places b, chunk_places c, chunk_places d", ""),
        ("SELECT id FROM runs WHERE specification LIKE '%\(String(repeating: "a%", count: 200))'", "pattern too complex"), ("SELECT 1 + \(String(repeating: "(1 + ", count: 150))1\(String(repeating: ")", count: 150))", ""),
        ("SELECT 1 \(String(repeating: "UNION ALL SELECT 1 ", count: 50))", "too many terms"), ("SELECT \(String(repeating: "1, ", count: 300))1", "too many columns"), (String(repeating: " ", count: 20_001), "longer than 20000 bytes"),
        ("SELECT 1 \u{0} ; DROP TABLE runs", "zero byte"), ("SELECT ROUND(SUM(a.place)) FROM chunk_places a, chunk_places b, chunk_places c, chunk_places d GROUP BY a.place + b.place * c.place - d.place", ""),
    ])
    func whatTakesTooMuchIsStopped(sql: String, words: String) throws {
        let fixture = try Self.fixture()
        var query = SQLQuery(sql)
        query.limits.seconds = 0.5
        query.limits.heap = 64 << 20
        let problem = #expect(throws: SQLProblem.self) { _ = try query.answer(from: fixture.path) }
        #expect(problem.map { words.isEmpty || $0.description.contains(words) } == true, "\(problem?.description ?? "")")
    }

    /// Neither an answer, nor a cut one, nor a failed one leaves a reader behind that holds the write-ahead log.
    @Test func noReaderStays() throws {
        let fixture = try Self.fixture()
        var slow = SQLQuery("SELECT COUNT(*) FROM runs, chunk_places a, chunk_places b, chunk_places c, chunk_places d")
        slow.limits.seconds = 0.2
        for query in [SQLQuery("SELECT * FROM runs"), slow, SQLQuery("SELECT hash FROM access_tokens")] {
            _ = try? query.answer(from: fixture.path)
            try fixture.submit(100 + Int.random(in: 0..<1_000_000))
            let queue = try DatabaseQueue(path: fixture.path)
            let busy = try queue.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            #expect(busy == 0)
            try queue.close()
        }
    }

    @Test func aMissingCatalogIsAProblem() {
        #expect(throws: SQLProblem.self) { _ = try SQLQuery("SELECT 1").answer(from: "/nowhere/at/all.sqlite") }
    }

    @Test func requestsAreReadStrictly() throws {
        let limits = SQLQuery.Limits().json
        #expect(try SQLRequest(reading: ["catalog": "/x", "sql": "SELECT 1", "limits": limits]).query.limits == SQLQuery.Limits())
        for bad: JSONValue in [[:], ["catalog": "/x", "sql": "SELECT 1"], ["catalog": "/x", "sql": "SELECT 1", "limits": limits.adding("rows", 0)], ["catalog": "/x", "sql": "SELECT 1", "limits": limits.adding("more", 0)]] {
            #expect(throws: FieldError.self) { _ = try SQLRequest(reading: bad) }
        }
        let fixture = try Self.fixture()
        #expect(try SQLRequest(reading: ["catalog": .string(fixture.path), "sql": "SELECT 1 AS a", "limits": limits]).answer == ["answer": ["columns": ["a"], "rows": [[1]], "truncated": false]])
        #expect(try SQLRequest(reading: ["catalog": .string(fixture.path), "sql": "SELEC", "limits": limits]).answer["problem"]?.stringValue?.contains("syntax error") == true)
    }
}
