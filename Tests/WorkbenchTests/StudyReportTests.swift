import Canonical
import Catalog
import Datasets
import Figures
import Foundation
import Models
import Studies
import TestSupport
import Testing

@testable import Execution
@testable import Results
@testable import Storage

@Suite("A study as a folder")
struct StudyReportTests {
    /// A study with its report.
    private struct Written {
        let study: FinishedStudy
        let folder: String
        let names: [String]

        init(_ study: FinishedStudy, _ id: String? = nil, metric: String = "fid", beside: [String] = []) throws {
            let id = id ?? study.study.id
            let folder = study.folder.path("report-\(id)-\(metric)")
            let report = try study.catalog.readNow {
                try StudyReport(id, metric: metric, beside: beside, storage: study.storage, folder: folder, models: ModelCatalog.schemas, $0)
            }
            (self.study, self.folder, names) = (study, folder, try report.write())
        }
    }

    /// Created once: the resampling for eight models is slow without optimization.
    private static let whole = Result { try Written(try FinishedStudy()) }

    private func written() throws -> (study: FinishedStudy, names: [String], folder: String) {
        let written = try Self.whole.get()
        return (written.study, written.names, written.folder)
    }

    private func text(_ name: String, _ folder: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    private func json(_ name: String, _ folder: String) throws -> JSONValue { try JSONValue(parsing: text(name, folder)) }

    @Test func everyFileIsThereAndShown() throws {
        let (_, names, folder) = try written()
        #expect(try Set(names).count == names.count && Set(FileManager.default.contentsOfDirectory(atPath: folder)) == Set(names))
        let pictures = ["distribution", "budget", "sensitivity", "ecdf", "profile", "improvement", "paired"]
        for picture in pictures.map({ "fid-\($0)" }) + ["f1-distribution", "f1-budget"] {
            for ending in [".svg", "-dark.svg", ".csv", ".json"] { #expect(names.contains(picture + ending), "\(picture)\(ending)") }
            let (light, dark) = (try text(picture + ".svg", folder), try text(picture + "-dark.svg", folder))
            #expect(light.hasPrefix("<svg") && dark.hasPrefix("<svg") && light != dark)
        }
        for table in ["fid-table", "fid-spread", "f1-table"] { #expect(names.contains(table + ".csv") && names.contains(table + ".json")) }
        // Each file is named on the page, and the page names no file that is not there.
        let page = try text("README.md", folder)
        for name in names where name != "README.md" { #expect(page.contains(name), "\(name)") }
        for match in page.matches(of: /(?:\]\(|src(?:set)?=")([^)"]+)/) { #expect(names.contains(String(match.output.1)), "\(match.output.1)") }
    }

    @Test func thePlanIsTheStudys() throws {
        let (study, _, folder) = try written()
        let plan = try json("plan.json", folder)
        #expect(plan.digest.hex == study.study.digest)
        let planner = RunPlanner(models: ModelCatalog.schemas, datasets: DatasetStore(root: study.storage.datasets))
        #expect(try planner.study(reading: plan, at: 0).record.id == study.study.id)
        let page = try text("README.md", folder)
        #expect(page.contains("digest `\(study.study.digest)`"))
        #expect(page.contains("- Search: wide, sampler philox, search_seed 123, settings 4; seeds 0, 1"))
        #expect(page.hasPrefix("# Small study \\<b>\\*of\\*\\</b> \\| polygons\n"))
    }

    /// Table 3: stars and denominators. WGAN: two of eight diverged (more than a fifth); LSGAN: one of eight failed.
    @Test func theTableCountsFailures() throws {
        let (_, _, folder) = try written()
        let rows = try #require(try json("fid-table.json", folder)["rows"]?.arrayValue)
        #expect(rows.map { $0["model"]?.stringValue } == FinishedStudy.models)
        func row(_ model: String) -> JSONValue? { rows.first { $0["model"]?.stringValue == model } }
        #expect(row("wgan")?["runs"] == 8 && row("wgan")?["failed"] == 2 && row("wgan")?["counted"] == 6 && row("wgan")?["mean"]?["stars"] == "***")
        #expect(row("lsgan")?["failed"] == 1 && row("lsgan")?["counted"] == 7 && row("lsgan")?["mean"]?["stars"] == "**")
        // The default's first seed is the one that failed.
        #expect(row("lsgan")?["default"] == .null && row("ns-gan")?["default"] == 27 && row("ns-gan")?["best"] == 27)
        // MM GAN: 20, 21, 31, 32, 42, 43, 53, 54, the collapsed one among them.
        #expect(row("mm-gan")?["mean"]?["stars"] == "" && row("mm-gan")?["mean"]?["mean"] == 37 && row("mm-gan")?["counted"] == 8)
        let deviation = try #require(row("mm-gan")?["mean"]?["sd"]?.numberValue)
        // numpy.std([20, 21, 31, 32, 42, 43, 53, 54], ddof=1)
        #expect(abs(deviation - 13.158_375_931_050_806) < 1e-9, "\(deviation)")
        #expect(row("vae")?["runs"] == 7)
        let page = try text("README.md", folder)
        #expect(page.contains("\\*\\*\\*") && page.contains("6 of 8") && page.contains("7 of 8"))
    }

    /// Figures 4, 5 and 6.
    @Test func theFiguresHoldTheNumbers() throws {
        let (study, _, folder) = try written()
        let runs = try study.runs().filter { $0.model == "ns-gan" }
        let budget = try json("fid-budget.json", folder)["series"]?.arrayValue?.first { $0["name"] == "ns-gan" }
        // A try is a setting, which counts with the mean over its two seeds.
        func bySetting(_ value: (RunRecord) -> Double) -> [Double] {
            Dictionary(grouping: runs) { $0.setting ?? 0 }.values.map { $0.map(value).reduce(0, +) / Double($0.count) }
        }
        let fids = bySetting(FinishedStudy.fid)
        let means = try #require(budget?["y"]?.arrayValue).compactMap(\.numberValue)
        try #require(fids.count == 4 && means.count == 4)
        #expect(abs(means[0] - fids.reduce(0, +) / 4) < 1e-9 && abs(means[3] - Self.expectedMinimum(fids, budget: 4)) < 1e-9)
        // Failures count as the worst value shown, so the line of a model that has some begins above the mean of its successes.
        let wgan = try json("fid-budget.json", folder)["series"]?.arrayValue?.first { $0["name"] == "wgan" }
        let good = try study.runs().filter { $0.model == "wgan" && $0.state == .done }.map(FinishedStudy.fid)
        #expect(try #require(wgan?["y"]?[0]?.numberValue) > good.reduce(0, +) / Double(good.count))
        let f1 = try json("f1-budget.json", folder)["series"]?.arrayValue?.first { $0["name"] == "ns-gan" }
        let best = try #require(f1?["y"]?.arrayValue).compactMap(\.numberValue)
        try #require(best.count == 4)
        #expect(abs(best[3] + Self.expectedMinimum(bySetting { -FinishedStudy.f1($0) }, budget: 4)) < 1e-9 && best[0] < best[3])
        let distribution = try json("fid-distribution.json", folder)
        #expect(distribution["models"]?.arrayValue?.map { $0["runs"]?.arrayValue?.count } == Array(repeating: 8, count: 8))
        let collapsed = distribution["models"]?[0]?["runs"]?.arrayValue?.filter { $0["collapsed"] == true }
        #expect(collapsed?.count == 1 && collapsed?[0]["state"] == "done")
        let svg = Self.words(try text("fid-distribution.svg", folder))
        for word in ["A star is the default setting.", "A hole in a point: the run collapsed.", "n = 6 + 2 failed"] { #expect(svg.contains(word), "\(word)") }
    }

    /// E[min] of b draws with replacement, by the formula of order statistics.
    private static func expectedMinimum(_ scores: [Double], budget: Double) -> Double {
        let (sorted, n) = (scores.sorted(), Double(scores.count))
        return sorted.enumerated().reduce(0) { $0 + $1.element * (pow((n - Double($1.offset)) / n, budget) - pow((n - Double($1.offset) - 1) / n, budget)) }
    }

    @Test func howRunsEndedIsTold() throws {
        let page = try text("README.md", try written().folder)
        #expect(page.contains("| WGAN | 8 | 6 | 0 | 2 | 0 | 0 |") && page.contains("| LSGAN | 8 | 7 | 0 | 0 | 1 | 0 |"))
        #expect(page.contains("| MM GAN | 8 | 8 | 1 | 0 | 0 | 0 |") && page.contains("| VAE | 8 | 7 | 0 | 0 | 0 | 1 |"))
        for words in ["timed out after 10 s", "loss is not finite \\| at step 26", "| MM GAN | 2 | 0 | collapsed |"] { #expect(page.contains(words), "\(words)") }
        // KID, precision, and recall have no figures but are listed: best (median).
        #expect(page.contains("KID (lower is better)") && page.contains("| NS GAN | 0.027 "))
    }

    /// Each model's default and best run as the picture of the step that counts, and the default alone where it is the best.
    @Test func gridsOfDefaultAndBest() throws {
        let (study, names, folder) = try written()
        let runs = try study.runs()
        func run(_ model: String, _ setting: Int, _ seed: Int64) throws -> RunRecord {
            try #require(runs.first { $0.model == model && $0.setting == setting && $0.seed == seed })
        }
        for model in FinishedStudy.models { #expect(names.contains("grid-\(model)-default.png")) }
        #expect(names.filter { $0.hasSuffix("-best.png") } == ["grid-lsgan-best.png"])
        let files = try ["grid-ns-gan-default.png", "grid-lsgan-default.png", "grid-lsgan-best.png"].map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
        #expect(files[0] == FinishedStudy.grid(try run("ns-gan", 0, 0), 20), "the picture of the best evaluation")
        #expect(files[1] == FinishedStudy.grid(try run("lsgan", 0, 0), 20), "the last picture of a run that failed")
        #expect(files[2] == FinishedStudy.grid(try run("lsgan", 0, 1), 20))
        let page = try text("README.md", folder)
        #expect(page.contains("![LSGAN, default setting](grid-lsgan-default.png)<br>failed at step 25; image at step 20. Setting 0, seed 0: beta1 0.5,"))
        #expect(page.contains("![NS GAN, default setting](grid-ns-gan-default.png)<br>FID 27 at step 20; image at step 20.") && page.contains("the default is the best"))
    }

    @Test func oneSettingAndOneSeedLeaveOutWhatComparesThem() throws {
        let written = try Written(try FinishedStudy(settings: 1, seeds: 1, models: ["ns-gan", "vae"]))
        #expect(!written.names.contains { $0.contains("sensitivity") || $0.contains("paired") || $0.contains("spread") } && written.names.contains("fid-budget.svg"))
        #expect(!written.names.contains { $0.hasPrefix("curve-") })
        #expect(!Self.words(try text("fid-distribution.svg", written.folder)).contains("A star is"))
    }

    @Test func anotherMetricLeads() throws {
        let written = try Written(try FinishedStudy(settings: 2, seeds: 1, models: ["ns-gan", "vae"]), metric: "f1")
        for name in ["F1.md", "f1-sensitivity.svg", "fid-budget.svg"] { #expect(written.names.contains(name), "\(name)") }
        #expect(!written.names.contains("fid-sensitivity.svg"))
        #expect(try text("F1.md", written.folder).contains("![NS GAN, default setting](grid-ns-gan-default.png)<br>F1 "))
    }

    /// Figure 15: each model's narrow runs next to its wide ones.
    @Test func narrowBesideWide() throws {
        let wide = try FinishedStudy(settings: 6, seeds: 1, models: ["ns-gan", "wgan"])
        let narrow = try wide.add(FinishedStudy.plan(["ns-gan", "wgan"], ["kind": "narrow", "settings": 5], name: "Narrow"))
        let written = try Written(wide, narrow.id, beside: [wide.study.id])
        let models = try #require(try json("fid-beside.json", written.folder)["models"]?.arrayValue)
        #expect(models.map { $0["model"]?.stringValue } == ["ns-gan", "ns-gan", "wgan", "wgan"])
        #expect(models.map { $0["runs"]?.arrayValue?.count } == [6, 5, 6, 5])
        #expect(models[1]["title"]?.stringValue == "NS GAN · Narrow")
        let rows = try #require(try json("fid-transfer.json", written.folder)["rows"]?.arrayValue)
        #expect(rows.map { $0["study"]?.stringValue } == [wide.study.id, narrow.id, wide.study.id, narrow.id])
        #expect(rows[0]["improvement"] == .null && rows[0]["runs"] == 6)
        // NS GAN: wide 27, 49, 71, 93, 115, 137; narrow 27, 33, 39, 45, 51. Of 30 pairs narrow is better in 5 + 4 * 5 + 4 = 28 and ties in one.
        let fids = try wide.catalog.readNow { reader in try [wide.study.id, narrow.id].map { try reader.runs(ofStudy: $0).filter { $0.model == "ns-gan" }.map(FinishedStudy.fid) } }
        let pairs = fids[1].flatMap { narrow in fids[0].map { narrow < $0 ? 1 : narrow == $0 ? 0.5 : 0 } }
        let share = try #require(rows[1]["improvement"]?["value"]?.numberValue)
        #expect(abs(share - pairs.reduce(0, +) / 30) < 1e-12 && share > 0.7)
        // WGAN's setting 1 diverged in both: counted, and worse than everything.
        #expect(rows[3]["failed"] == 1 && rows[3]["runs"] == 5)
        let page = try text("README.md", written.folder)
        #expect(page.contains("## FID beside Small study") && page.contains("fid-beside-dark.svg") && page.contains("figure 15"))
        #expect(try text("fid-beside.svg", written.folder).contains("NS GAN · Narrow"))
    }

    /// The critic's loss of each setting over the steps, and how a run that diverged stops.
    @Test func lossesOfAGrid() throws {
        let study = try FinishedStudy(settings: 1, seeds: 1, models: ["wgan"])
        let grid = try study.add(FinishedStudy.plan(["wgan"], ["kind": "grid"], seeds: 2, grid: ["weight_clipping": [0.1, 1], "disc_iters": [1]]))
        let written = try Written(study, grid.id)
        let series = try #require(try json("curve-wgan-discriminator_loss.json", written.folder)["series"]?.arrayValue)
        #expect(series.map { $0["name"]?.stringValue } == ["setting-0", "setting-1", "setting-2"])
        #expect(series[1]["title"]?.stringValue == "disc_iters 1, weight_clipping 0.1" && series[0]["title"]?.stringValue == "default: disc_iters 5, weight_clipping 0.01")
        // Forty steps in forty stretches: each step's own loss. Setting 1 diverged at step 25.
        let last = try #require(series[2]["y"]?.arrayValue?.last?.numberValue)
        #expect(abs(last - (2 - 4)) < 1e-6 && series[2]["y"]?.arrayValue?.count == 40 && series[1]["y"]?.arrayValue?.count == 25)
        let page = try text("README.md", written.folder)
        // WGAN's FID is 41 at setting 0; a second seed is left to the other figures.
        #expect(page.contains("### Settings of WGAN") && page.contains("| 0 | default: disc\\_iters 5, weight\\_clipping 0.01 | done | 41 | 20 | 44 |"), "\(page)")
        #expect(page.contains("| 1 | disc\\_iters 1, weight\\_clipping 0.1 | diverged | – | – | – |"))
        #expect(!written.names.contains { $0.contains("improvement") || $0.contains("paired") } && written.names.contains("curve-wgan-generator_loss.svg"))
        #expect(ReportCurves.means([1, 2, 3, 4], [1, nil, 3, 5], steps: 100).map(\.y) == [1, 4])
    }

    /// A line beside one that is more than twenty times as large would be a line at zero: each is divided by its own peak, and says so.
    @Test func linesOfDifferentSizeAreDivided() {
        func line(_ title: String, _ values: [Double]) -> LineFigure.Line {
            LineFigure.Line(name: title, title: title, appearance: 0, points: values.enumerated().map { LineFigure.Point(x: Double($0.offset), y: $0.element) })
        }
        let near = ReportCurves.comparable([line("a", [1, -2]), line("b", [0.5, 0.1])])
        #expect(!near.isDivided && near.lines.map(\.title) == ["a", "b"] && near.lines[0].points.map(\.y) == [1, -2])
        let far = ReportCurves.comparable([line("a", [-10, -40]), line("b", [0.5, 0.25]), line("c", [0, 1e-12])])
        #expect(far.isDivided && far.lines.map(\.title) == ["a (÷ 40)", "b (÷ 0.5)", "c (about 0)"])
        #expect(far.lines.map { $0.points.map(\.y) } == [[-0.25, -1], [1, 0.5], [0, 1e-12]])
    }

    @Test func sameStudySameBytes() throws {
        let study = try FinishedStudy(settings: 2, seeds: 2, models: ["ns-gan", "vae"])
        func contents() throws -> [Data] {
            let written = try Written(study)
            return try written.names.map { try Data(contentsOf: URL(fileURLWithPath: "\(written.folder)/\($0)")) }
        }
        #expect(try contents() == contents())
    }

    @Test func mixedProtocolsAreRefused() throws {
        let study = try FinishedStudy(models: ["ns-gan"], protocols: { "p\($0 % 2)" })
        #expect { _ = try Written(study) } throws: { "\($0)".contains("2 evaluation protocols") }
    }

    /// The text of an SVG, regardless of line breaks.
    private static func words(_ svg: String) -> String {
        svg.replacing(/<[^>]*>/, with: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
