import Canonical

/// The layout of one distribution figure: a title, a lane for each model over one axis, a lane for failures on the right, notes.
struct DistributionDrawing {
    private let figure: DistributionFigure
    private let theme: FigureTheme
    private let axis: Axis
    private let width: Double
    private let failureLeft: Double
    private let laneHeight: Double
    private let titleLines: [String]
    private let noteLines: [String]
    private let hasFailureLane: Bool
    private let isEmpty: Bool

    private static let margin = 16.0
    private static let radius = 4.5
    private static let laneHead = 24.0

    init(figure: DistributionFigure, style: FigureStyle) {
        self.figure = figure
        theme = style.theme
        width = Double(style.width)
        let inner = width - 2 * Self.margin
        hasFailureLane = figure.models.contains { !$0.failures.isEmpty }
        let failureWidth = hasFailureLane ? (width < 560 ? 76.0 : 116.0) : 0
        failureLeft = width - Self.margin - failureWidth
        let most = figure.models.map(\.runs.count).max() ?? 0
        laneHeight = most <= 12 ? 48 : most <= 60 ? 68 : 104
        titleLines = TextMeasure.lines(figure.title, width: inner, size: 17)  // bold runs wider
        noteLines = figure.notes.flatMap { TextMeasure.lines($0, width: inner, size: 11.5) }
        let placed = figure.models.flatMap { model in
            model.runs.compactMap { $0.isPlaced ? $0.value : nil } + (model.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
        }
        isEmpty = placed.isEmpty
        let right = failureLeft - (hasFailureLane ? 20 : 8)
        axis = Axis(
            showing: placed, scale: figure.scale, wanted: width < 560 ? 5 : 8, from: Self.margin + 8, to: right)
    }

    func svg() -> String {
        var document = SVGDocument(width: width)
        var y = Self.margin
        for line in titleLines {
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.text, size: 15, bold: true)
            y += 5
        }
        y += 6
        let top = y
        let bottom = top + Double(figure.models.count) * (Self.laneHead + laneHeight) + 6
        drawGrid(&document, top: top, bottom: bottom)
        drawFailureLane(&document, top: top, bottom: bottom)
        for (index, model) in figure.models.enumerated() {
            drawModel(model, top: top + Double(index) * (Self.laneHead + laneHeight), in: &document)
        }
        y = bottom + 18
        drawTickLabels(&document, y: y)
        y += 5
        for line in TextMeasure.lines(axisTitle, width: width - 2 * Self.margin, size: 12) {
            y += 16
            document.text(line, x: Self.margin, y: y, fill: theme.text, size: 12)
        }
        y += 8
        for line in noteLines {
            y += 15
            document.text(line, x: Self.margin, y: y, fill: theme.quiet, size: 11.5)
        }
        return document.finished(
            height: y + Self.margin, title: figure.title, description: figure.spokenSummary, theme: theme)
    }

    private var axisTitle: String {
        let better = figure.direction == .minimise ? "lower is better" : "higher is better"
        let encoder = figure.measurement.map { " with encoder \($0.encoder)" } ?? ""
        return "\(figure.metric)\(encoder), \(better)\(figure.scale == .logarithmic ? ", logarithmic axis" : "")"
    }

    private func drawGrid(_ document: inout SVGDocument, top: Double, bottom: Double) {
        for lane in figure.models.indices where !isEmpty {
            // Lines stop below each lane's head, so that none runs through its words.
            let laneTop = top + Double(lane) * (Self.laneHead + laneHeight) + Self.laneHead
            for tick in axis.ticks {
                let x = axis.position(tick.value)
                document.line(x, laneTop, x, lane == figure.models.count - 1 ? bottom : laneTop + laneHeight, stroke: theme.grid)
            }
        }
        document.line(Self.margin, bottom, failureLeft - (hasFailureLane ? 12 : 0), bottom, stroke: theme.axis)
    }

    /// Labels from the left; one that would touch the last is left out, its grid line stays.
    private func drawTickLabels(_ document: inout SVGDocument, y: Double) {
        guard !isEmpty else {
            // An axis without values would be made up.
            document.text("no values yet", x: Self.margin, y: y, fill: theme.quiet, size: 12)
            return
        }
        var free = 0.0
        for tick in axis.ticks {
            let half = TextMeasure.width(tick.label, size: 12) / 2
            let x = axis.position(tick.value)
            guard x - half >= free else { continue }
            document.text(tick.label, x: x, y: y, fill: theme.quiet, size: 12, anchor: "middle")
            free = x + half + 8
        }
    }

    private func drawFailureLane(_ document: inout SVGDocument, top: Double, bottom: Double) {
        guard hasFailureLane else { return }
        document.line(failureLeft, top, failureLeft, bottom, stroke: theme.axis, dash: "3 3")
        let middle = (failureLeft + width - Self.margin) / 2
        let label = width < 560 ? "failed" : "diverged, failed"
        document.text(label, x: middle, y: bottom + 18, fill: theme.warning, size: 12, anchor: "middle")
    }

    private func drawModel(_ model: DistributionFigure.Model, top: Double, in document: inout SVGDocument) {
        let color = model.appearance.color(theme)
        let center = top + Self.laneHead + laneHeight / 2
        document.open(["data-model": model.name])
        drawHead(model, top: top, color: color, in: &document)
        drawBox(model, center: center, color: color, in: &document)
        drawPoints(model, center: center, color: color, in: &document)
        drawFailures(model, center: center, in: &document)
        document.close()
    }

    private func drawHead(_ model: DistributionFigure.Model, top: Double, color: String, in document: inout SVGDocument) {
        let marker = model.appearance.marker
        document.element("path", ["d": marker.path(x: Self.margin + 5, y: top + 14, radius: 5), "fill": color])
        let room = failureLeft - Self.margin - 24
        let name = TextMeasure.shortened(model.title, width: room * 0.6, size: 13)
        document.text(name, x: Self.margin + 18, y: top + 18.5, fill: theme.text, size: 13, bold: true)
        let start = Self.margin + 18 + TextMeasure.width(name, size: 13) * 1.1 + 12
        document.text(summary(model, width: failureLeft - start), x: start, y: top + 18.5, fill: theme.quiet, size: 12)
    }

    /// As many as fit of: the number of runs in the box, the number of failures, median, best.
    private func summary(_ model: DistributionFigure.Model, width: Double) -> String {
        var parts = ["n = \(model.scored.count)"]
        if !model.failures.isEmpty { parts[0] += " + \(model.failures.count) failed" }
        if let box = BoxSummary(model.scored) {
            let best = figure.direction == .minimise ? box.minimum : box.maximum
            parts += ["median \(DecimalText.significant(box.median))", "best \(DecimalText.significant(best))"]
        }
        while parts.count > 1, TextMeasure.width(parts.joined(separator: " · "), size: 12) > width { parts.removeLast() }
        return parts.joined(separator: " · ")
    }

    /// Quartiles and median from four runs on; with fewer a box would say more than is known.
    private func drawBox(_ model: DistributionFigure.Model, center: Double, color: String, in document: inout SVGDocument) {
        let values = model.scored.filter(axis.shows)
        if values.count >= 4, let box = BoxSummary(values) {
            let left = axis.position(box.lowerQuartile)
            let half = laneHeight * 0.34
            document.line(axis.position(box.minimum), center, axis.position(box.maximum), center, stroke: theme.axis)
            document.element(
                "rect",
                [
                    "x": SVGDocument.number(left), "y": SVGDocument.number(center - half),
                    "width": SVGDocument.number(max(1, axis.position(box.upperQuartile) - left)),
                    "height": SVGDocument.number(2 * half), "rx": "2", "fill": theme.box, "stroke": theme.axis,
                ])
            let median = axis.position(box.median)
            document.line(median, center - half, median, center + half, stroke: theme.text, width: 2)
        }
        if let interval = model.interval, axis.shows(interval.lowerBound), axis.shows(interval.upperBound) {
            let y = center + laneHeight * 0.45
            document.line(axis.position(interval.lowerBound), y, axis.position(interval.upperBound), y, stroke: color, width: 3)
        }
    }

    private func drawPoints(_ model: DistributionFigure.Model, center: Double, color: String, in document: inout SVGDocument) {
        let runs = model.runs.filter { $0.isPlaced && axis.shows($0.value ?? .nan) }
        let positions = runs.map { axis.position($0.value ?? .nan) }
        let offsets = Beeswarm.offsets(positions, diameter: 2 * Self.radius + 1, limit: laneHeight / 2 - Self.radius)
        // Stars last, so that no point covers them.
        for index in runs.indices.filter({ !model.isMarked(runs[$0]) }) + runs.indices.filter({ model.isMarked(runs[$0]) }) {
            drawPoint(runs[index], of: model, x: positions[index], y: center + offsets[index], color: color, in: &document)
        }
    }

    private func drawPoint(
        _ run: DistributionFigure.Run, of model: DistributionFigure.Model, x: Double, y: Double, color: String, in document: inout SVGDocument
    ) {
        let marker = model.appearance.marker
        let (isHollow, isStar) = (run.state == .running, model.isMarked(run))
        document.element(
            "path",
            [
                "d": isStar ? Marker.star(x: x, y: y, radius: Self.radius) : marker.path(x: x, y: y, radius: Self.radius),
                "fill": isHollow ? theme.surface : isStar ? theme.text : color, "fill-opacity": isHollow || isStar ? "" : "0.82",
                "stroke": isStar ? (isHollow ? theme.text : theme.surface) : color, "stroke-width": isStar ? "1" : "1.2", "data-run": run.id,
            ], title: pointTitle(run, of: model))
        guard run.isCollapsed else { return }
        document.element("path", ["d": Marker.circle.path(x: x, y: y, radius: 1.8), "fill": theme.surface, "stroke": theme.warning, "stroke-width": "1.2"])
    }

    private func drawFailures(_ model: DistributionFigure.Model, center: Double, in document: inout SVGDocument) {
        let runs = model.failures
        guard hasFailureLane, !runs.isEmpty else { return }
        let room = width - Self.margin - failureLeft - 16
        let columns = max(1, Int(saturating: room / 12))
        let rows = (runs.count + columns - 1) / columns
        let pitch = min(12, laneHeight / Double(rows))
        for (index, run) in runs.enumerated() {
            let inRow = min(columns, runs.count - index / columns * columns)
            let x = failureLeft + 8 + room / 2 + (Double(index % columns) - Double(inRow - 1) / 2) * 12
            let y = center + (Double(index / columns) - Double(rows - 1) / 2) * pitch
            document.element(
                "path",
                ["d": Marker.cross.path(x: x, y: y, radius: Self.radius), "fill": theme.warning, "data-run": run.id],
                title: pointTitle(run, of: model))
        }
    }

    private func pointTitle(_ run: DistributionFigure.Run, of model: DistributionFigure.Model) -> String {
        var parts = ["\(model.title), setting \(run.setting), seed \(run.seed): "]
        if let value = run.value { parts[0] += "\(figure.metric) \(DecimalText.significant(value))" } else { parts[0] += "no value" }
        if let step = run.step { parts.append("at step \(DecimalText.count(step))") }
        if run.state != .done { parts.append("(\(run.state.rawValue))") }
        if run.isCollapsed { parts.append("(collapsed)") }
        return parts.joined(separator: " ") + " — run \(run.id)"
    }
}
