/// The layout of a chart: title, legend, plot with names or numbers at the x axis, notes.
struct ChartDrawing {
    private let figure: ChartFigure
    private let frame: FigureFrame
    private let plotHeight: Double
    private let left: Double
    private let right: Double

    init(figure: ChartFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        plotHeight = min(380, max(200, (frame.width * 0.45).rounded()))
        left = FigureFrame.margin + 54
        right = frame.width - FigureFrame.margin - 6
    }

    private var theme: FigureTheme { frame.theme }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        var y = drawLegend(&document, y: frame.drawTitle(figure.title, in: &document)) + 14
        document.text(figure.yTitle, x: FigureFrame.margin, y: y, fill: theme.text, size: 12)
        y += 12
        let values = figure.series.flatMap(\.points).map(\.y)
        // The length of a bar is its value.
        let vertical = Axis(showing: values + (figure.kind == .bars ? [0] : []), scale: .linear, wanted: 6, from: y + plotHeight, to: y)
        for tick in vertical.ticks {
            let place = vertical.position(tick.value)
            document.line(left, place, right, place, stroke: theme.grid)
            document.text(tick.label, x: left - 8, y: place + 4, fill: theme.quiet, size: 12, anchor: "end")
        }
        let horizontal = Axis(showing: figure.series.flatMap(\.points).map(\.x), scale: .linear, wanted: frame.width < 560 ? 4 : 8, from: left, to: right)
        for (place, one) in figure.series.enumerated() { draw(one, place, horizontal, vertical, &document) }
        let bottom = figure.kind == .bars ? vertical.position(0) : y + plotHeight
        document.line(left, bottom, right, bottom, stroke: theme.axis)
        y += plotHeight
        if figure.names == nil {
            frame.drawTickLabels(horizontal, y: y + 19, within: left...right, in: &document)
        } else {
            drawNames(&document, y: y + 19)
        }
        document.text(figure.xTitle, x: right, y: y + 38, fill: theme.text, size: 12, anchor: "end")
        let height = frame.drawNotes(figure.notes, nil, y: y + 44, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: theme)
    }

    private func drawLegend(_ document: inout SVGDocument, y start: Double) -> Double {
        guard figure.series.count > 1 else { return start }
        var x = FigureFrame.margin, y = start + 12
        for (place, one) in figure.series.enumerated() {
            let title = TextMeasure.shortened(one.name, width: frame.inner - 40, size: 12), needed = 22 + TextMeasure.width(title, size: 12) + 18
            if x > FigureFrame.margin, x + needed > frame.width - FigureFrame.margin {
                x = FigureFrame.margin
                y += 18
            }
            let look = SeriesAppearance(index: place)
            document.element("path", ["d": look.marker.path(x: x + 7, y: y - 4, radius: 4.5), "fill": look.color(theme)])
            document.text(title, x: x + 20, y: y, fill: theme.text, size: 12)
            x += needed
        }
        return y + 6
    }

    /// The width of the band of one name.
    private var band: Double { (right - left) / Double(max(1, figure.names?.count ?? 1)) }

    private func x(_ value: Double, _ axis: Axis) -> Double { figure.names == nil ? axis.position(value) : left + (value + 0.5) * band }

    /// Names from the left, shortened; those without room are left out.
    private func drawNames(_ document: inout SVGDocument, y: Double) {
        var free = left - band / 2
        for (place, name) in (figure.names ?? []).enumerated() {
            let label = TextMeasure.shortened(name, width: max(64, band - 6), size: 11), half = TextMeasure.width(label, size: 11) / 2
            let middle = min(max(left + (Double(place) + 0.5) * band, FigureFrame.margin + half), right - half)
            guard middle - half >= free else { continue }
            document.text(label, x: middle, y: y, fill: theme.quiet, size: 11, anchor: "middle")
            free = middle + half + 6
        }
    }

    private func draw(_ one: ChartFigure.Series, _ place: Int, _ horizontal: Axis, _ vertical: Axis, _ document: inout SVGDocument) {
        let look = SeriesAppearance(index: place), color = look.color(theme)
        if figure.kind == .bars { return drawBars(one, place, color, vertical, &document) }
        let points = one.points.map { (x: x($0.x, horizontal), y: vertical.position($0.y), point: $0) }
        if figure.kind == .lines {
            let path = "M" + points.map { SVGDocument.number($0.x) + " " + SVGDocument.number($0.y) }.joined(separator: "L")
            document.element(
                "path", ["d": path, "fill": "none", "stroke": color, "stroke-width": "1.8", "stroke-linejoin": "round", "stroke-dasharray": look.dash, "data-series": one.name])
        }
        guard figure.kind == .points || points.count <= 40 else { return }
        let radius = points.count > 400 ? 2.2 : 3.5
        for point in points {
            document.element("path", ["d": look.marker.path(x: point.x, y: point.y, radius: radius), "fill": color], title: words(one, point.point))
        }
    }

    /// Bars of several series stand side by side.
    private func drawBars(_ one: ChartFigure.Series, _ place: Int, _ color: String, _ vertical: Axis, _ document: inout SVGDocument) {
        let width = band * 0.8 / Double(figure.series.count), zero = vertical.position(0)
        for point in one.points {
            let start = left + (point.x + 0.1) * band + Double(place) * width, end = vertical.position(point.y)
            document.element(
                "rect",
                [
                    "x": SVGDocument.number(start), "y": SVGDocument.number(min(zero, end)), "width": SVGDocument.number(max(0.5, width - min(1, width * 0.1))),
                    "height": SVGDocument.number((zero - end).magnitude), "fill": color,
                ], title: words(one, point))
        }
    }

    private func words(_ one: ChartFigure.Series, _ point: ChartFigure.Point) -> String {
        let x = figure.names == nil ? DecimalText.significant(point.x, digits: 8) : figure.xText(point.x)
        return "\(one.name.isEmpty ? "" : "\(one.name), ")\(x): \(DecimalText.significant(point.y, digits: 6))"
    }

    private var spokenSummary: String {
        figure.series.map { one in
            guard let low = one.points.min(by: { $0.y < $1.y }), let high = one.points.max(by: { $0.y < $1.y }) else { return "\(one.name): no values." }
            return "\(one.name.isEmpty ? figure.yTitle : one.name): \(DecimalText.count(one.points.count)) values, from \(DecimalText.significant(low.y)) to \(DecimalText.significant(high.y))."
        }.joined(separator: " ")
    }
}
