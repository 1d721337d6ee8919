import Canonical
import Catalog
import Figures
import Foundation
import Models
import TestSupport
import Testing

@testable import Execution
@testable import Results

/// The bytes of every kind of figure and table in every form, from results that are identical on every machine: `Tests/Fixtures/figure-digests.txt`
/// holds their digests. A line changes only together with CHANGELOG.md, because links and papers show these bytes.
@Suite("Digests of figures") struct FigureDigestTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/figure-digests.txt")
    private static let styles = [("light-760", FigureStyle(theme: .light, width: 760)), ("dark-390", FigureStyle(theme: .dark, width: 390))]

    private static func lines(_ name: String, svg: ((FigureStyle) -> String)?, _ forms: [(String, String?)]) -> [String] {
        let pictures = styles.compactMap { style in svg.map { ("svg-\(style.0)", Optional($0(style.1))) } }
        return (pictures + forms).compactMap { form in form.1.map { "\(name) \(form.0) \(Digest.sha256($0).hex)" } }
    }

    /// Two studies that have ended, with diverged, failed, collapsed and unfinished runs; run lengths, seeds and settings differ.
    private func found() throws -> [String] {
        let study = try FinishedStudy(settings: 3, models: ["mm-gan", "lsgan", "wgan"])
        let narrow = try study.add(FinishedStudy.plan(["wgan", "vae"], ["kind": "narrow", "settings": 2], name: "Narrow", seeds: 2))
        let grid = try study.add(FinishedStudy.plan(["wgan"], ["kind": "grid"], name: "Grid", grid: ["learning_rate": [1e-4, 1e-3], "beta1": [0, 0.5]]))
        let queries: [(String, ComparisonQuery, [ComparisonFigure])] = [
            ("two", ComparisonQuery(studies: [study.study.id, narrow.id]), ComparisonFigure.allCases),
            ("grid", ComparisonQuery(studies: [grid.id]), [.distribution, .sensitivity]),
            ("f1", ComparisonQuery(studies: [study.study.id], metric: "f1", selection: .final), [.distribution, .ecdf, .table]),
        ]
        var lines: [String] = []
        for (name, query, figures) in queries {
            let comparison = try study.catalog.readNow { try Comparison(query, models: ModelCatalog.schemas, $0) }
            for figure in figures {
                let rendered: RenderedFigure
                do {
                    rendered = try comparison.figure(figure, scale: nil)
                } catch {
                    // An empty figure is a valid answer.
                    lines.append("\(name) \(figure.rawValue) refused \(Digest.sha256("\(error)").hex)")
                    continue
                }
                lines += Self.lines(
                    "\(name) \(figure.rawValue)", svg: rendered.svg,
                    [("csv", rendered.csv), ("json", rendered.json.canonicalText), ("md", rendered.markdown), ("html", rendered.html)])
            }
        }
        // Figures that are not those of a comparison: a study's own, with a collapsed run, and the losses of a model.
        let resolver = ViewResolver(models: ModelCatalog.schemas) { _, _ in [] }
        let others: [(String, View.Content)] = [
            ("study", .overview(study: study.study.id, metric: "fid")), ("losses", .curves(study: grid.id, model: "wgan", series: "generator_loss")),
        ]
        for (name, view) in others {
            let rendered = try #require(try study.catalog.readNow { try resolver.resolve(View(view), $0).rendered() })
            lines += Self.lines("two \(name)", svg: rendered.svg, [("csv", rendered.csv), ("json", rendered.json.canonicalText)])
        }
        return lines
    }

    @Test func everyKindHasTheBytesItHad() throws {
        let found = try found()
        #expect(Set(found.map { $0.split(separator: " ")[1] }) == Set(ComparisonFigure.allCases.map { Substring($0.rawValue) } + ["study", "losses"]))
        let known = try String(contentsOf: Self.fixture, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        let changed = found.filter { !known.contains($0) }, gone = known.filter { !found.contains($0) }
        #expect(changed.isEmpty && gone.isEmpty, "these bytes are new:\n\(changed.joined(separator: "\n"))\nand these are gone:\n\(gone.joined(separator: "\n"))")
    }
}
