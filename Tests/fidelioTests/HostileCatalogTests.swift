import Canonical
import Foundation
import TestSupport
import Testing

/// Every text in the catalog, from people, workers, browsers, and machines, is replaced by markup behind the server's back; no page renders it as markup.
@Suite("A hostile catalog", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt && Tool.hasNumpy), .timeLimit(.minutes(10)))
struct HostileCatalogTests {
    /// Writes markup into every text column that is not a key, digest, hash, state, outcome, or role, into every string and name inside JSON, and one line
    /// into the audit log, which cannot be changed. Reports the columns it wrote.
    private static let spoil = #"""
        import json, sqlite3, sys
        mark = "<img src=x onerror=window.broken=%d>\"'><script>window.broken=%d</script>&lt;b&gt;{{7*7}}"
        count = 0
        def hostile(text=""):
            global count
            count += 1
            return mark % (count, count) + str(text)[:20]
        keep = {"id", "hash", "next", "previous", "state", "outcome", "protocol", "kind", "role", "digest", "specification_digest", "final_digest", "study", "rerun_of",
                "member", "target", "password", "key", "object", "route", "request_digest", "resource"}
        documents = {"plan", "specification", "shown", "first_difference", "content", "provenance"}
        def spoiled(value, inside=""):
            if isinstance(value, dict):
                free = inside in ("hyperparameters", "options")
                return {(hostile(k) if free else k): spoiled(v, k) for k, v in value.items()}
            if isinstance(value, list): return [spoiled(v, inside) for v in value]
            return hostile(value) if isinstance(value, str) and inside != "digest" and (inside, value) != ("metrics", "fid") else value
        db = sqlite3.connect(sys.argv[1])
        db.execute("PRAGMA foreign_keys = OFF")
        written = []
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table in ("grdb_migrations", "idempotency_keys", "audit") or table.startswith("sqlite_"): continue
            for (_, name, kind, *_) in db.execute(f"PRAGMA table_info({table})").fetchall():
                if kind != "TEXT" or name in keep: continue
                same = {}
                for (value,) in db.execute(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL").fetchall():
                    # FID keeps its name, so that there is something to draw.
                    if name in ("metric", "objective") and value == "fid": continue
                    new = json.dumps(spoiled(json.loads(value)), sort_keys=True, separators=(",", ":")) if name in documents else hostile(value)
                    db.execute(f"UPDATE OR REPLACE {table} SET {name} = ? WHERE {name} = ?", (new, value))
                    if f"{table}.{name}" not in written: written.append(f"{table}.{name}")
        for run in db.execute("SELECT number FROM runs WHERE rerun_of IS NOT NULL").fetchall():
            first = {"kind": hostile(), "name": hostile(), "step": 3, "original": hostile(), "rerun": {hostile(): hostile()}}
            db.execute("UPDATE verifications SET state = 'different', first_difference = ? WHERE rerun = ?", (json.dumps(first), run[0]))
            db.execute("UPDATE runs SET objective = ? WHERE number = ?", (hostile(), run[0]))
            written += ["verifications.first_difference", "runs.objective"]
        db.execute("INSERT INTO audit (time, actor, address, action, target, detail, via) VALUES (1, ?, ?, ?, ?, ?, ?)", [hostile() for _ in range(6)])
        db.commit()
        print(" ".join(written))
        """#

    private func ask(_ browser: Browser, _ method: String, _ path: String, _ body: String?) async throws -> JSONValue {
        let options = body == nil ? "{method: '\(method)'}" : "{method: '\(method)', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body!))}"
        return (try? JSONValue(parsing: try await browser.evaluate("fetch('/api/v1\(path)', \(options)).then(r => r.text())"))) ?? .null
    }

    private struct Made {
        var study = ""
        var runs: [String] = []
        var links: [String] = []
    }

    /// An ended study of two models, a rerun with its verdict, members, tokens, and links to each kind of resource.
    private func furnish(_ server: RunningServer) async throws -> Made {
        let browser = try await Browser()
        var made = Made()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let plan = #"{"name":"Spoiled","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":24,"width":0.0625,"#
                + #""batch_size":8,"sample_every":12,"checkpoint_every":12,"evaluation":{"every":12,"samples":256,"metrics":["fid","kid"]}}"#
            made.study = try #require(try await ask(browser, "POST", "/studies", plan)["id"]?.stringValue)
            let results = "fetch('/api/v1/studies/\(made.study)/results').then(r => r.json())"
            try await browser.wait(for: "await (\(results)).then(r => r.models.every(m => m.runs.every(e => e.state === 'done')))", seconds: 300)
            made.runs = try await browser.evaluate("(\(results)).then(r => r.models.flatMap(m => m.runs.map(e => e.run)).join())").split(separator: ",").map(String.init)
            let rerun = try #require(try await ask(browser, "POST", "/runs/\(made.runs[0])/rerun", "{}")["id"]?.stringValue)
            try await browser.wait(for: "await fetch('/api/v1/runs/\(rerun)').then(r => r.json()).then(r => r.verification?.finished)", seconds: 300)
            made.runs.append(rerun)
            _ = try await ask(browser, "POST", "/members", #"{"name":"somebody"}"#)
            _ = try await ask(browser, "POST", "/account/tokens", #"{"name":"a token"}"#)
            let pair = made.runs.prefix(2).map { "\"\($0)\"" }.joined(separator: ",")
            for target in [#""kind":"run","id":"\#(made.runs[0])""#, #""kind":"study","id":"\#(made.study)""#, #""kind":"comparison","runs":[\#(pair)]"#] {
                made.links.append(try #require(try await ask(browser, "POST", "/shares", "{\(target),\"note\":\"a note\",\"live\":true}")["path"]?.stringValue))
            }
        } catch {
            await browser.close()
            throw error
        }
        await browser.close()
        return made
    }

    private func isWhole(_ browser: Browser, _ place: String) async throws {
        try await browser.wait(for: "document.querySelector('h1') && document.querySelector('#version')?.textContent")
        try await browser.settle()
        #expect(try await browser.evaluate("window.broken ?? 'whole'") == "whole", "\(place)")
        #expect(try await browser.evaluate("document.querySelectorAll('img[src=x], [onerror], main script, svg script').length") == "0", "\(place)")
        // A page that a hostile text keeps from rendering proves nothing.
        #expect(try await browser.evaluate("document.querySelector('main').textContent.length > 20") == "true", "\(place)")
        let complaints = try await browser.complaints().filter { complaint in !["400", "403", "404", "409", "422"].contains { complaint.contains("status of \($0)") } }
        #expect(complaints == [], "\(place)")
    }

    @Test func noTextOfTheCatalogBecomesMarkup() async throws {
        let storage = try TemporaryFolder("hostile-catalog")
        let first = try await RunningServer(storage: storage)
        let made = try await furnish(first)
        try await first.stop()
        let spoiled = try await Tool.finish("python3", ["-c", Self.spoil, storage.path("fidelio.sqlite")])
        try #require(spoiled.status == 0, "\(spoiled)")
        let written = Set(spoiled.output.split(whereSeparator: \.isWhitespace).map(String.init))
        for column in [
            "runs.model", "runs.dataset", "runs.message", "runs.host", "runs.program", "runs.kernels", "runs.specification", "runs.objective", "studies.name", "studies.plan",
            "run_history.reason", "metric_chunks.name", "evaluations.metric", "evaluations.encoder", "evaluations.reference_split", "evaluation_protocols.content",
            "evaluation_protocols.provenance", "feature_extractors.name", "feature_extractors.provenance",
            "members.name", "sessions.agent", "sessions.address", "access_tokens.name", "shares.note", "shares.maker", "verifications.first_difference",
        ] { #expect(written.contains(column), "\(column)") }

        let server = try await RunningServer(storage: storage)
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let figures = ["", "&figure=ecdf", "&figure=budget", "&figure=sensitivity", "&figure=profile", "&figure=improvement", "&figure=paired", "&figure=beside", "&figure=table", "&figure=spread", "&figure=transfer"]
            let pages = ["/", "/studies", "/studies/\(made.study)", "/runs", "/datasets", "/account", "/shares", "/members", "/audit"] + made.runs.map { "/runs/\($0)" }
                + figures.map { "/compare?studies=\(made.study)\($0)" }
            for path in pages {
                try await browser.open(server.url + path)
                try await isWhole(browser, path)
            }
            // It is displayed as text.
            try await browser.open(server.url + "/studies/\(made.study)")
            try await browser.wait(for: "document.querySelector('h1').textContent.includes('<script>window.broken=')")
            try await browser.open(server.url + "/account")
            try await browser.wait(for: "[...document.querySelectorAll('tbody th')].some(e => e.title.includes('<script>window.broken='))")
            await browser.close()
            for link in made.links {
                let guest = try await Browser()
                try await guest.open(server.url + link)
                try await guest.wait(for: "!location.search && document.querySelector('#share-note')?.textContent.includes('<script>window.broken=')")
                try await isWhole(guest, "as a guest: \(link.prefix(8))")
                await guest.close()
            }
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-hostile-catalog.png")
            Issue.record("\(error)")
            await browser.close()
        }
        try await server.stop()
    }
}
