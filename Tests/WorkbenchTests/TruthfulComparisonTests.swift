import Canonical
import Catalog
import Events
import Figures
import Foundation
import Models
import Testing

@testable import Execution
@testable import Results

/// The notes of comparison figures must match what they show.
@Suite("Comparisons that do not mislead")
struct TruthfulComparisonTests {
    private func figure(_ study: FinishedStudy, _ query: ComparisonQuery, _ figure: ComparisonFigure) throws -> JSONValue {
        try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }.figure(figure, scale: nil).json
    }

    /// The best FID of each run of a model, by setting and seed.
    private func scores(_ study: FinishedStudy, _ model: String) throws -> [[Double]] {
        let runs = try study.catalog.readNow { try $0.runs(ofStudy: study.study.id) }.filter { $0.model == model }
        return (0..<4).map { setting in runs.filter { $0.setting == setting }.sorted { $0.seed < $1.seed }.map(FinishedStudy.fid) }
    }

    @Test func theBudgetCountsSettings() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "wgan"])
        let query = ComparisonQuery(studies: [study.study.id])
        let settings = try figure(study, query, .budget)
        #expect(settings["x"] == "Budget: settings tried")
        let series = try #require(settings["series"]?.arrayValue?.first { $0["name"] == "wgan-gp" })
        #expect(series["x"]?.arrayValue?.map(\.numberValue) == [1, 2, 3, 4])
        // One setting drawn is any of them: their mean, each being the mean of its two seeds. All four drawn: closer to the least.
        let means = try scores(study, "wgan-gp").map { ($0[0] + $0[1]) / 2 }
        #expect(abs((series["y"]?[0]?.numberValue ?? 0) - means.reduce(0, +) / 4) < 1e-9)
        // The setting of wgan whose two runs diverged counts as the worst run that is shown.
        let wgan = try #require(settings["series"]?.arrayValue?.first { $0["name"] == "wgan" })
        let own = try scores(study, "wgan")
        let worst = try (scores(study, "wgan-gp") + [own[0], own[2], own[3]]).flatMap(\.self).max() ?? 0
        let counted = [own[0].reduce(0, +) / 2, worst, own[2].reduce(0, +) / 2, own[3].reduce(0, +) / 2]
        #expect(abs((wgan["y"]?[0]?.numberValue ?? 0) - counted.reduce(0, +) / 4) < 1e-9)
        let notes = settings["notes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(notes.contains("A try is a setting, which counts with the mean over its seeds (2 each)."), "\(notes)")
        #expect(settings["band_method"]?.stringValue?.contains("stream bootstrap/minimum, seed 0") == true)

        var byRuns = query
        byRuns.budget = .runs
        let runs = try figure(study, byRuns, .budget)
        #expect(runs["x"] == "Budget: runs tried" && runs["series"]?[0]?["x"]?.arrayValue?.count == 8)
    }

    /// A group of failures alone is not drawn at the worst score of others.
    @Test func aGroupWithoutAScoreIsAbsentFromTheBudget() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "wgan"])
        let failed = try study.runs().filter { $0.model == "wgan" && $0.state == .diverged }
        let chosen = try study.runs().filter { $0.model == "wgan-gp" } + failed
        let budget = try figure(study, ComparisonQuery(runs: chosen.map(\.id)), .budget)
        #expect(failed.count == 2 && budget["series"]?.arrayValue?.map { $0["name"] } == ["wgan-gp"])
        #expect(budget["absent"] == [["name": "wgan", "title": "WGAN", "reason": "none of 2 runs has a score, at any budget"]], "\(budget["absent"] ?? .null)")
    }

    @Test func theCumulativeCurveBeginsAtNothing() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "wgan"])
        for kind in [ComparisonFigure.ecdf, .profile] {
            let series = try #require(try figure(study, ComparisonQuery(studies: [study.study.id]), kind)["series"]?.arrayValue)
            #expect(series.allSatisfy { $0["y"]?[0]?.numberValue == 0 }, "\(kind)")
            for (name, fraction) in [("wgan-gp", 1), ("wgan", 0.75)] {
                let line = try #require(series.first { $0["name"] == .string(name) })
                #expect(line["y"]?.arrayValue?.last?.numberValue == fraction, "\(kind) of \(name)")
            }
        }
        // A metric that is better when greater falls to nothing behind its greatest value.
        let series = try #require(try figure(study, ComparisonQuery(studies: [study.study.id], metric: "f1"), .ecdf)["series"]?.arrayValue)
        for line in series {
            #expect(line["y"]?.arrayValue?.last?.numberValue == 0 && line["y"]?[0]?.numberValue == (line["name"] == "wgan-gp" ? 1 : 0.75), "\(line.canonicalText)")
        }
    }

    /// Eight runs a model, two of them the default's: n is of the pairs.
    @Test func pairedDifferencesCountTheirPairs() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "wgan"])
        let paired = try figure(study, ComparisonQuery(studies: [study.study.id]), .paired)
        let notes = paired["notes"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? ""
        #expect(!notes.contains(" 8") && notes.contains("n: the pairs that are complete, beside each row."), "\(notes)")
        #expect(paired["rows"]?[0]?["remark"]?.stringValue?.contains("2") == true, "\(paired.canonicalText)")
    }

    /// Protocols that cannot be compared are reported field by field.
    @Test func aRefusalSaysWhatDiffers() throws {
        func content(_ encoder: String, _ weights: String, samples: Int, options: JSONValue = .null) -> JSONValue {
            [
                "metric": "fid", "encoder": .string(encoder), "encoder_digest": .string(String(repeating: weights, count: 64)), "samples": .count(samples),
                "reference_split": "test", "numerics": 1, "options": options,
            ]
        }
        let contents = [content("mnist-cnn", "a", samples: 10000), content("polygons-cnn", "b", samples: 2048, options: ["k": 3])]
        let study = try FinishedStudy(models: ["ns-gan"], protocols: { contents[$0 % 2].digest.hex })
        func refusal() throws -> (String, JSONValue) {
            let comparison = try study.catalog.readNow { try Comparison(ComparisonQuery(studies: [study.study.id]), models: ModelCatalog.schemas, $0) }
            let error = #expect(throws: ResultsError.self) { try comparison.figure(.distribution, scale: nil) }
            return (error.map { "\($0)" } ?? "", comparison.json["differences"] ?? .null)
        }
        let ordered = contents.sorted { $0.digest.hex < $1.digest.hex }.map { $0.digest.hex.prefix(12) }
        // Their contents are unknown, and their values do not differ.
        let unknown = try refusal().0
        #expect(unknown.hasSuffix("they differ in protocol: \(ordered[0]) -> \(ordered[1])"), "\(unknown)")
        let run = try #require(try study.runs().first)
        try study.catalog.writeNow { writer in
            let events = contents.map { RunEvent(time: 1, kind: .protocolContent(.init(content: $0))) }
            _ = try writer.ingest(EventBatch(start: 10, end: 20, events: events), into: run, at: 300)
        }
        let isTurned = contents[0].digest.hex > contents[1].digest.hex
        let pairs = [
            ("encoder", "mnist-cnn", "polygons-cnn"), ("encoder_digest", "aaaaaaaaaaaa", "bbbbbbbbbbbb"), ("samples", "10000", "2048"), ("options", "null", #"{"k":3}"#),
        ].map { isTurned ? "\($0): \($2) -> \($1)" : "\($0): \($1) -> \($2)" }
        let (text, differences) = try refusal()
        #expect(text.hasSuffix("2 evaluation protocols and cannot be compared; they differ in " + pairs.joined(separator: "; ")), "\(text)")
        #expect(differences == .array(pairs.map { .string($0) }))
    }

    /// A model always has the same style, whatever else is selected and in whichever study.
    @Test func aModelLooksAlikeInEverySelection() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan", "vae"])
        let other = try study.add(FinishedStudy.plan(["vae", "ns-gan"], ["kind": "narrow", "settings": 2], name: "Other"))
        func looks(_ query: ComparisonQuery) throws -> [String: Set<Int>] {
            let groups = try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }.groups
            return Dictionary(grouping: groups, by: \.model).mapValues { Set($0.map(\.appearance.index)) }
        }
        let all = try looks(ComparisonQuery(studies: [study.study.id, other.id]))
        #expect(all.values.allSatisfy { $0.count == 1 } && Set(all.values.flatMap(\.self)).count == 3)
        #expect(try looks(ComparisonQuery(studies: [other.id, study.study.id])) == all)
        #expect(try looks(ComparisonQuery(studies: [study.study.id], models: ["vae"]))["vae"] == all["vae"])
        #expect(try looks(ComparisonQuery(runs: study.catalog.readNow { try $0.runs(ofStudy: other.id) }.map(\.id)))["ns-gan"] == all["ns-gan"])
    }

    @Test func theAxisIsChosenByTheValuesAndSaysSo() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "wgan"])
        let comparison = try study.catalog.readNow { try Comparison(ComparisonQuery(studies: [study.study.id]), models: ModelCatalog.schemas, $0) }
        // From 41 to 120: less than two decades.
        #expect(comparison.chosen(nil).scale == .linear && comparison.chosen(.logarithmic).scale == .logarithmic)
        #expect(try comparison.figure(.distribution, scale: nil).json["scale"] == "linear")
    }

    @Test func numbersOfATableShareTheirDecimals() throws {
        let study = try FinishedStudy(models: ["wgan-gp", "ns-gan", "vae"])
        let comparison = try study.catalog.readNow { try Comparison(ComparisonQuery(studies: [study.study.id]), models: ModelCatalog.schemas, $0) }
        let html = try #require(try comparison.figure(.table, scale: nil).html)
        let rows = html.split(separator: "\n").filter { $0.hasPrefix("<tr><th scope=\"row\">") }
        // Default, best and median.
        for column in 3...5 {
            let cells = rows.map { $0.components(separatedBy: "<td>")[column].components(separatedBy: "</td>")[0] }
            #expect(Set(cells.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }).count == 1, "\(cells)")
        }
    }
}
