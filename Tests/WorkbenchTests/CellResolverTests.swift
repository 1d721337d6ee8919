import Canonical
import Catalog
import Events
import Foundation
import Models
import Notebooks
import Testing

@testable import Results

/// What the cells of a notebook show, and on which results they rest.
@Suite("Outputs of cells")
struct CellResolverTests {
    static func resolver(_ study: FinishedStudy, preview: CellResolver.PlanPreview? = nil) -> CellResolver {
        CellResolver(views: BoundNumberTests.views(study), preview: preview)
    }

    static func output(_ kind: CellKind, _ source: String, _ fields: JSONValue = .object([:]), citing: [String] = [], _ study: FinishedStudy) throws -> CellOutput {
        let cell = Cell(try #require(CellID("c")), kind, source: source)
        return try study.catalog.readNow { reader in
            let resolver = resolver(study), output = try resolver.output(of: cell, fields: fields, citing: citing, reader)
            #expect(try resolver.basis(of: cell, fields: fields, citing: citing, reader) == output.basis, "the basis does not depend on drawing")
            return output
        }
    }

    private func html(_ output: CellOutput) -> String { output.html { "/f/\($0.name)" } }

    @Test func aFigureHasItsFormsAndItsBasis() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let output = try Self.output(.figure, "", ["study": .string(study.study.name), "figure": "ecdf", "metric": "fid", "caption": "A <b> & c"], study)
        #expect(output.problem == nil && output.forms.map(\.name) == ["svg-light-400", "svg-light-760", "svg-dark-400", "svg-dark-760", "csv", "json"], "\(output.problem ?? "") \(output.forms.map(\.name))")
        #expect(html(output).hasPrefix("<figure><img src=\"/f/svg-light-760\" alt=\"") && html(output).hasSuffix("<figcaption>A &lt;b&gt; &amp; c</figcaption></figure>"), "\(html(output))")
        #expect(output.basis.runs.count == 16 && output.basis.protocols == ["p1"] && output.basis.runs.allSatisfy(\.hasEnded))
        #expect(output.address == "/compare?studies=\(study.study.id)&metric=fid&figure=ecdf")
        // The forms are those of the view.
        let view = View(.compared(.ecdf, ComparisonQuery(studies: [study.study.id], metric: "fid")))
        let rendered = try study.catalog.readNow { try BoundNumberTests.views(study).render(view, $0) }
        #expect(output.forms.first?.bytes == rendered.forms.first { $0.form.name == "svg-light-400" }?.object.bytes)
    }

    @Test func aTableIsHTML() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let output = try Self.output(.table, "", ["study": .string(study.study.id), "model": "wgan"], study)
        #expect(output.html.hasPrefix("<table>") && output.html.contains("Small study &lt;b&gt;*of*&lt;/b&gt;") && output.forms.map(\.name) == ["csv", "json", "md", "html"])
        #expect(output.basis.runs.count == 8)
    }

    private static let faults: [(kind: CellKind, fields: String, words: String)] = [
        (CellKind.figure, #"{}"#, "study: is missing"), (.figure, #"{"study":"x"}"#, #"study: there is no study "x""#), (.figure, #"{"study":"STUDY","figure":"pie"}"#, "figure"),
        (.figure, #"{"study":"STUDY","colour":"red"}"#, "colour: is not a known field"), (.figure, #"{"study":"STUDY","studies":["STUDY"]}"#, "same field"),
        (.figure, #"{"study":"STUDY","metric":"fib"}"#, #"metric: "fib" is not a known metric; did you mean "fid"?"#), (.figure, #"{"run":"none"}"#, "there is no run"), (.table, #"{"study":"STUDY","scale":"linear"}"#, "scale"),
        (.table, #"{"study":"STUDY","table":"distribution"}"#, "table"), (.curves, #"{"study":"STUDY"}"#, "curves are of 12 at most"), (.curves, #"{"study":"STUDY","model":"wgan","series":"los"}"#, "series"),
        (.grid, #"{"study":"STUDY","rows":"step","columns":"step"}"#, "another key than rows"), (.grid, #"{"study":"STUDY","step":7}"#, "sample grids or checkpoints at steps 7"),
        (.runs, #"{"filter":"fib = 3"}"#, "filter: there is no field 'fib'"), (.runs, #"{"order":"fib"}"#, "order: there is no field"), (.runs, #"{"columns":["fib"]}"#, #"did you mean "fid"?"#),
        (.runs, #"{"limit":0}"#, "limit"), (.runs, #"{"columns":["fid","best.fid"]}"#, "columns[1]"), (.checkpoints, #"{"filter":"fid < 3"}"#, "filter"), (.verification, #"{"run":"none"}"#, "there is no run"), (.figure, "[]", "must be an object"), (.plan, "{}", "previewed"),
        (.experiment, "{}", "experiment"), (.experiment, #"{"experiment":"saturation","draws":1}"#, "draws"), (.experiment, #"{"experiment":"saturation","steps":1}"#, "steps: is not a known field"),
        (.experiment, #"{"experiment":"saturation"}"#, "when this cell is updated"), (.unknown("video"), "{}", #"no cells of kind "video""#), (.figure, #"{"runs":["a","a"]}"#, "runs[1]"), (.figure, #"{"study":{}}"#, "study: must be a name"), (.grid, #"{"study":"STUDY","seed":[1,-1]}"#, "seed: must be an integer"),
    ]

    @Test func aFaultIsAProblemOfTheCell() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        for (kind, fields, words) in Self.faults {
            let output = try Self.output(kind, "", try JSONValue(parsing: fields.replacing("STUDY", with: study.study.id)), study)
            #expect(output.problem?.contains(words) == true && output.html.isEmpty && output.forms.isEmpty, "\(kind) \(fields): \(output.problem ?? "no problem")")
        }
    }

    @Test func aTextHasItsNumbers() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let source = "Best: {{ min(fid, study = \"\(study.study.id)\", model = wgan) }}, again {{ min(fid, study = \"\(study.study.id)\", model = wgan) }}, <b>{{ mn(fid) }}</b>"
        let output = try Self.output(.text, source, .null, study)
        #expect(output.expressions.map(\.text).prefix(2) == ["41", "41"] && output.expressions.count == 3, "\(output.expressions.map(\.text))")
        let run = try #require(try study.runs().first { $0.model == "wgan" })
        #expect(output.html.contains("<a class=\"bound\"") && output.html.contains("href=\"/runs/\(run.id)\"") && output.html.contains(">41</a>, again <a"), "\(output.html)")
        #expect(output.html.contains("bound-error") && output.html.contains("column 1: &quot;mn&quot; is not a known function") && output.html.contains("&lt;b&gt;"), "\(output.html)")
        #expect(output.problem?.contains("did you mean min?") == true && output.basis.runs.count == 8)
        #expect(try Self.output(.text, "Words alone, `{{ code }}`", .null, study).basis == CellBasis())
        let long = try Self.output(.text, String(repeating: "a", count: 300_000), .null, study)
        #expect(long.problem?.isEmpty == false && long.html.isEmpty, "\(long.problem ?? "")")
    }

    @Test func curvesOverlayRuns() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let output = try Self.output(.curves, "", ["study": .string(study.study.id), "model": "wgan", "setting": [0, 1], "series": ["discriminator_loss", "fid"]], study)
        let json = try JSONValue(parsing: try #require(output.forms.first { $0.name == "json" }).bytes)
        #expect(output.problem == nil && json["series"]?.arrayValue?.count == 8 && output.basis.runs.count == 4, "\(output.problem ?? "")")
        let first = try #require(json["series"]?[0])
        // Setting 0 loses a tenth a step.
        #expect(first["y"]?.arrayValue?.first?.numberValue == -0.1 && first["x"]?.arrayValue?.last == 40 && first["title"]?.stringValue?.hasPrefix("WGAN, setting 0, seed 0") == true)
        #expect(json["series"]?[1]?["y"] == [41, 44])
    }

    @Test func gridsByTwoKeys() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let output = try Self.output(.grid, "", ["study": .string(study.study.id), "rows": "model", "columns": "step"], study)
        let runs = try study.runs(), first = try #require(runs.first { $0.model == "ns-gan" })
        #expect(output.forms.map(\.name) == ["png-0-0", "png-0-1", "png-1-0", "png-1-1"] && output.forms[1].bytes == FinishedStudy.grid(first, 40))
        #expect(html(output).contains("<img src=\"/f/png-1-1\" alt=\"Samples of run ") && output.basis.runs.count == 2)
        let large = try FinishedStudy(models: ["ns-gan", "wgan", "wgan-gp", "vae"])
        #expect(try Self.output(.grid, "", ["study": .string(large.study.id)], large).problem?.contains("31 rows by 2 columns are more than 48 pictures") == true)
        let one = try Self.output(.grid, "", ["run": .string(first.id), "step": 20], study)
        #expect(one.forms.map(\.bytes) == [FinishedStudy.grid(first, 20)] && one.address == "/runs/\(first.id)")
    }

    /// A step without a stored grid shows the samples of its checkpoint, which others have drawn before.
    @Test func gridsOfCheckpoints() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), run = try #require(try study.runs().first), digest = Digest.sha256("a checkpoint").hex
        let checkpoint = RunEvent.Checkpoint(step: 30, digest: digest, bytes: 10, final: false)
        try study.catalog.writeNow { writer in
            _ = try writer.ingest(EventBatch(start: 10, end: 20, events: [RunEvent(time: 1, kind: .checkpoint(checkpoint))]), into: try writer.reader.requiredRun(run.id), at: 300)
        }
        let cell = Cell(try #require(CellID("c")), .grid, source: ""), fields: JSONValue = ["run": .string(run.id), "step": [20, 30]]
        try study.catalog.readNow { reader in
            var resolver = Self.resolver(study)
            #expect(try resolver.checkpoints(of: cell, fields: fields, reader) == [digest])
            #expect(try resolver.checkpoints(of: cell, fields: ["run": .string(run.id)], reader) == [] && resolver.checkpoints(of: cell, fields: [:], reader) == [])
            let waiting = try resolver.output(of: cell, fields: fields, reader)
            #expect(waiting.problem?.contains("drawn when this cell is updated") == true && waiting.html.isEmpty)
            resolver.sampled[digest] = [1, 2, 3]
            let output = try resolver.output(of: cell, fields: fields, reader)
            #expect(output.problem == nil && output.forms.map(\.bytes) == [FinishedStudy.grid(run, 20), [1, 2, 3]] && output.basis == waiting.basis)
            #expect(output.html.contains("at step 30") && output.basis.runs.count == 1)
            // It rests on the checkpoint, not on the grid of another step.
            let other = try resolver.basis(of: cell, fields: ["run": .string(run.id), "step": 20], reader)
            #expect(other != output.basis)
        }
    }

    @Test func listsOfRunsAndCheckpoints() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let output = try Self.output(
            .runs, "", ["study": .string(study.study.name), "filter": "model = 'wgan' or fid < 28", "order": "fid", "columns": ["id", "fid", "hyperparameters.beta1", "state", "final.fid"], "limit": 2], study)
        let json = try JSONValue(parsing: try #require(output.forms.first { $0.name == "json" }).bytes)
        #expect(output.problem == nil && json["rows"]?.arrayValue?.map { $0["fid"] } == [27, 41] && json["notes"] == ["2 of 9 runs."], "\(json.canonicalText)")
        #expect(output.html.contains("<a href=\"/runs/") && output.address?.hasPrefix("/runs?q=study%20in") == true && output.basis.runs.count == 2)
        let standard = try Self.output(.runs, "", .null, study)
        #expect(standard.problem == nil && standard.html.contains("<th scope=\"col\">Objective, best</th>"))
        let checkpoints = try Self.output(.checkpoints, "", .object([:]), study)
        #expect(checkpoints.problem == nil && checkpoints.html.contains("0 of 0 checkpoints."))
    }

    @Test func aQueryIsATable() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), cell = Cell(try #require(CellID("c")), .sql, source: "SELECT id, best FROM Runs")
        func output(_ answer: Result<SQLAnswer, SQLProblem>) throws -> CellOutput {
            try study.catalog.readNow { try Self.resolver(study).output(of: cell, answer: answer, $0) }
        }
        let rows: [[JSONValue]] = (0..<250).map { [.string("<\($0)>"), .number(Double($0) / 3)] }
        let found = try output(.success(SQLAnswer(columns: ["id", "best"], rows: rows, isTruncated: true)))
        #expect(found.html.contains("<th scope=\"row\">&lt;199&gt;</th><td class=\"number\">66.333333</td>") && !found.html.contains("&lt;200&gt;"))
        #expect(found.html.contains("250 rows, and more: the answer was cut; the first 200 are shown, all are in the files.") && found.forms.map(\.name) == ["csv", "json", "md"])
        #expect(String(decoding: found.forms[0].bytes, as: UTF8.self).split(separator: "\n").count == 251)
        let failed = try output(.failure(SQLProblem("no such table: x")))
        #expect(failed.problem == "no such table: x" && failed.html.isEmpty && failed.basis == found.basis)
        // Nobody knows which rows it would read: every new run makes it stale, a new evaluation does not.
        #expect(found.basis.catalog == ["runs": 8, "ended": 8])
        #expect(try Self.output(.sql, "SELECT id, best FROM Runs", .null, study).basis == found.basis)
        #expect(try Self.output(.sql, "SELECT 1 FROM evaluations, training_metrics", .null, study).basis.catalog.keys.sorted() == ["evaluations", "training_metrics"])
    }

    @Test func theVerificationOfWhatIsCited() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), runs = try study.runs()
        try study.catalog.writeNow { writer in
            try writer.beginVerification(rerun: runs[1].number, original: runs[0].number)
            try writer.finishVerification(
                rerun: runs[1].number, VerificationRecord(original: runs[0].id, rerun: runs[1].id, state: .identical, metrics: 3, evaluations: 2), at: 1_790_000_000)
        }
        let output = try Self.output(.verification, "", citing: [runs[0].id, runs[2].id, "gone"], study)
        let json = try JSONValue(parsing: try #require(output.forms.first { $0.name == "json" }).bytes)
        #expect(json["rows"]?.arrayValue?.map { $0["verdict"] } == ["identical", .null] && json["rows"]?[0]?["compared"] == 5, "\(json.canonicalText)")
        #expect(output.html.contains("Of 2 cited runs: 1 identical, 0 different, 0 inconclusive, 0 being verified, 1 never verified.") && output.html.contains("1 cited run is no longer in the catalog."))
        #expect(output.html.contains("2026-09-21 14:13 UTC"), "\(output.html)")
    }

    @Test func aPlanIsPreviewedAndThenFrozen() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), id = study.study.id
        let preview: CellResolver.PlanPreview = { plan, _ in
            guard plan["name"] == "p" else { throw FieldError(path: "name", problem: .missing) }
            return ["runs": 12, "steps": 480, "id": "000000000001", "digest": "d", "exists": false, "estimate": ["seconds": 90, "memory_bytes": 104_857_600], "notes": ["A <note>."]]
        }
        let cell = Cell(try #require(CellID("c")), .plan, source: "")
        func output(_ fields: JSONValue) throws -> CellOutput {
            try study.catalog.readNow { try Self.resolver(study, preview: preview).output(of: cell, fields: fields, $0) }
        }
        let open = try output(["name": "p"])
        #expect(open.html == "<dl><dt>Runs</dt><dd>12</dd><dt>Steps in all</dt><dd>480</dd><dt>Estimated time</dt><dd>1.5 min</dd><dt>Memory of a worker</dt><dd>100 MiB</dd></dl><p>A &lt;note&gt;.</p>")
        #expect(try output(["name": "q"]).problem == "name: is missing")
        let queued = try output(["study": .string(id)])
        #expect(queued.problem == nil && queued.html.contains("<dt>Runs</dt><dd>8</dd>") && queued.basis.runs.count == 8 && queued.address == "/studies/\(id)", "\(queued.html)")
        #expect(try output(["study": .string(id), "name": "p"]).problem?.contains("a queued plan is frozen") == true)
    }
}

/// Staleness in words.
@Suite("Changes of what a cell rests on")
struct CellBasisTests {
    private func run(_ id: String, _ digest: String = "d", ended: Bool = true, _ evaluations: Int = 2) -> CellBasis.Run {
        CellBasis.Run(id: id, digest: digest, hasEnded: ended, evaluations: evaluations)
    }

    private func basis(_ runs: [CellBasis.Run], rows: String? = nil, catalog: [String: Int] = [:]) -> CellBasis {
        var basis = CellBasis()
        (basis.runs, basis.rows, basis.catalog) = (runs, rows, catalog)
        return basis
    }

    @Test func changesAreWords() {
        func words(_ old: CellBasis, _ new: CellBasis) -> [String] { CellBasis.changes(from: old, to: new) }
        let old = basis([run("a"), run("b", ended: false), run("c")])
        #expect(words(old, old).isEmpty)
        #expect(words(old, basis(old.runs + [run("d")])) == ["1 more run"])
        #expect(words(old, basis(old.runs + [run("d"), run("e"), run("f"), run("g")])) == ["4 more runs"])
        #expect(words(old, basis([run("a"), run("b", "x"), run("c")])) == ["1 run ended"])
        #expect(words(old, basis([run("a", "x", 4), run("b", ended: false), run("c")])) == ["2 evaluations added"])
        #expect(words(old, basis([run("a"), run("b", ended: false)])) == ["results of 1 run deleted"])
        #expect(words(old, basis([run("a", "x"), run("b", ended: false), run("c", "y")])) == ["results of 2 runs changed"])
        #expect(words(old, basis([run("b", "y", 3), run("c"), run("d")])) == ["1 more run", "results of 1 run deleted", "1 run ended", "1 evaluation added"])
        #expect(words(basis([], rows: "x"), basis([], rows: "y")) == ["other rows"])
        #expect(words(basis([], catalog: ["runs": 3, "ended": 1, "studies": 1]), basis([], catalog: ["runs": 5, "ended": 2, "studies": 3])) == ["1 run ended", "2 more runs", "2 more studies"])
    }

    @Test func jsonBothWays() throws {
        let all = basis([run("a"), run("b", ended: false)], rows: "r", catalog: ["runs": 2])
        #expect(try CellBasis(reading: JSONValue(parsing: all.json.canonicalText)) == all)
        #expect(try CellBasis(reading: CellBasis().json) == CellBasis())
        for text in ["[]", "{}", #"{"runs":[{}]}"#, #"{"runs":[],"rows":7}"#, #"{"runs":[],"more":1}"#, #"{"runs":[],"catalog":{"a":"b"}}"#] {
            #expect(throws: FieldError.self, "\(text)") { _ = try CellBasis(reading: JSONValue(parsing: text)) }
        }
    }

    @Test func theKeyIsOfSourceAndResults() throws {
        let id = try #require(CellID("c"))
        let keys = [
            basis([run("a")]).key(of: Cell(id, .text, source: "x")), basis([run("a")]).key(of: Cell(id, .text, source: "y")), basis([run("a", "e")]).key(of: Cell(id, .text, source: "x")),
            basis([run("a")]).key(of: Cell(id, .sql, source: "x")),
        ]
        #expect(Set(keys).count == 4 && keys[0] == basis([run("a")]).key(of: Cell(id, .text, source: "x")))
    }

    @Test func manyBasesAreOne() {
        let (a, b) = (basis([run("a", "1"), run("b", "2")]), basis([run("b", "3"), run("c", "4")]))
        let merged = CellBasis.merging([a, b])
        #expect(merged.runs.map(\.id) == ["a", "b", "c"] && merged.runs[0] == run("a", "1") && merged.runs[1].evaluations == 4 && merged == CellBasis.merging([a, b, a]))
        #expect(CellBasis.merging([a]) == a && CellBasis.merging([]) == CellBasis())
    }

    /// A run ends, and runs are added, between two looks at one figure and one text.
    @Test func resultsThatComeLaterMakeACellStale() throws {
        let study = try FinishedStudy(models: ["vae"])
        let id = study.study.id
        let cells: [(CellKind, String, JSONValue)] = [
            (.figure, "", ["study": .string(id), "metric": "fid"]), (.text, "{{ mean(fid, study = \"\(id)\") }}", .object([:])), (.runs, "", ["study": .string(id), "columns": ["id", "state"]]),
            (.plan, "", ["study": .string(id)]),
        ]
        let before = try cells.map { try CellResolverTests.output($0.0, $0.1, $0.2, study).basis }
        // Setting 3 with seed 1 was left in the queue.
        let open = try #require(try study.runs().first { !$0.state.isFinal })
        try study.catalog.writeNow { writer in
            try writer.start(run: open.number, threads: 1, at: 300, reason: "started")
            let value = RunEvent.Evaluation(step: 20, metric: "fid", value: 3, protocolDigest: "p1", encoder: "lenet-polygons", encoderDigest: "e1e1e1e1e1e1e1", samples: 1000, referenceSplit: "test")
            _ = try writer.ingest(EventBatch(start: 0, end: 10, events: [RunEvent(time: 1, kind: .evaluation(value))]), into: try writer.reader.requiredRun(open.id), at: 301)
            try writer.finish(run: open.number, as: .done, message: "", at: 310)
        }
        let after = try cells.map { try CellResolverTests.output($0.0, $0.1, $0.2, study).basis }
        let words = zip(before, after).map { CellBasis.changes(from: $0, to: $1) }
        #expect(words == [["1 run ended", "1 evaluation added"], ["1 run ended", "1 evaluation added"], ["1 run ended"], ["1 run ended"]], "\(words)")
        #expect(zip(before, after).allSatisfy { $0.digest != $1.digest })
    }
}
