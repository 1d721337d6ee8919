import Canonical
import Events
import Testing

@testable import Figures

/// Figures as pixels: coverage is exact, and the same drawing gives the same bytes.
@Suite("Figures as pixels") struct RasterTests {
    private func raster(_ body: String, width: Int = 8, height: Int = 8, scale: Int = 1) throws -> FigureRaster {
        try FigureRaster(svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\">\n\(body)</svg>\n", scale: scale)
    }

    /// The darkness of black on white, in whole pixels.
    private func ink(_ raster: FigureRaster) -> Double {
        stride(from: 0, to: raster.pixels.count, by: 3).reduce(0) { $0 + (255 - Double(raster.pixels[$1])) / 255 }
    }

    private func grays(_ raster: FigureRaster, row: Int) -> [UInt8] { (0..<raster.width).map { raster.pixels[(row * raster.width + $0) * 3] } }

    @Test func aPixelIsAsDarkAsItIsCovered() throws {
        // 0.75 of pixel 0, all of 1, a quarter of 2; half of them in the second row.
        let raster = try raster("<rect x=\"0.25\" y=\"0\" width=\"2\" height=\"1.5\" fill=\"#000000\"/>", width: 4, height: 3)
        #expect(grays(raster, row: 0) == [64, 0, 191, 255] && grays(raster, row: 1) == [159, 128, 223, 255] && grays(raster, row: 2) == [255, 255, 255, 255])
    }

    /// Twelve shapes with an area that is known: whatever their edges cut, the sum over the pixels is the area.
    @Test func theWholeInkIsTheArea() throws {
        for (path, area) in [
            ("M1 1L7 2L3 6.5Z", 15.5), ("M3 6.5L7 2L1 1Z", 15.5), ("M0.3 0.1L7.9 0.2L7.8 7.7L0.2 7.6Z", 57.01), ("M1 1L7 1L7 7L1 7ZM3 3L3 5L5 5L5 3Z", 32),
            ("M2 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z", 12.566), ("M0 0L8 8L8 7.5L0.5 0Z", 3.875),
        ] {
            let error = abs(ink(try raster("<path d=\"\(path)\" fill=\"#000000\"/>")) - area)
            // Each of 64 pixels is rounded to 255 levels.
            #expect(error < 64 * 0.5 / 255, "\(path): off by \(error)")
        }
        // Two times the same place is covered once; what stands outside is cut.
        #expect(abs(ink(try raster("<path d=\"M1 1L5 1L5 5L1 5ZM3 3L7 3L7 7L3 7Z\" fill=\"#000000\"/>")) - 28) < 0.01)
        #expect(abs(ink(try raster("<rect x=\"-3\" y=\"6\" width=\"20\" height=\"9\" fill=\"#000000\"/>")) - 16) < 0.01)
    }

    @Test func linesHaveTheirWidthAndTheirGaps() throws {
        #expect(abs(ink(try raster("<line x1=\"1\" y1=\"4\" x2=\"7\" y2=\"4\" stroke=\"#000000\" stroke-width=\"2\"/>")) - 12) < 0.01)
        #expect(abs(ink(try raster("<line x1=\"1\" y1=\"1\" x2=\"4\" y2=\"5\" stroke=\"#000000\" stroke-width=\"1\"/>")) - 5) < 0.03)
        let dashed = try raster("<line x1=\"0\" y1=\"0.5\" x2=\"8\" y2=\"0.5\" stroke=\"#000000\" stroke-width=\"1\" stroke-dasharray=\"3 2\"/>")
        #expect(grays(dashed, row: 0) == [0, 0, 0, 255, 255, 0, 0, 0])
        // Half as strong.
        let faint = try raster("<rect width=\"1\" height=\"1\" fill=\"#ff0000\" fill-opacity=\"0.5\"/>", width: 1, height: 1)
        #expect(faint.pixels == [255, 128, 128])
    }

    @Test func textHasItsPlaceAndItsWeight() throws {
        func text(_ words: String, _ more: String = "") throws -> FigureRaster {
            try raster("<text x=\"40\" y=\"20\" fill=\"#000000\" font-size=\"12\"\(more)>\(words)</text>\n", width: 100, height: 24)
        }
        func columns(_ raster: FigureRaster) -> [Int] { (0..<raster.width).filter { column in (0..<raster.height).contains { raster.pixels[($0 * raster.width + column) * 3] < 200 } } }
        let (left, middle, right) = (columns(try text("NS GAN")), columns(try text("NS GAN", " text-anchor=\"middle\"")), columns(try text("NS GAN", " text-anchor=\"end\"")))
        let width = PlotFont.regular.width("NS GAN", size: 12)
        #expect(left.first == 41 && abs(Double((middle.first ?? 0) + (middle.last ?? 0)) / 2 - 40) < 1.5 && (right.last ?? 0) < 40)
        #expect(abs(Double((left.last ?? 0) - 40) - width) < 2)
        #expect(ink(try text("NS GAN", " font-weight=\"600\"")) > 1.2 * ink(try text("NS GAN")))
        #expect(try text("&lt;&amp;&gt;") == text("&lt;&amp;&gt;") && text("&lt;") != text("&gt;"))
        // A character that the font lacks has a sign in its place, and width.
        #expect(ink(try text("\u{5B57}")) > 5 && !PlotFont.regular.has("\u{5B57}"))
        for scalar in "ABCxyz0123456789.,–—…·×±−≤≥≈→∞µäßéŁαβλσГ".unicodeScalars { #expect(PlotFont.regular.has(scalar) && PlotFont.bold.has(scalar), "\(scalar)") }
    }

    @Test(arguments: [
        "<script>1</script>", "<image width=\"1\" height=\"1\"/>", "<rect width=\"1\" height=\"1\" transform=\"scale(2)\"/>", "<rect width=\"1\" height=\"1\" fill=\"url(#a)\"/>", "<path d=\"M1 1C1 1 1 1 1 1\"/>",
        "<path d=\"L1 1\"/>", "<path d=\"M1\"/>", "<path d=\"M1e9 1\"/>", "<line x1=\"nan\"/>", "<text x=\"1\" y=\"1\" text-anchor=\"up\">a</text>", "<g>", "</g>", "<rect width=\"1", "<text>&nbsp;</text>", "<rect a/>",
        "<line stroke=\"#000000\" stroke-dasharray=\"0 0\"/>", "<path d=\"M1 1a1 2 0 1 0 2 0Z\"/>",
    ]) func whatNoFigureHasIsRefused(body: String) {
        #expect(throws: RasterError.self) { try raster(body) }
    }

    @Test func aPictureHasASize() {
        for size in ["", " width=\"8\"", " width=\"0\" height=\"8\"", " width=\"30000\" height=\"8\"", " width=\"inf\" height=\"8\"", " width=\"9000\" height=\"9000\""] {
            #expect(throws: RasterError.self, "\(size)") { try FigureRaster(svg: "<svg\(size)></svg>", scale: 1) }
        }
    }

    /// Every kind of figure, in both themes: nothing that is drawn is unknown here.
    @Test(arguments: FigureTheme.allCases, [320, 760]) func everyFigureIsDrawn(theme: FigureTheme, width: Int) throws {
        let style = FigureStyle(theme: theme, width: width)
        for svg in Self.figures.map({ $0(style) }) {
            let raster = try FigureRaster(svg: svg, scale: 1)
            let corner = Color(theme.surface)
            #expect(raster.width == width && raster.pixels[0] == UInt8(corner?.red ?? 0) && Set(raster.pixels).count > 20)
        }
    }

    /// Pinned: other bytes mean another picture of the same results.
    @Test func thePixelsArePinned() throws {
        let digests = try Self.figures.map { Digest.sha256(try FigureRaster(svg: $0(FigureStyle()), scale: 2).pixels).short }
        #expect(digests == ["e8d03d26e2f6", "f2993cf5881a", "55c57e5146c6", "e4cd6349eccd", "fecd585e8c73"])
    }

    private static var figures: [(FigureStyle) -> String] {
        [
            DistributionFigure(
                title: "FID <by> model & more", metric: "FID", direction: .minimise, scale: .logarithmic, measurement: nil, selection: "best evaluation of each run",
                models: [
                    .init(
                        name: "ns-gan", title: "NS GAN", appearance: 0,
                        runs: [30.5, 41, 41.2, 55, 900].enumerated().map { .init(id: "r\($0)", setting: $0, seed: 3, state: $0 == 3 ? .running : .done, value: $1, step: 600) }
                            + [.init(id: "x", setting: 1, seed: 1, state: .diverged, value: nil, step: nil)],
                        interval: 31...60)
                ]).svg,
            LineFigure(
                title: "Loss", xTitle: "Step", yTitle: "Loss",
                lines: (0..<3).map { line in
                    .init(
                        name: "\(line)", title: "Line \(line)", appearance: SeriesAppearance(index: line),
                        points: (0..<30).map { .init(x: Double($0), y: Double(($0 * (line + 3)) % 17), band: Double($0 % 5)...Double($0 % 5 + 9)) })
                }).svg,
            SensitivityFigure(
                title: "Sensitivity", metric: "FID", scale: .linear, measurement: nil, notes: ["a note"],
                rows: [
                    .init(
                        name: "wgan", title: "WGAN", appearance: 1,
                        panels: [.init(parameter: "rate", scale: .logarithmic, points: [.init(run: "r1", setting: 0, x: 0.001, y: 12.5), .init(run: "r2", setting: 1, x: 0.01, y: nil)])])
                ]).svg,
            MatrixFigure(
                title: "Improvement", meaning: "the probability", measurement: nil, notes: [], names: ["A", "B"],
                cells: [[nil, .init(value: 0.8, lower: 0.6, upper: 0.9)], [.init(value: 0.2, lower: 0.1, upper: 0.4), nil]]).svg,
            IntervalFigure(
                title: "Differences", axisTitle: "FID", reference: 0, measurement: nil, notes: [],
                rows: [.init(title: "A − B", appearance: 0, value: 1.5, lower: -1, upper: 2, remark: "p = 0.5")]).svg,
        ]
    }
}
