package import Figures

/// A form in which a view can be had.
package enum ViewForm: Sendable, Hashable {
    case svg(FigureStyle)
    case png, csv, json, markdown, html

    /// The name under which a form is kept: `svg-light-760`, `csv`.
    package var name: String {
        switch self {
        case .svg(let style): "svg-\(style.theme.rawValue)-\(style.width)"
        case .png, .csv, .json, .html: ending
        case .markdown: "md"
        }
    }

    /// Of a file.
    package var ending: String {
        switch self {
        case .svg: "svg"
        case .png: "png"
        case .csv: "csv"
        case .json: "json"
        case .markdown: "md"
        case .html: "html"
        }
    }

    /// The media type without parameters.
    package var mediaType: String {
        switch self {
        case .svg: "image/svg+xml"
        case .png: "image/png"
        case .csv: "text/csv"
        case .json: "application/json"
        case .markdown: "text/markdown"
        case .html: "text/html"
        }
    }

    /// The form of a file with this ending.
    /// - Parameter style: of an SVG
    package init?(ending: String, style: FigureStyle = FigureStyle()) {
        switch ending {
        case "svg": self = .svg(style)
        case "png": self = .png
        case "csv": self = .csv
        case "json": self = .json
        case "md": self = .markdown
        case "html": self = .html
        default: return nil
        }
    }

    /// The widths at which figures are kept, in pixels: from a phone to a wide window, and those of saved files.
    package static let keptWidths = [320, 400, 560, 760, 900, 1200]

    /// The kept form that stands for this one: of an SVG the widest that fits.
    package var kept: ViewForm {
        guard case .svg(let style) = self else { return self }
        let width = ViewForm.keptWidths.last { $0 <= style.width } ?? ViewForm.keptWidths[0]
        return .svg(FigureStyle(theme: style.theme, width: width))
    }

    /// The drawings that are kept of a figure.
    static let ofDrawings = FigureTheme.allCases.flatMap { theme in keptWidths.map { ViewForm.svg(FigureStyle(theme: theme, width: $0)) } }
    /// The forms that are kept of a figure.
    static let ofFigures = ofDrawings + [.csv, .json]
    /// Of a table.
    static let ofTables: [ViewForm] = [.csv, .json, .markdown, .html]
}
