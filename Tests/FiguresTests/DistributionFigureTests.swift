import Canonical
import Events
import Foundation
import Testing

@testable import Figures

@Suite struct DistributionFigureTests {
    private static func run(_ id: String, _ state: DistributionFigure.Run.State, _ value: Double?) -> DistributionFigure.Run {
        .init(id: id, setting: 1, seed: 3, state: state, value: value, step: value == nil ? nil : 600)
    }

    /// The texts of a figure that are plain numbers: the labels of its ticks.
    private static func numbers(_ svg: String) -> [String] {
        svg.matches(of: /<text[^>]*>([0-9][0-9.,]*)<\/text>/).map { String($0.output.1) }
    }

    private func figure(scale: AxisScale = .linear, title: String = "FID by model") -> DistributionFigure {
        DistributionFigure(
            title: title, metric: "FID", direction: .minimise, scale: scale,
            measurement: .init(
                digest: String(repeating: "1f", count: 32), encoder: "lenet-polygons", encoderDigest: String(repeating: "9b", count: 32),
                samples: 10_000, referenceSplit: "test"),
            selection: "best evaluation of each run",
            models: [
                .init(
                    name: "ns-gan", title: "NS GAN", appearance: 0,
                    runs: [
                        Self.run("a-1", .done, 30.5), Self.run("b-1", .done, 41), Self.run("c-1", .done, 41), Self.run("d-1", .done, 55.25),
                        Self.run("e-1", .diverged, 900), Self.run("f-1", .running, 60),
                    ]),
                .init(
                    name: "wgan", title: "WGAN", appearance: 1,
                    runs: [Self.run("g-1", .failed, nil), Self.run("h-1", .queued, nil), Self.run("i-1", .cancelled, 12)]),
            ])
    }

    @Test func sameValuesSameBytesAndOtherValuesOtherBytes() {
        let first = figure().svg()
        #expect(first == figure().svg())
        var other = figure()
        other.models[0].runs[0].value = 31
        #expect(other.svg() != first)
        #expect(figure().svg(FigureStyle(theme: .dark)) != first)
        #expect(figure().svg(FigureStyle(width: 360)) != first)
    }

    @Test(arguments: AxisScale.allCases, FigureTheme.allCases)
    func everyRunWithAPlaceIsAPoint(scale: AxisScale, theme: FigureTheme) {
        let svg = figure(scale: scale).svg(FigureStyle(theme: theme))
        for id in ["a-1", "b-1", "c-1", "d-1", "e-1", "f-1", "g-1"] { #expect(svg.contains("data-run=\"\(id)\""), "\(id)") }
        for id in ["h-1", "i-1"] { #expect(!svg.contains("data-run=\"\(id)\""), "\(id)") }
        #expect(svg.contains("Not shown: 1 without a value yet, 1 cancelled."))
    }

    @Test func theFigureSaysHowItWasMeasured() {
        let svg = figure().svg(FigureStyle(width: 1600))
        for word in ["lenet-polygons", "9b9b9b9b9b9b", "N = 10,000", "test split", "1f1f1f1f1f1f", "n = 4 + 1 failed", "No interval", "median 41"] {
            #expect(svg.contains(word), "\(word)")
        }
    }

    /// Figure 5 of the study marks the default setting; a model with a single setting has nothing to mark.
    @Test func theDefaultIsAStarAmongOthers() {
        var marked = figure()
        #expect(!marked.svg().contains("A star"))
        marked.models[0].runs[1].setting = 0
        let svg = marked.svg(FigureStyle(width: 1600))
        #expect(svg.contains("A star is the default setting.") && svg.contains(">NS GAN, setting 0, seed 3: FID 41 at step 600"))
        // Ten corners, in the text color, after all other points of its model.
        let star = svg.split(separator: "\n").first { $0.contains("data-run=\"b-1\"") }
        #expect(star?.contains("fill=\"#1b1f24\"") == true && star?.count(where: { $0 == "L" }) == 9)
        let places = ["a-1", "c-1", "d-1", "f-1", "b-1"].compactMap { svg.range(of: "data-run=\"\($0)\"")?.lowerBound }
        #expect(places.count == 5 && places.allSatisfy { $0 <= places[4] })
        for run in marked.models[0].runs.indices { marked.models[0].runs[run].setting = 0 }
        #expect(!marked.svg().contains("A star"))
    }

    @Test func aCollapsedRunHasAHole() {
        var collapsed = figure()
        collapsed.models[0].runs[0].outcome = .collapsed
        let svg = collapsed.svg(FigureStyle(width: 1600))
        #expect(svg.contains("A hole in a point: the run collapsed.") && svg.contains("FID 30.5 at step 600 (collapsed)"))
        #expect(svg.count(where: { $0 == "<" }) > figure().svg(FigureStyle(width: 1600)).count(where: { $0 == "<" }))
        #expect(collapsed.json["models"]?[0]?["runs"]?[0]?["collapsed"] == true && figure().json["models"]?[0]?["runs"]?[0]?["collapsed"] == false)
    }

    @Test func aDivergedRunNeverStretchesTheAxis() {
        var near = figure()
        near.models[0].runs[4].value = 45
        let labels = Self.numbers(figure().svg())
        #expect(labels.count >= 3 && labels == Self.numbers(near.svg()))
    }

    @Test func namesFromOutsideBecomeText() {
        let svg = figure(title: "<script>alert('\"&')</script>\u{1}").svg()
        #expect(!svg.contains("<script"))
        #expect(svg.contains("&lt;script&gt;alert('&quot;&amp;')&lt;/script&gt;\u{FFFD}"))
    }

    @Test func stylesheetsAreNotNeeded() {
        let svg = figure().svg()
        #expect(!svg.contains("style=") && !svg.contains("<style"))
    }

    @Test func tableHoldsEveryRunInFull() {
        let lines = figure().csv.split(separator: "\n")
        #expect(lines.count == 10)
        #expect(lines[1].hasPrefix("ns-gan,a-1,1,3,done,FID,30.5,600,lenet-polygons,"))
        #expect(lines[7].hasPrefix("wgan,g-1,1,3,failed,FID,,,"))
    }

    @Test func jsonCountsFinishedRunsAlone() {
        let model = figure().json["models"]?[0]
        #expect(model?["n"] == 4)
        #expect(model?["failures"] == 1)
        #expect(model?["box"]?["median"]?.numberValue == 41)
        #expect(figure().json["models"]?[1]?["box"] == .null)
    }

    @Test func withoutValuesThereIsNoAxis() {
        var waiting = figure()
        waiting.models = [.init(name: "wgan", title: "WGAN", appearance: 1, runs: [Self.run("h-1", .queued, nil)])]
        #expect(waiting.svg().contains("no values yet"))
        #expect(Self.numbers(waiting.svg()) == [] && Self.numbers(figure().svg()) != [])
    }

    @Test func anEmptyFigureIsStillAFigure() {
        var empty = figure()
        empty.models = []
        #expect(empty.svg().hasSuffix("</svg>\n"))
        #expect(empty.csv.split(separator: "\n").count == 1)
    }
}
