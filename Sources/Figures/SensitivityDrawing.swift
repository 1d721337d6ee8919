import Canonical

/// The layout of a sensitivity figure: panels of a model side by side, as many as fit; all share one score axis.
struct SensitivityDrawing {
    private let figure: SensitivityFigure
    private let frame: FigureFrame
    private let columns: Int
    private let panelWidth: Double
    private let scores: [Double]

    private static let panelHeight = 104.0
    private static let left = 46.0
    /// Height of the lane above the score axis for failed runs.
    private static let failureRoom = 14.0

    init(figure: SensitivityFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        let most = figure.rows.map(\.panels.count).max() ?? 1
        columns = max(1, min(most, Int(saturating: (frame.inner - Self.left) / 128)))
        panelWidth = (frame.inner - Self.left) / Double(columns)
        scores = figure.rows.flatMap { $0.panels.flatMap { $0.points.compactMap(\.y) } }
    }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        var y = frame.drawTitle(figure.title, in: &document)
        for row in figure.rows {
            let look = row.appearance
            y += 20
            document.element("path", ["d": look.marker.path(x: FigureFrame.margin + 5, y: y - 4.5, radius: 5), "fill": look.color(frame.theme)])
            document.text(row.title, x: FigureFrame.margin + 18, y: y, fill: frame.theme.text, size: 13, bold: true)
            for start in stride(from: 0, to: row.panels.count, by: columns) {
                for (place, panel) in row.panels[start..<min(start + columns, row.panels.count)].enumerated() {
                    draw(panel, of: row, column: place, top: y + 8, in: &document)
                }
                y += Self.panelHeight + 50
            }
        }
        let height = frame.drawNotes(figure.notes, figure.measurement, y: y, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: frame.theme)
    }

    private func draw(_ panel: SensitivityFigure.Panel, of row: SensitivityFigure.Row, column: Int, top: Double, in document: inout SVGDocument) {
        let left = FigureFrame.margin + Self.left + Double(column) * panelWidth
        let (right, bottom) = (left + panelWidth - 14, top + Self.failureRoom + Self.panelHeight)
        let vertical = Axis(showing: scores, scale: figure.scale, wanted: 4, from: bottom, to: top + Self.failureRoom)
        for tick in vertical.ticks {
            let y = vertical.position(tick.value)
            document.line(left, y, right, y, stroke: frame.theme.grid)
            if column == 0 { document.text(tick.label, x: left - 6, y: y + 4, fill: frame.theme.quiet, size: 11, anchor: "end") }
        }
        document.line(left, bottom, right, bottom, stroke: frame.theme.axis)
        let place = drawAxis(panel, left: left, right: right, bottom: bottom, in: &document)
        document.text(
            TextMeasure.shortened(panel.parameter, width: panelWidth - 8, size: 11.5), x: (left + right) / 2, y: bottom + 29, fill: frame.theme.text, size: 11.5,
            anchor: "middle")
        let look = row.appearance
        for point in panel.points {
            guard let x = place(point.x) else { continue }
            let score = point.y.flatMap { vertical.shows($0) ? $0 : nil }
            let y = score.map(vertical.position) ?? top + 6
            let marker = score == nil ? Marker.cross : look.marker
            let words = "\(row.title), setting \(point.setting), \(panel.parameter) \(DecimalText.significant(point.x)): "
                + (score.map { "\(figure.metric) \(DecimalText.significant($0))" } ?? "no value") + " — run \(point.run)"
            document.element(
                "path",
                [
                    "d": marker.path(x: x, y: y, radius: 3.4), "fill": score == nil ? frame.theme.warning : look.color(frame.theme),
                    "fill-opacity": "0.8", "data-run": point.run,
                ], title: words)
        }
    }

    /// Draws the labels below a panel.
    /// - Returns: the pixel position of a value, or nil.
    private func drawAxis(
        _ panel: SensitivityFigure.Panel, left: Double, right: Double, bottom: Double, in document: inout SVGDocument
    ) -> (Double) -> Double? {
        guard panel.categories.isEmpty else {
            let values = panel.categories.keys.sorted()
            let step = (right - left) / Double(values.count)
            for (index, value) in values.enumerated() {
                let x = left + (Double(index) + 0.5) * step
                document.text(panel.categories[value] ?? "", x: x, y: bottom + 15, fill: frame.theme.quiet, size: 11, anchor: "middle")
            }
            return { value in values.firstIndex(of: value).map { left + (Double($0) + 0.5) * step } }
        }
        let axis = Axis(showing: panel.points.map(\.x), scale: panel.scale, wanted: 3, from: left + 4, to: right - 4)
        frame.drawTickLabels(axis, y: bottom + 15, within: (left - 8)...(right + 8), in: &document)
        for tick in axis.ticks { document.line(axis.position(tick.value), bottom, axis.position(tick.value), bottom + 4, stroke: frame.theme.axis) }
        return { axis.shows($0) ? axis.position($0) : nil }
    }

    private var spokenSummary: String {
        figure.rows.map { row in
            let points = row.panels.first?.points ?? []
            return "\(row.title): \(points.count) runs against \(row.panels.map(\.parameter).joined(separator: ", "))."
        }.joined(separator: " ")
    }
}
