/// The common frame of all figures: title above, notes and measurement protocol below.
struct FigureFrame {
    static let margin = 16.0
    let width: Double
    let theme: FigureTheme

    init(_ style: FigureStyle) {
        width = Double(style.width)
        theme = style.theme
    }

    var inner: Double { width - 2 * Self.margin }

    /// - Returns: the y coordinate at which the drawing starts.
    func drawTitle(_ title: String, in document: inout SVGDocument) -> Double {
        var y = Self.margin
        for line in TextMeasure.lines(title, width: inner, size: 17) {  // bold runs wider
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.text, size: 15, bold: true)
            y += 5
        }
        return y + 6
    }

    /// - Returns: the total height.
    func drawNotes(_ notes: [String], _ measurement: MeasurementProtocol?, y start: Double, in document: inout SVGDocument) -> Double {
        var y = start
        for line in (notes + [measurement?.sentence].compactMap { $0 }).flatMap({ TextMeasure.lines($0, width: inner, size: 11.5) }) {
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.quiet, size: 11.5)
        }
        return y + Self.margin
    }

    /// Labels from the left; overlapping labels are omitted, their grid lines kept.
    func drawTickLabels(_ axis: Axis, y: Double, within range: ClosedRange<Double>, in document: inout SVGDocument) {
        var free = range.lowerBound
        for tick in axis.ticks {
            let half = TextMeasure.width(tick.label, size: 11) / 2
            let x = min(max(axis.position(tick.value), range.lowerBound + half), range.upperBound - half)
            guard x - half >= free else { continue }
            document.text(tick.label, x: x, y: y, fill: theme.quiet, size: 11, anchor: "middle")
            free = x + half + 6
        }
    }
}
