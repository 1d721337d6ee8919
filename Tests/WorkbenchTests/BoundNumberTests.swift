import Canonical
import Catalog
import Foundation
import Models
import Notebooks
import Testing
import Training

@testable import Results
@testable import Storage

/// The values of bound expressions, against numbers worked out here from the runs' known values.
@Suite("Bound numbers")
struct BoundNumberTests {
    static func views(_ study: FinishedStudy) -> ViewResolver {
        ViewResolver(models: ModelCatalog.schemas) { [storage = study.storage] run, sample in try FileSystem.read(storage.run(run).path + "/" + sample.file, limit: 1 << 24) }
    }

    static func evaluate(_ source: String, _ study: FinishedStudy) throws -> EvaluatedExpression {
        try study.catalog.readNow { try ExpressionEvaluator(views: views(study)).evaluate(source, $0) }
    }

    /// Fills in the study's id.
    private func value(_ source: String, _ study: FinishedStudy) throws -> EvaluatedExpression {
        try Self.evaluate(source.replacing("STUDY", with: "study = \"\(study.study.id)\""), study)
    }

    @Test func valuesAreThoseOfTheRuns() throws {
        let study = try FinishedStudy()
        // NS GAN's best FIDs: 27, 28, 49, 50, 71, 72, 93, 94. WGAN's: 41, 42, two diverged, 63, 64, 74 + 0, 75 + 0 with a stride of 11.
        let expected: [(source: String, text: String, n: Int)] = [
            (#"min(fid, STUDY, model = "ns-gan")"#, "27", 8), (#"max(fid, STUDY, model = "ns-gan")"#, "94", 8), (#"best(fid, STUDY, model = "ns-gan")"#, "27", 8),
            (#"min(fid, STUDY, model = "ns-gan", selection = final)"#, "30", 8), (#"mean(fid, STUDY, model = "ns-gan")"#, "60.50", 8),
            (#"median(fid, STUDY, model = "ns-gan")"#, "60.50", 8), (#"median(fid, STUDY, model = wgan)"#, "69", 8), (#"iqm(fid, STUDY, model = wgan)"#, "69.00", 8),
            (#"mean(fid, STUDY, model = wgan)"#, "59.83", 6), (#"mean(fid, STUDY, model = wgan, digits = 2)"#, "60", 6), (#"mean(fid, STUDY, model = "ns-gan", setting = 0)"#, "27.50", 2),
            (#"mean(fid, STUDY, model = "ns-gan", setting = [0, 1], seed = 1)"#, "39.00", 2), (#"sd(fid, STUDY, model = "ns-gan", setting = 0)"#, "0.7071", 2),
            (#"best(fid, STUDY, model = "ns-gan", show = setting)"#, "0", 8), (#"best(fid, STUDY, show = model)"#, "MM GAN", 60), (#"best(fid, STUDY, model = "ns-gan", show = step)"#, "20", 8),
            (#"best(fid, STUDY, model = "ns-gan", budget = 2)"#, "46.75", 4), (#"best(fid, STUDY, model = "ns-gan", budget = 1, unit = runs)"#, "60.50", 8),
            (#"best(f1, STUDY, model = "mm-gan")"#, "0.850", 8), (#"max(f1, STUDY, model = "mm-gan", percent = true)"#, "85.0 %", 8), (#"min(f1, STUDY, model = dragan, digits = 2)"#, "0.51", 8),
            (#"difference(fid, "wgan-gp", "ns-gan", STUDY)"#, "21.00 (21.00 to 21.00)", 2), (#"difference(fid, lsgan, "ns-gan", STUDY, interval = false)"#, "7.000", 1),
            (#"improvement(fid, "ns-gan", "mm-gan", STUDY)"#, "0.250", 16),
            ("count(STUDY)", "64", 64), ("count(STUDY, outcome = diverged)", "2", 64), ("count(fid, STUDY, model = lsgan)", "7", 8), ("failed(STUDY)", "4", 63),
            ("failed(STUDY, outcome = [diverged, timed_out])", "3", 63), ("failed(STUDY, percent = true)", "6.35 %", 63), ("failed(STUDY, model = dragan)", "0", 8),
            (#"min(fid, STUDY, where = "model = 'vae' and setting > 0")"#, "91", 5),
        ]
        for (source, text, n) in expected {
            let found = try value(source, study)
            #expect(found.text == text && found.error == nil && found.n == n, "\(source): \(found.text), n = \(found.n), \(found.detail)")
        }
    }

    /// Not rounded: the values are those of statistics that are worked out here again.
    @Test func numbersAreExact() throws {
        let study = try FinishedStudy(), runs = try study.runs()
        func fids(_ model: String) -> [Double] { runs.filter { $0.model == model && $0.state == .done }.map(FinishedStudy.fid).sorted() }
        let ns = fids("ns-gan"), mean = ns.reduce(0, +) / 8
        #expect(try value(#"sd(fid, STUDY, model = "ns-gan")"#, study).value.numberValue == (ns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot())
        // A run that timed out counts as worse than every other.
        let mm = fids("mm-gan"), wins = ns.reduce(0.0) { sum, x in sum + mm.reduce(0.0) { $0 + (x < $1 ? 1 : x == $1 ? 0.5 : 0) } } / Double(ns.count * mm.count)
        #expect(try value(#"improvement(fid, "ns-gan", "mm-gan", STUDY)"#, study).value.numberValue == wins)
        #expect(try value(#"best(fid, STUDY, model = "ns-gan", hyperparameter = learning_rate)"#, study).value == 5e-5)
        let best = try value(#"best(fid, STUDY, model = "ns-gan", show = run)"#, study)
        let first = try #require(runs.first { $0.model == "ns-gan" && $0.setting == 0 && $0.seed == 0 })
        #expect(best.text == first.id && best.address == "/runs/\(first.id)")
        // The interval is that of the comparison's own table.
        let iqm = try value(#"iqm(fid, STUDY, model = wgan, interval = true)"#, study)
        let table = try study.catalog.readNow { try Comparison(ComparisonQuery(studies: [study.study.id], models: ["wgan"]), models: ModelCatalog.schemas, $0) }.figure(.table, scale: nil).json
        let own = try #require(table["rows"]?[0]?["iqm"])
        #expect(iqm.value == own["value"] && iqm.interval?.lower == own["lower"]?.numberValue)
        // With two of eight failed, half of the middle may fail in a resample.
        #expect(own["upper"] == .null && iqm.interval?.upper == .infinity && iqm.text.hasSuffix("to failed)"), "\(iqm.text)")
    }

    @Test func whereTheNumberComesFrom() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let mean = try value("mean(fid, STUDY, model = wgan)", study)
        #expect(mean.protocolDigest == "p1" && mean.metric == "fid" && mean.runs.count == 6 && mean.basis.runs.count == 8)
        #expect(mean.detail == "Mean of FID over n = 6 of 8 runs that ended, 2 of them failed; best evaluation of each run; evaluation protocol p1.", "\(mean.detail)")
        #expect(mean.address == "/compare?studies=\(study.study.id)&models=wgan&metric=fid&figure=table")
        let part = try value("mean(fid, STUDY, model = wgan, setting = 0)", study)
        #expect(part.address == "/runs?q=" + View.encoded("study = '\(study.study.id)' and model = 'wgan' and setting = 0"), "\(part.address ?? "")")
        #expect(try value("failed(STUDY)", study).detail == "2 of 16 runs that ended otherwise than done (2 diverged).")
        let json = mean.json
        #expect(json["protocol"] == "p1" && json["n"] == 6 && json["text"] == .string(mean.text) && json["error"] == .null && json["runs"]?.arrayValue?.count == 6)
    }

    @Test func whatHasNoValueSaysWhy() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        _ = try study.add(FinishedStudy.plan(["vae"], ["kind": "single"], name: "Twins", seeds: 2))
        _ = try study.add(FinishedStudy.plan(["vae"], ["kind": "single"], name: "Twins", seeds: 3))
        for (source, words) in [
            ("mn(fid, STUDY)", "did you mean min?"), (#"min(fid, study = "Twin")"#, #"column 18: there is no study "Twin"; did you mean "Twins"?"#),
            (#"min(fid, study = "Twins")"#, "2 studies are named"), (#"min(fid, run = "nothing")"#, #"column 16: there is no run "nothing""#), ("min(fib, STUDY)", "did you mean fid?"),
            ("min(modes, STUDY)", "measured are f1, fid, kid, precision, recall"), ("min(fid, STUDY, model = ns-gam)", "did you mean ns-gan?"), (#"difference(fid, wgan, vae, STUDY)"#, "known are ns-gan, wgan"),
            ("min(fid, STUDY, setting = 9)", "has setting = 9"), ("min(fid, STUDY, model = wgan, setting = 1)", "none of 2 runs (2 diverged) ended with a value of fid"),
            (#"min(fid, STUDY, where = "fib < 3")"#, "where: there is no field 'fib'"), (#"min(fid, STUDY, where = "fid <")"#, "at character"),
            (#"min(fid, STUDY, protocol = "zz")"#, "no value of fid was measured under a protocol zz; known are p1"), ("best(fid, STUDY, budget = 2)", "add model = …, one of ns-gan, wgan"),
            ("best(fid, STUDY, model = wgan, budget = 5)", "more than the 4 settings"), ("best(fid, STUDY, hyperparameter = beta3)", "did you mean beta1?"),
            ("sd(fid, STUDY, model = wgan, setting = 0, seed = 0)", "a standard deviation needs two runs"), ("median(fid, STUDY, model = wgan, setting = [1], seed = 0)", "none of 1 run "),
            ("difference(fid, wgan, ns-gan, STUDY, setting = 1)", "no seed of setting 1 has a value of both"), ("difference(fid, wgan, ns-gan, STUDY, setting = [0, 1])", "a difference is of one setting"),
        ] {
            let found = try value(source, study)
            #expect(found.error?.contains(words) == true && found.value == .null && found.text == found.error, "\(source): \(found.text)")
        }
    }

    /// What was measured in several ways is not mixed; one way at a time has a value.
    @Test func protocolsAreNeverMixed() throws {
        let study = try FinishedStudy(models: ["ns-gan"]) { $0 % 2 == 0 ? "p1" : "p2" }
        for function in ["min", "max", "mean", "sd", "median", "iqm", "best"] {
            let mixed = try value("\(function)(fid, STUDY)", study)
            #expect(mixed.error?.contains("2 evaluation protocols and cannot be compared; they differ in protocol: p1 -> p2") == true, "\(mixed.text)")
        }
        let (first, second) = (try value(#"count(fid, STUDY)"#, study), try value(#"mean(fid, STUDY, protocol = "p2")"#, study))
        #expect(first.text == "8" && second.error == nil && second.n == 4 && second.protocolDigest == "p2", "\(second.text)")
        #expect(try value("min(fid, STUDY, setting = 0, seed = 0)", study).error == nil)
    }

    /// Every example of the documentation shows what stands beside it.
    @Test func theExamplesOfTheDocumentationAreTrue() throws {
        let study = try FinishedStudy(models: ["vae"])
        _ = try study.add(FinishedStudy.plan(FinishedStudy.models, ["kind": "wide", "settings": 4], name: "small-polygons", seeds: 2))
        let document = try String(contentsOf: Documents.root.appendingPathComponent("docs/notebooks.md"), encoding: .utf8)
        let parts = document.components(separatedBy: "<!-- examples -->")
        try #require(parts.count == 3)
        let rows = parts[1].split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.matches(of: /`([^`]+)`/).map { String($0.1) } }
        #expect(rows.count >= 20)
        var used: Set<String> = []
        for row in rows {
            try #require(row.count == 2, "\(row)")
            let found = try Self.evaluate(row[0], study)
            #expect(found.text == row[1], "\(row[0]) shows \(found.text)")
            used.insert(String(row[0].prefix { $0 != "(" }))
        }
        #expect(used == Set(ExpressionGrammar.functions.map(\.name)), "every function has an example")
    }

    /// The tables of the documentation list what the grammar has.
    @Test func theTablesOfTheDocumentationAreTheGrammar() throws {
        let document = try String(contentsOf: Documents.root.appendingPathComponent("docs/notebooks.md"), encoding: .utf8)
        let arguments = try #require(document.components(separatedBy: "<!-- arguments -->").dropFirst().first)
        for argument in ExpressionGrammar.arguments {
            #expect(arguments.contains("| `\(argument.name)` | \(argument.kind.text) | \(argument.meaning) |"), "\(argument.name)")
        }
        let functions = try #require(document.components(separatedBy: "<!-- functions -->").dropFirst().first)
        let common = ["study", "run", "model", "setting", "seed", "where"]
        for function in ExpressionGrammar.functions {
            let row = try #require(functions.split(separator: "\n").first { $0.hasPrefix("| `\(function.name)(") }, "\(function.name)")
            let list = function.arguments.filter { !common.contains($0) }.joined(separator: ", ")
            #expect(row.hasSuffix("| \(list) |") || row.hasSuffix("| \(list); not model |"), "\(function.name): \(list)")
            #expect(function.arguments.contains("model") != row.hasSuffix("not model |"))
        }
    }
}

/// The documents of the project.
enum Documents {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
