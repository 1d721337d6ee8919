internal import Canonical
internal import Figures
internal import Metrics
internal import Numerics

/// FID with missing classes: subsamples of the training split with the first k classes only, against the test split.
///
/// - Source: Lucic et al. 2018, section 5.1 and figure 1.
/// - Differs: uses the published splits. N, and therefore the bias, is the same for every k: the number of training images of
///   class 0, at most 5,000.
struct DroppedModes {
    let data: ExperimentData
    let settings: ExperimentSettings

    /// The distances of the subsamples with the first `classes` classes.
    private struct Row {
        let classes: Int
        let values: [Double]
        var summary: Summary { Summary(values) }
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        guard let labels = data.train.labels, data.classes > 1 else { throw ExperimentError.needsLabels(dataset: data.dataset) }
        let smallest = labels.count { $0 == 0 }
        let count = settings.samples ?? min(5000, smallest)
        guard count >= 2, count <= smallest else { throw ExperimentError.tooFew(what: "training images of class 0", count: smallest, needed: max(2, count)) }
        let reference = try data.test.fit(0..<data.test.count)
        var rows: [Row] = []
        for k in (1...data.classes).reversed() {
            progress(Double(rows.count) / Double(data.classes))
            rows.append(Row(classes: k, values: try distances(labels.indices.filter { labels[$0] < k }, k, count, reference)))
        }
        return result(count, rows)
    }

    private func distances(_ kept: [Int], _ k: Int, _ count: Int, _ reference: GaussianFit) throws -> [Double] {
        let stream = RandomStream(seed: settings.seed, name: "experiment/dropped-modes/\(k)")
        return try (0..<settings.draws).map { draw in
            let chosen = stream.choice(count, of: kept.count, step: UInt64(draw)).map { kept[$0] }
            return try FrechetDistance.between(reference, data.train.fit(chosen))
        }
    }

    private func result(_ count: Int, _ rows: [Row]) -> ExperimentResult {
        var page = ["| classes kept | draws | mean FID | standard deviation | minimum | maximum |", "|---:|---:|---:|---:|---:|---:|"]
        var csv = "classes,draw,fid\n", parts: [JSONValue] = []
        for row in rows {
            let summary = row.summary
            let numbers = [summary.mean, summary.deviation, summary.least, summary.greatest].map(Summary.text).joined(separator: " | ")
            page.append("| \(row.classes) | \(row.values.count) | \(numbers) |")
            for (draw, value) in row.values.enumerated() { csv += "\(row.classes),\(draw),\(value)\n" }
            parts.append([
                "classes": .integer(Int64(row.classes)), "values": .array(row.values.map(JSONValue.number)), "mean": .number(summary.mean),
                "deviation": .number(summary.deviation),
            ])
        }
        page += ["", data.provenance(settings) + " N = \(count) training images per subsample against \(data.test.count) test images. Standard deviations use the divisor n - 1."]
        var json = data.json(settings, samples: count)
        json["rows"] = .array(parts)
        return ExperimentResult(.droppedModes, page: page, csv: csv, json: json, draw: figure(count, rows).svg)
    }

    private func figure(_ count: Int, _ rows: [Row]) -> LineFigure {
        let points = rows.reversed().map { row in
            LineFigure.Point(x: Double(row.classes), y: row.summary.mean, band: row.summary.least...row.summary.greatest)
        }
        return LineFigure(
            title: "FID of \(data.dataset) with its first k classes only", xTitle: "k, classes kept", yTitle: "FID (\(data.encoder), N = \(count))",
            bandMethod: "minimum and maximum of \(settings.draws) random subsamples, around their mean",
            lines: [.init(name: "fid", title: "FID", appearance: 0, points: points)])
    }
}
