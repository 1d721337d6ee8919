public import Canonical
public import Figures

/// A figure in every available format.
public struct RenderedFigure {
    /// Nil for a table.
    public var svg: ((FigureStyle) -> String)?
    /// The numbers as CSV.
    public var csv: String
    /// The numbers as JSON.
    public var json: JSONValue
    /// A table as Markdown; nil for a drawing.
    public var markdown: String?
    /// A table as HTML; nil for a drawing.
    public var html: String?

    init(_ figure: DistributionFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: LineFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: SensitivityFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: MatrixFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: IntervalFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: ScatterFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ figure: ChartFigure) { self.init(svg: figure.svg, csv: figure.csv, json: figure.json) }
    init(_ table: TableFigure) { self.init(svg: nil, csv: table.csv, json: table.json, markdown: table.markdown, html: table.html) }

    private init(svg: ((FigureStyle) -> String)?, csv: String, json: JSONValue, markdown: String? = nil, html: String? = nil) {
        self.svg = svg
        self.csv = csv
        self.json = json
        self.markdown = markdown
        self.html = html
    }
}
