/// The layout of an interval figure: the text of a row is above its interval, to fit narrow figures.
struct IntervalDrawing {
    private let figure: IntervalFigure
    private let frame: FigureFrame
    private let axis: Axis

    private static let rowHeight = 42.0

    init(figure: IntervalFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        let values = figure.rows.flatMap { [$0.value, $0.lower, $0.upper] } + (figure.reference.map { [$0] } ?? [])
        axis = Axis(showing: values, scale: .linear, wanted: frame.width < 560 ? 5 : 9, from: FigureFrame.margin + 8, to: frame.width - FigureFrame.margin - 8)
    }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        let top = frame.drawTitle(figure.title, in: &document)
        let bottom = top + Double(max(1, figure.rows.count)) * Self.rowHeight
        if figure.rows.isEmpty { document.text("nothing to compare yet", x: FigureFrame.margin, y: top + 24, fill: frame.theme.quiet) }
        for (index, row) in figure.rows.enumerated() { draw(row, top: top + Double(index) * Self.rowHeight, in: &document) }
        document.line(FigureFrame.margin, bottom, frame.width - FigureFrame.margin, bottom, stroke: frame.theme.axis)
        frame.drawTickLabels(axis, y: bottom + 16, within: FigureFrame.margin...(frame.width - FigureFrame.margin), in: &document)
        var y = bottom + 20
        for line in TextMeasure.lines(figure.axisTitle, width: frame.inner, size: 12) {
            y += 16
            document.text(line, x: FigureFrame.margin, y: y, fill: frame.theme.text, size: 12)
        }
        let height = frame.drawNotes(figure.notes, figure.measurement, y: y + 6, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: frame.theme)
    }

    private func draw(_ row: IntervalFigure.Row, top: Double, in document: inout SVGDocument) {
        let look = row.appearance
        let (color, y) = (look.color(frame.theme), top + 31)
        for tick in axis.ticks { document.line(axis.position(tick.value), top + 21, axis.position(tick.value), top + Self.rowHeight, stroke: frame.theme.grid) }
        if let reference = figure.reference {
            document.line(axis.position(reference), top + 21, axis.position(reference), top + Self.rowHeight, stroke: frame.theme.text, dash: "3 3")
        }
        let name = TextMeasure.shortened(row.title, width: frame.inner * 0.5, size: 13)
        document.text(name, x: FigureFrame.margin, y: top + 16, fill: frame.theme.text, size: 12.5, bold: true)
        let start = FigureFrame.margin + TextMeasure.width(name, size: 13) * 1.1 + 10
        let remark = TextMeasure.shortened(row.remark, width: frame.width - FigureFrame.margin - start, size: 11.5)
        document.text(remark, x: start, y: top + 16, fill: frame.theme.quiet, size: 11.5)
        guard row.value.isFinite else { return }
        if row.lower.isFinite, row.upper.isFinite {
            document.line(axis.position(row.lower), y, axis.position(row.upper), y, stroke: color, width: 3)
            for end in [row.lower, row.upper] { document.line(axis.position(end), y - 4, axis.position(end), y + 4, stroke: color, width: 2) }
        }
        let words = "\(row.title): \(DecimalText.significant(row.value)) (\(DecimalText.significant(row.lower)) to \(DecimalText.significant(row.upper)))"
        document.element("path", ["d": look.marker.path(x: axis.position(row.value), y: y, radius: 5), "fill": color], title: words)
    }

    private var spokenSummary: String {
        figure.rows.map { row in
            "\(row.title): \(DecimalText.significant(row.value)), interval \(DecimalText.significant(row.lower)) to \(DecimalText.significant(row.upper)). \(row.remark)."
        }.joined(separator: " ")
    }
}
