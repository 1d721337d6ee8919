/// The layout of a matrix: names at the left, row numbers above the columns, where names would not fit.
struct MatrixDrawing {
    private let figure: MatrixFigure
    private let frame: FigureFrame
    private let nameWidth: Double
    private let cellWidth: Double

    private static let cellHeight = 34.0

    init(figure: MatrixFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        let widest = figure.names.enumerated().map { TextMeasure.width("\($0 + 1)  \($1)", size: 12.5) }.max() ?? 0
        nameWidth = min(frame.inner * 0.36, widest + 14)
        cellWidth = min(96, (frame.inner - nameWidth) / Double(max(1, figure.names.count)))
    }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        var y = frame.drawTitle(figure.title, in: &document) + 16
        for column in figure.names.indices {
            document.text("\(column + 1)", x: left(column) + cellWidth / 2, y: y, fill: frame.theme.quiet, size: 12, anchor: "middle")
        }
        y += 8
        for (row, name) in figure.names.enumerated() {
            let label = TextMeasure.shortened("\(row + 1)  \(name)", width: nameWidth - 8, size: 12.5)
            document.text(label, x: FigureFrame.margin, y: y + Self.cellHeight / 2 + 4, fill: frame.theme.text, size: 12.5)
            for (column, cell) in figure.cells[row].enumerated() { draw(cell, row, column, top: y, in: &document) }
            y += Self.cellHeight
        }
        y += 8
        for line in TextMeasure.lines(figure.meaning, width: frame.inner, size: 12) {
            y += 16
            document.text(line, x: FigureFrame.margin, y: y, fill: frame.theme.text, size: 12)
        }
        let height = frame.drawNotes(figure.notes, figure.measurement, y: y + 6, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: frame.theme)
    }

    private func left(_ column: Int) -> Double { FigureFrame.margin + nameWidth + Double(column) * cellWidth }

    private func draw(_ cell: MatrixFigure.Cell?, _ row: Int, _ column: Int, top: Double, in document: inout SVGDocument) {
        let x = left(column)
        guard let cell else {
            document.text("–", x: x + cellWidth / 2, y: top + Self.cellHeight / 2 + 4, fill: frame.theme.quiet, size: 12, anchor: "middle")
            return
        }
        // Above one half the row's color, below it the column's, with increasing intensity; shades stay light enough for text.
        let strength = min(1, max(0, (cell.value - 0.5).magnitude * 2)) * 0.4
        let color = SeriesAppearance(index: cell.value >= 0.5 ? 0 : 1).color(frame.theme)
        let words = "\(figure.names[row]) over \(figure.names[column]): \(DecimalText.significant(cell.value, digits: 3)) "
            + "(\(DecimalText.significant(cell.lower, digits: 3)) to \(DecimalText.significant(cell.upper, digits: 3)))"
        document.element(
            "rect",
            [
                "x": SVGDocument.number(x + 1), "y": SVGDocument.number(top + 1), "width": SVGDocument.number(cellWidth - 2),
                "height": SVGDocument.number(Self.cellHeight - 2), "rx": "2", "fill": color, "fill-opacity": DecimalText.coordinate(strength),
                "stroke": frame.theme.grid,
            ], title: words)
        // Bold if the interval excludes one half.
        let clear = cell.lower > 0.5 || cell.upper < 0.5
        document.text(
            DecimalText.fixed(cell.value, decimals: 2), x: x + cellWidth / 2, y: top + Self.cellHeight / 2 + 4, fill: frame.theme.text,
            size: cellWidth < 34 ? 10 : 12, anchor: "middle", bold: clear)
    }

    private var spokenSummary: String {
        var parts: [String] = []
        for (row, cells) in zip(figure.names, figure.cells) {
            let words = zip(figure.names, cells).compactMap { name, cell in cell.map { "over \(name) \(DecimalText.fixed($0.value, decimals: 2))" } }
            if !words.isEmpty { parts.append("\(row): \(words.joined(separator: ", ")).") }
        }
        return parts.joined(separator: " ")
    }
}
