import Canonical
import Catalog
import Foundation
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

@testable import Results
@testable import Access
@testable import API
@testable import Execution

/// Every route, requested by every kind of visitor. The table below states who is admitted; a route without a row fails.
@Suite("The access table", .serialized)
struct AccessTableTests {
    /// The visitors, in the order of the table's columns.
    enum Asker: String, CaseIterable {
        case nobody, runLink = "link to a run", studyLink = "link to a study", comparisonLink = "link to a comparison", viewer, editor, owner
        case read = "token: read", write = "token: write", admin = "token: admin"
    }

    /// Columns as in `Asker`: `+` admitted, `.` refused. Links are asked about what they show. Tokens are an owner's.
    static let table = """
        GET /account                             . . . . + + + . . .
        DELETE /account/sessions                 . . . . + + + . . .
        DELETE /account/sessions/{id}            . . . . + + + . . .
        POST /account/password                   . . . . + + + . . .
        POST /account/tokens                     . . . . + + + . . .
        DELETE /account/tokens/{id}              . . . . + + + . . .
        GET /audit                               . . . . . . + . . +
        GET /checkpoints                         . . . . + + + + + +
        GET /checkpoints/{digest}.npz            . + + + + + + + + +
        GET /checkpoints/{digest}/features.npz   . + + + + + + + + +
        GET /checkpoints/{digest}/latents.png    . + + + + + + + + +
        GET /checkpoints/{digest}/neighbors.json . . . . + + + + + +
        GET /checkpoints/{digest}/neighbors.png  . . . . + + + + + +
        GET /checkpoints/{digest}/samples.npz    . + + + + + + + + +
        GET /checkpoints/{digest}/samples.png    . + + + + + + + + +
        GET /checkpoints/{digest}/samples.zip    . + + + + + + + + +
        GET /checkpoints/{digest}/super-resolution.json . + + + + + + + + +
        GET /checkpoints/{digest}/super-resolution.png . + + + + + + + + +
        GET /compare                             . . . + + + + + + +
        GET /compare/{figure}.csv                . . . + + + + + + +
        GET /compare/{figure}.html               . . . + + + + + + +
        GET /compare/{figure}.json               . . . + + + + + + +
        GET /compare/{figure}.md                 . . . + + + + + + +
        GET /compare/{figure}.svg                . . . + + + + + + +
        GET /datasets                            . . . . + + + + + +
        POST /datasets                           . . . . . . + . . +
        GET /datasets/{name}/arrays.npz          . . . . + + + + + +
        GET /datasets/{name}/content.bin         . . . . + + + + + +
        GET /datasets/{name}/examples.png        . . . . + + + + + +
        GET /demonstration                       . . . . + + + + + +
        GET /disk                                . . . . + + + + + +
        GET /encoders/{digest}.npz               . . . . + + + + + +
        GET /evaluations                         . . . . + + + + + +
        POST /evaluations                        . . . . . + + . + +
        GET /evaluations/{id}                    . . . . + + + + + +
        POST /evaluations/{id}/cancel            . . . . . + + . + +
        GET /events                              . + + + + + + + + +
        GET /extractors                          . . . . + + + + + +
        POST /imports                            . . . . . . + . . +
        POST /labels                             . . . . . + + . + +
        GET /experiments                         . . . . + + + + + +
        GET /labs                                . . . . + + + + + +
        POST /labs                               . . . . . + + . + +
        GET /labs/{id}                           . . . . + + + + + +
        DELETE /labs/{id}                        . . . . . + + . + +
        POST /labs/{id}/actions                  . . . . . + + . + +
        GET /labs/{id}/branches/{branch}/animation.png . . . . + + + + + +
        GET /labs/{id}/branches/{branch}/frames/{step}.frame . . . . + + + + + +
        POST /links                              . . . . . . + . . +
        GET /members                             . . . . . . + . . +
        POST /members                            . . . . . . + . . +
        PATCH /members/{id}                      . . . . . . + . . +
        DELETE /members/{id}                     . . . . . . + . . +
        PATCH /members/{id}/queue                . . . . . . + . . +
        POST /members/{id}/link                  . . . . . . + . . +
        POST /members/{id}/sign-out              . . . . . . + . . +
        GET /metrics                             . + + + + + + + + +
        GET (root)/metrics                       . . . . + + + + + +
        GET /models                              . + + + + + + + + +
        GET /notebooks                           . . . . + + + + + +
        POST /notebooks                          . . . . . + + . + +
        GET /notebooks/{id}                      . . . . + + + + + +
        DELETE /notebooks/{id}                   . . . . . + + . + +
        GET /notebooks/{id}/cells/{cell}/forms/{form} . . . . + + + + + +
        GET /notebooks/{id}/cells/{cell}/output  . . . . + + + + + +
        GET /notebooks/{id}/comments             . . . . + + + + + +
        POST /notebooks/{id}/comments            . . . . . + + . + +
        POST /notebooks/{id}/comments/{number:int}/resolve . . . . . + + . + +
        GET /notebooks/{id}/diff                 . . . . + + + + + +
        GET /notebooks/{id}/notebook.html        . . . . + + + + + +
        GET /notebooks/{id}/notebook.ipynb       . . . . + + + + + +
        GET /notebooks/{id}/notebook.md          . . . . + + + + + +
        PUT /notebooks/{id}/notebook.md          . . . . . + + . + +
        GET /notebooks/{id}/notebook.zip         . . . . + + + + + +
        GET /notebooks/{id}/operations           . . . . + + + + + +
        POST /notebooks/{id}/operations          . . . . . + + . + +
        GET /notebooks/{id}/outputs              . . . . + + + + + +
        POST /notebooks/{id}/outputs             . . . . . + + . + +
        POST /notebooks/{id}/outputs/cancel      . . . . . + + . + +
        POST /notebooks/{id}/presence            . . . . + + + + + +
        GET /notebooks/{id}/proofs               . . . . + + + + + +
        POST /notebooks/{id}/proofs              . . . . . + + . + +
        GET /notebooks/{id}/proofs/{number:int}  . . . . + + + + + +
        POST /notebooks/{id}/proofs/{number:int}/cancel . . . . . + + . + +
        POST /notebooks/{id}/render              . . . . + + + + + +
        POST /notebooks/{id}/restore             . . . . . + + . + +
        GET /notebooks/{id}/revisions            . . . . + + + + + +
        POST /notebooks/{id}/revisions           . . . . . + + . + +
        GET /notebooks/{id}/revisions/{revision} . . . . + + + + + +
        GET /notebooks/{id}/revisions/{revision}/cells/{cell}/forms/{form} . . . . + + + + + +
        GET /notebooks/{id}/revisions/{revision}/notebook.html . . . . + + + + + +
        GET /notebooks/{id}/revisions/{revision}/notebook.ipynb . . . . + + + + + +
        GET /notebooks/{id}/revisions/{revision}/notebook.md . . . . + + + + + +
        GET /notebooks/{id}/revisions/{revision}/notebook.zip . . . . + + + + + +
        POST /notebooks/{id}/revisions/{revision}/restore . . . . . + + . + +
        GET /openapi.json                        . . . . + + + + + +
        POST /pictures                           . . . . + + + + + +
        GET /plans                               . . . . + + + + + +
        GET /plans/{name}                        . . . . + + + + + +
        GET /queue                               . . . . + + + + + +
        PATCH /queue                             . . . . . . + . . +
        GET /retention                           . . . . + + + + + +
        POST /retention/clean                    . . . . . + + . + +
        POST /retention/kept                     . . . . . + + . + +
        GET /retention/preview                   . . . . + + + + + +
        GET /run-groups                          . . . . + + + + + +
        GET /runs                                . . . . + + + + + +
        POST /runs                               . . . . . + + . + +
        GET /runs/{id}                           . + + + + + + + + +
        GET /runs/{id}/bundle.zip                . . . . + + + + + +
        POST /runs/{id}/cancel                   . . . . . + + . + +
        GET /runs/{id}/checkpoints               . + + + + + + + + +
        GET /runs/{id}/difference                . . . . + + + + + +
        GET /runs/{id}/evaluations               . + + + + + + + + +
        GET /runs/{id}/files                     . . . . + + + + + +
        GET /runs/{id}/history                   . + + + + + + + + +
        GET /runs/{id}/initial.json              . . . . + + + + + +
        GET /runs/{id}/initial.npz               . + + + + + + + + +
        GET /runs/{id}/log                       . . . . + + + + + +
        GET /runs/{id}/metrics                   . + + + + + + + + +
        GET /runs/{id}/proof                     . . . . + + + + + +
        GET /runs/{id}/protocols                 . + + + + + + + + +
        PATCH /runs/{id}/queue                   . . . . . + + . + +
        POST /runs/{id}/requeue                  . . . . . + + . + +
        POST /runs/{id}/rerun                    . . . . . + + . + +
        POST /runs/{id}/resume                   . . . . . + + . + +
        GET /runs/{id}/samples                   . + + + + + + + + +
        GET /runs/{id}/samples/{step:int}.png    . + + + + + + + + +
        GET /runs/{id}/verification              . + + + + + + + + +
        GET /shared                              . + + + . . . . . .
        GET /shared/compare                      . . . + . . . . . .
        GET /shared/compare/{figure}.csv         . . . + . . . . . .
        GET /shared/compare/{figure}.html        . . . + . . . . . .
        GET /shared/compare/{figure}.json        . . . + . . . . . .
        GET /shared/compare/{figure}.md          . . . + . . . . . .
        GET /shared/compare/{figure}.svg         . . . + . . . . . .
        GET /shares                              . . . . . + + . + +
        POST /shares                             . . . . . + + . + +
        DELETE /shares/{id}                      . . . . . + + . + +
        POST /sign-out                           . . . . + + + . . .
        GET /status                              . + + + + + + + + +
        GET /studies                             . . . . + + + + + +
        POST /studies                            . . . . . + + . + +
        POST /studies/preview                    . . . . + + + + + +
        GET /studies/{id}                        . . + . + + + + + +
        GET /studies/{id}/bundle.zip             . . . . + + + + + +
        POST /studies/{id}/cancel                . . . . . + + . + +
        POST /studies/{id}/extend                . . . . . + + . + +
        PATCH /studies/{id}/queue                . . . . . + + . + +
        GET /studies/{id}/figures/{metric}.csv   . . + . + + + + + +
        GET /studies/{id}/figures/{metric}.json  . . + . + + + + + +
        GET /studies/{id}/figures/{metric}.svg   . . + . + + + + + +
        GET /studies/{id}/reruns                 . . . . + + + + + +
        GET /studies/{id}/results                . . + . + + + + + +
        DELETE /studies/{id}/retention           . . . . . + + . + +
        PATCH /studies/{id}/retention            . . . . . + + . + +
        GET /tags                                . . . . + + + + + +
        GET /trash                               . . . . + + + + + +
        POST /trash                              . . . . . + + . + +
        GET /trash/preview                       . . . . + + + + + +
        DELETE /trash/{number:int}               . . . . . . + . . +
        POST /trash/{number:int}/restore         . . . . . + + . + +
        POST /views                              . . . . + + + + + +
        GET /views/view.csv                      . + + + + + + + + +
        GET /views/view.html                     . + + + + + + + + +
        GET /views/view.json                     . + + + + + + + + +
        GET /views/view.md                       . + + + + + + + + +
        GET /views/view.png                      . + + + + + + + + +
        GET /views/view.svg                      . + + + + + + + + +
        """

    static var rows: [(route: String, admitted: [Asker])] {
        table.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            let marks = words.suffix(Asker.allCases.count)
            return (words[0] + " " + words[1], zip(Asker.allCases, marks).filter { $0.1 == "+" }.map(\.0))
        }
    }

    @Test func everyRouteHasItsRow() async throws {
        let fixture = try await APIFixture()
        let routes = fixture.api.router(page: nil).routes.map { "\($0.method.rawValue) \($0.pattern)" }
        let expected = AccessTableTests.rows.map { AccessTableTests.whole($0.route) }
        #expect(Set(expected).count == expected.count)
        #expect(Set(routes).subtracting(expected) == [], "routes without a row in the access table")
        #expect(Set(expected).subtracting(routes) == [], "rows without a route")
        await fixture.workbench.stop()
    }

    @Test func everybodyIsAnsweredAsTheTableSays() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let digest = try #require(
            try await fixture.get("/runs/\(runs[0])/checkpoints").json[0]?["digest"]?.stringValue)
        let people = try await People(fixture)
        for (route, admitted) in AccessTableTests.rows {
            let words = route.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(words[0]))
            for asker in Asker.allCases {
                var path = AccessTableTests.fill(AccessTableTests.whole(words[1]), method, study: study, run: runs[0], digest: digest)
                if words[1].hasPrefix("/views/") { path += "?view=" + View.encoded(View(.grid(run: runs[0], step: 10)).json.canonicalText) }
                if words[1] == "/events" { path += asker == .studyLink ? "?study=\(study)" : "?run=\(runs[0])" }
                // A new sign-in for each: some requests end sessions.
                let fields = try await people.fields(asker, fixture, runs: runs, study: study)
                let answer = try await fixture.ask(method, path, fields: fields)
                let code = answer.json["code"]?.stringValue ?? ""
                if admitted.contains(asker) {
                    #expect(answer.status != 401 && answer.status != 403, "\(route) as \(asker.rawValue): \(answer.text)")
                } else if asker == .nobody {
                    #expect(answer.status == 401 && code == "unauthorized", "\(route) as nobody: \(answer.status)")
                } else {
                    let codes = ["forbidden", "needs-session", "needs-share", "outside-share"]
                    #expect(answer.status == 403 && codes.contains(code), "\(route) as \(asker.rawValue): \(answer.status) \(answer.text)")
                }
            }
        }
        await fixture.workbench.stop()
    }

    /// The path that is requested for a row; `(root)` marks routes outside `/api/v1`.
    private static func whole(_ row: String) -> String {
        row.contains("(root)") ? row.replacing("(root)", with: "") : row.replacing("/", with: RouteTable.prefix + "/", maxReplacements: 1)
    }

    /// Changes are requested for a resource that does not exist.
    private static func fill(_ path: String, _ method: HTTPRequest.Method, study: String, run: String, digest: String) -> String {
        let id = method != .get ? "none" : path.hasPrefix("/api/v1/studies") ? study : run
        return path.replacing("{id}", with: id).replacing("{digest}", with: digest).replacing("{step:int}", with: "10")
            .replacing("{cell}", with: "intro").replacing("{revision}", with: digest).replacing("{form}", with: digest).replacing("{number:int}", with: "1")
            .replacing("{metric}", with: "fid").replacing("{figure}", with: "table").replacing("{name}", with: "small-study")
    }

    /// One member of each role.
    struct People {
        let viewer: Member
        let editor: Member
        let owner: Member

        init(_ fixture: APIFixture) async throws {
            viewer = try await fixture.member("viewer", .viewer)
            editor = try await fixture.member("editor", .editor)
            owner = try await fixture.member("the owner", .owner)
        }

        func fields(_ asker: Asker, _ fixture: APIFixture, runs: [String], study: String) async throws -> HTTPFields {
            switch asker {
            case .nobody: APIFixture.browser("none=1")
            case .runLink: try await fixture.guest(.run, runs[0])
            case .studyLink: try await fixture.guest(.study, study)
            case .comparisonLink: try await fixture.guest(.comparison, JSONValue.array(runs.map { .string($0) }).canonicalText)
            case .viewer: try await fixture.signIn(viewer)
            case .editor: try await fixture.signIn(editor)
            case .owner: try await fixture.signIn(owner)
            case .read: try await fixture.bearer(owner, .read)
            case .write: try await fixture.bearer(owner, .write)
            case .admin: try await fixture.bearer(owner, .admin)
            }
        }
    }

    /// The threat model contains this table.
    @Test func theDocumentShowsTheTable() throws {
        let text = try String(contentsOfFile: AccessTableTests.document, encoding: .utf8)
        let names = Asker.allCases.map(\.rawValue).joined(separator: " | ")
        var expected = ["| route | \(names) |", "| --- |" + String(repeating: " --- |", count: Asker.allCases.count)]
        for (route, admitted) in AccessTableTests.rows {
            expected.append("| `\(route)` | " + Asker.allCases.map { admitted.contains($0) ? "yes" : "–" }.joined(separator: " | ") + " |")
        }
        let shown = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") || $0.hasPrefix("| route") || $0.hasPrefix("| --- | --- | --- | --- | ---") }
        #expect(shown == expected, "docs/threat-model.md needs this table:\n\(expected.joined(separator: "\n"))")
    }

    /// Each defense in the threat model names the tests that check it, and these exist.
    @Test func theTestsThatTheDocumentNamesExist() throws {
        let text = try String(contentsOfFile: AccessTableTests.document, encoding: .utf8)
        let named = Set(text.matches(of: /`([A-Za-z]+Tests)\.([A-Za-z]+)`/).map { "\($0.1).\($0.2)" })
        #expect(named.count > 30)
        let tests = URL(fileURLWithPath: AccessTableTests.document).deletingLastPathComponent().deletingLastPathComponent().path + "/Tests"
        var found: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: tests) where path.hasSuffix("Tests.swift") {
            let code = try String(contentsOfFile: tests + "/" + path, encoding: .utf8)
            let suite = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            for part in code.components(separatedBy: "@Test").dropFirst() {
                guard let name = part.components(separatedBy: "func ").dropFirst().first?.prefix(while: { $0 != "(" && $0 != "<" }) else { continue }
                found.insert("\(suite).\(name)")
            }
        }
        #expect(named.subtracting(found) == [])
    }

    static let document: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent("docs/threat-model.md").path
    }()
}
