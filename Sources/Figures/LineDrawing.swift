/// The layout of one line figure: title, legend, plot, notes.
struct LineDrawing {
    private let figure: LineFigure
    private let theme: FigureTheme
    private let width: Double
    private let plotHeight: Double
    private let left: Double
    private let right: Double
    private let lines: [LineFigure.Line]
    private let titleLines: [String]

    private static let margin = 16.0

    init(figure: LineFigure, style: FigureStyle) {
        self.figure = figure
        theme = style.theme
        width = Double(style.width)
        plotHeight = min(380, max(200, (width * 0.45).rounded()))
        left = Self.margin + 46
        right = width - Self.margin - 6
        titleLines = TextMeasure.lines(figure.title, width: width - 2 * Self.margin, size: 17)  // bold runs wider
        lines = figure.lines.map { line in
            var drawn = line
            drawn.points = Decimation.indices(of: [line.points.map(\.y)], limit: figure.pointLimit).map { line.points[$0] }
            if figure.isStepped { drawn.points = Self.steps(drawn.points) }
            return drawn
        }
    }

    /// A step line: each value holds until the next point.
    private static func steps(_ points: [LineFigure.Point]) -> [LineFigure.Point] {
        var result: [LineFigure.Point] = []
        for (place, point) in points.enumerated() {
            if place > 0 { result.append(LineFigure.Point(x: point.x, y: points[place - 1].y, band: points[place - 1].band)) }
            result.append(point)
        }
        return result
    }

    func svg() -> String {
        var document = SVGDocument(width: width)
        var y = Self.margin
        for line in titleLines {
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.text, size: 15, bold: true)
            y += 5
        }
        y = drawAbsences(&document, y: drawLegend(&document, y: y + 4)) + 14
        document.text(figure.yTitle, x: Self.margin, y: y, fill: theme.text, size: 12)
        y += 12
        let (horizontal, vertical) = axes(top: y)
        drawAxes(&document, horizontal, vertical, top: y)
        for line in lines { drawBand(line, horizontal, vertical, &document) }
        for line in lines { drawLine(line, horizontal, vertical, &document) }
        y += plotHeight + 38
        document.text(figure.xTitle, x: right, y: y, fill: theme.text, size: 12, anchor: "end")
        y += 6
        for line in notes.flatMap({ TextMeasure.lines($0, width: width - 2 * Self.margin, size: 11.5) }) {
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.quiet, size: 11.5)
        }
        return document.finished(height: y + Self.margin, title: figure.title, description: spokenSummary, theme: theme)
    }

    private func axes(top: Double) -> (horizontal: Axis, vertical: Axis) {
        let points = lines.flatMap(\.points)
        let values = points.map(\.y) + points.flatMap { $0.band.map { [$0.lowerBound, $0.upperBound] } ?? [] }
        return (
            Axis(
                showing: points.map(\.x), scale: figure.xScale, wanted: width < 560 ? 4 : 8, from: left, to: right, padded: false,
                counting: figure.isCount),
            Axis(showing: values, scale: figure.yScale, wanted: 6, from: top + plotHeight, to: top)
        )
    }

    private func drawLegend(_ document: inout SVGDocument, y start: Double) -> Double {
        guard lines.count > 1 else { return start }
        var x = Self.margin
        var y = start + 14
        for line in lines {
            let needed = 34 + TextMeasure.width(line.title, size: 12) + 18
            if x > Self.margin, x + needed > width - Self.margin {
                x = Self.margin
                y += 18
            }
            let look = line.appearance
            document.line(x, y - 4, x + 26, y - 4, stroke: look.color(theme), width: 2, dash: look.dash)
            document.element("path", ["d": look.marker.path(x: x + 13, y: y - 4, radius: 4), "fill": look.color(theme)])
            document.text(line.title, x: x + 34, y: y, fill: theme.text, size: 12)
            x += needed
        }
        return y + 6
    }

    /// A cross and the reason for each series without values.
    private func drawAbsences(_ document: inout SVGDocument, y start: Double) -> Double {
        var y = start
        for absence in figure.absences {
            for (place, line) in TextMeasure.lines("\(absence.title): \(absence.reason)", width: width - 2 * Self.margin - 34, size: 12).enumerated() {
                y += 16
                if place == 0 { document.element("path", ["d": Marker.cross.path(x: Self.margin + 13, y: y - 4, radius: 4), "fill": theme.warning, "data-absent": absence.name]) }
                document.text(line, x: Self.margin + 34, y: y, fill: theme.text, size: 12)
            }
        }
        return y
    }

    private func drawAxes(_ document: inout SVGDocument, _ horizontal: Axis, _ vertical: Axis, top: Double) {
        for tick in vertical.ticks {
            let y = vertical.position(tick.value)
            document.line(left, y, right, y, stroke: theme.grid)
            document.text(tick.label, x: left - 8, y: y + 4, fill: theme.quiet, size: 12, anchor: "end")
        }
        let bottom = top + plotHeight
        document.line(left, bottom, right, bottom, stroke: theme.axis)
        var free = 0.0
        for tick in horizontal.ticks {
            let x = horizontal.position(tick.value)
            let half = TextMeasure.width(tick.label, size: 12) / 2
            document.line(x, bottom, x, bottom + 5, stroke: theme.axis)
            guard x - half >= free else { continue }
            document.text(tick.label, x: min(x, width - Self.margin - half), y: bottom + 19, fill: theme.quiet, size: 12, anchor: "middle")
            free = x + half + 8
        }
    }

    private func drawBand(_ line: LineFigure.Line, _ horizontal: Axis, _ vertical: Axis, _ document: inout SVGDocument) {
        let banded = line.points.filter {
            guard let band = $0.band else { return false }
            return horizontal.shows($0.x) && vertical.shows(band.lowerBound) && vertical.shows(band.upperBound)
        }
        guard banded.count > 1 else { return }
        let upper = banded.map { point($0.x, $0.band?.upperBound ?? $0.y, horizontal, vertical) }
        let lower = banded.reversed().map { point($0.x, $0.band?.lowerBound ?? $0.y, horizontal, vertical) }
        let color = line.appearance.color(theme)
        document.element("path", ["d": "M" + (upper + lower).joined(separator: "L") + "Z", "fill": color, "fill-opacity": lines.count > 4 ? "0.08" : "0.18"])
    }

    private func drawLine(_ line: LineFigure.Line, _ horizontal: Axis, _ vertical: Axis, _ document: inout SVGDocument) {
        let look = line.appearance
        // Dashes and markers would only blur dense lines.
        let dense = line.points.count > 200
        var path = ""
        var broken = true
        for sample in line.points {
            guard horizontal.shows(sample.x), vertical.shows(sample.y) else {
                broken = true
                continue
            }
            path += (broken ? "M" : "L") + point(sample.x, sample.y, horizontal, vertical)
            broken = false
        }
        document.element(
            "path",
            [
                "d": path, "fill": "none", "stroke": look.color(theme), "stroke-width": dense ? "1.1" : "1.8",
                "stroke-linejoin": "round", "stroke-dasharray": dense ? "" : look.dash, "data-series": line.name,
            ])
        guard line.points.count <= 40, !figure.isStepped else { return }
        for sample in line.points where horizontal.shows(sample.x) && vertical.shows(sample.y) {
            let marker = look.marker.path(x: horizontal.position(sample.x), y: vertical.position(sample.y), radius: 3.5)
            let words = "\(line.title): \(DecimalText.significant(sample.y)) at \(DecimalText.significant(sample.x, digits: 8))"
            document.element("path", ["d": marker, "fill": look.color(theme)], title: words)
        }
    }

    private func point(_ x: Double, _ y: Double, _ horizontal: Axis, _ vertical: Axis) -> String {
        SVGDocument.number(horizontal.position(x)) + " " + SVGDocument.number(vertical.position(y))
    }

    private var notes: [String] {
        var notes: [String] = []
        let all = figure.lines.reduce(0) { $0 + $1.points.count }
        let drawn = lines.reduce(0) { $0 + $1.points.count }
        if drawn < all, !figure.isStepped {
            notes.append(
                "\(DecimalText.count(drawn)) of \(DecimalText.count(all)) points drawn: the least and greatest of each stretch.")
        }
        let unseen = figure.lines.flatMap(\.points).filter { !$0.y.isFinite || (figure.yScale == .logarithmic && $0.y <= 0) }.count
        if unseen > 0 { notes.append("\(DecimalText.count(unseen)) value\(unseen == 1 ? "" : "s") cannot be shown on this axis.") }
        if let bandMethod = figure.bandMethod { notes.append("Band: \(bandMethod).") }
        notes += figure.notes
        if let measurement = figure.measurement { notes.append(measurement.sentence) }
        return notes
    }

    private var spokenSummary: String {
        let absent = figure.absences.map { "\($0.title): \($0.reason)." }
        let present = figure.lines.map { line -> String in
            let finite = line.points.filter(\.y.isFinite)
            guard let first = finite.first, let last = finite.last else { return "\(line.title): no values." }
            return "\(line.title): \(finite.count) values, from \(DecimalText.significant(first.y)) at \(DecimalText.significant(first.x, digits: 8)) "
                + "to \(DecimalText.significant(last.y)) at \(DecimalText.significant(last.x, digits: 8))."
        }
        return (absent + present).joined(separator: " ")
    }
}
