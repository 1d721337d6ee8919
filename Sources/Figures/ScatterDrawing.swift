/// The layout of a scatter figure: title, legend with counts, plot, notes. A small mark is a run, a large one the median of a method; lines reach to its quartiles.
struct ScatterDrawing {
    private let figure: ScatterFigure
    private let frame: FigureFrame
    private let plotHeight: Double
    private let left: Double
    private let right: Double

    init(figure: ScatterFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        plotHeight = min(420, max(220, (frame.width * 0.5).rounded()))
        left = FigureFrame.margin + 54
        right = frame.width - FigureFrame.margin - 6
    }

    private var theme: FigureTheme { frame.theme }
    private var points: [ScatterFigure.Point] { figure.series.flatMap(\.points) }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        var y = drawLegend(&document, y: frame.drawTitle(figure.title, in: &document)) + 8
        for line in TextMeasure.lines(figure.yTitle, width: frame.inner, size: 12) {
            y += 14
            document.text(line, x: FigureFrame.margin, y: y, fill: theme.text, size: 12)
        }
        y += 12
        let vertical = Axis(showing: points.map(\.y), scale: .linear, wanted: 6, from: y + plotHeight, to: y)
        let horizontal = Axis(showing: points.map(\.x), scale: .linear, wanted: frame.width < 560 ? 4 : 8, from: left, to: right)
        drawGrid(horizontal, vertical, y...y + plotHeight, in: &document)
        if points.isEmpty { document.text("no run has both values", x: left + 12, y: y + 28, fill: theme.quiet) }
        for one in figure.series { draw(one, horizontal, vertical, in: &document) }
        y += plotHeight
        frame.drawTickLabels(horizontal, y: y + 19, within: left...right, in: &document)
        y += 24
        for line in TextMeasure.lines(figure.xTitle, width: frame.inner, size: 12) {
            y += 14
            document.text(line, x: right, y: y, fill: theme.text, size: 12, anchor: "end")
        }
        let height = frame.drawNotes(figure.notes, nil, y: y + 6, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: theme)
    }

    private func drawLegend(_ document: inout SVGDocument, y start: Double) -> Double {
        guard !figure.series.isEmpty else { return start }
        var x = FigureFrame.margin, y = start + 12
        for one in figure.series {
            let title = TextMeasure.shortened("\(one.title) (n = \(one.points.count))", width: frame.inner - 40, size: 12), needed = 22 + TextMeasure.width(title, size: 12) + 18
            if x > FigureFrame.margin, x + needed > frame.width - FigureFrame.margin {
                x = FigureFrame.margin
                y += 18
            }
            document.element("path", ["d": one.appearance.marker.path(x: x + 7, y: y - 4, radius: 4.5), "fill": one.appearance.color(theme)])
            document.text(title, x: x + 20, y: y, fill: theme.text, size: 12)
            x += needed
        }
        return y + 6
    }

    private func drawGrid(_ horizontal: Axis, _ vertical: Axis, _ range: ClosedRange<Double>, in document: inout SVGDocument) {
        for tick in vertical.ticks {
            let place = vertical.position(tick.value)
            document.line(left, place, right, place, stroke: theme.grid)
            document.text(tick.label, x: left - 8, y: place + 4, fill: theme.quiet, size: 12, anchor: "end")
        }
        for tick in horizontal.ticks {
            let place = horizontal.position(tick.value)
            document.line(place, range.lowerBound, place, range.upperBound, stroke: theme.grid)
        }
        document.line(left, range.upperBound, right, range.upperBound, stroke: theme.axis)
    }

    private func draw(_ one: ScatterFigure.Series, _ horizontal: Axis, _ vertical: Axis, in document: inout SVGDocument) {
        let look = one.appearance, color = look.color(theme)
        for point in one.points {
            document.element(
                "path", ["d": look.marker.path(x: horizontal.position(point.x), y: vertical.position(point.y), radius: 3), "fill": color, "data-run": point.run],
                title: "\(one.title), run \(point.run), step \(point.step): \(DecimalText.significant(point.x, digits: 6)), \(DecimalText.significant(point.y, digits: 6))")
        }
        // One run is its own median.
        guard one.points.count > 1, let across = one.horizontal, let up = one.vertical else { return }
        let x = horizontal.position(across.median), y = vertical.position(up.median)
        document.line(horizontal.position(across.lowerQuartile), y, horizontal.position(across.upperQuartile), y, stroke: color, width: 2)
        document.line(x, vertical.position(up.lowerQuartile), x, vertical.position(up.upperQuartile), stroke: color, width: 2)
        document.element("path", ["d": look.marker.path(x: x, y: y, radius: 6.5), "fill": color, "stroke": theme.text, "stroke-width": "1"], title: words(one))
    }

    private func words(_ one: ScatterFigure.Series) -> String {
        guard let across = one.horizontal, let up = one.vertical else { return "\(one.title): no values" }
        return "\(one.title), \(one.points.count) runs: median \(DecimalText.significant(across.median)) and \(DecimalText.significant(up.median))"
    }

    private var spokenSummary: String { figure.series.map { words($0) + "." }.joined(separator: " ") }
}
