extension DistributionFigure {
    /// The figure as SVG text. Each point carries `data-run` and says in its title which run it is.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String {
        DistributionDrawing(figure: self, style: style).svg()
    }

    /// What a screen reader says instead of the picture.
    var spokenSummary: String {
        let parts = models.map { model -> String in
            let failed = model.failures.isEmpty ? "" : ", \(model.failures.count) diverged or failed"
            guard let box = BoxSummary(model.scored) else { return "\(model.title): no finished runs\(failed)." }
            let best = direction == .minimise ? box.minimum : box.maximum
            return "\(model.title): \(model.scored.count) finished runs\(failed), median \(DecimalText.significant(box.median)), "
                + "best \(DecimalText.significant(best))."
        }
        return parts.joined(separator: " ")
    }

    /// The lines below the figure: what is shown, what is not, and how it was measured.
    var notes: [String] {
        var notes = ["Each point is one run (\(selection)). Box: quartiles and median of finished runs, by linear interpolation; whiskers: extremes."]
        if models.contains(where: { $0.runs.contains { $0.state == .running && $0.value != nil } }) {
            notes[0] += " Hollow points are still running."
        }
        if models.contains(where: { model in model.runs.contains(where: model.isMarked) }) { notes[0] += " A star is the default setting." }
        if models.contains(where: { $0.runs.contains(where: \.isCollapsed) }) { notes[0] += " A hole in a point: the run collapsed." }
        notes.append(intervalMethod.map { "Interval: \($0)." } ?? "No interval is shown.")
        if let measurement { notes.append(measurement.sentence) }
        if let unseen = unseenNote { notes.append(unseen) }
        return remarks + notes
    }

    private var unseenNote: String? {
        let runs = models.flatMap(\.runs)
        let waiting = runs.filter { ($0.state == .queued || $0.state == .running) && $0.value == nil }.count
        let cancelled = runs.filter { $0.state == .cancelled }.count
        let valueless = runs.filter { $0.state == .done && ($0.value.map { !$0.isFinite } ?? true) }.count
        let below = scale == .linear ? 0 : runs.filter { $0.isPlaced && ($0.value ?? 1) <= 0 }.count
        let parts = [
            (waiting, "without a value yet"), (cancelled, "cancelled"), (valueless, "finished without a value"),
            (below, "at or below zero, which a logarithmic axis cannot show"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return parts.isEmpty ? nil : "Not shown: " + parts.joined(separator: ", ") + "."
    }
}

extension DistributionFigure.Run {
    /// Whether the run has a place along the axis.
    var isPlaced: Bool { (state == .done || state == .running) && value?.isFinite == true }
}
