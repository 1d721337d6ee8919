internal import Canonical
internal import Figures
internal import Metrics
internal import Numerics

/// The mean log-likelihood of points on a ring under a Parzen window, against its bandwidth: of new points, of its own points, and of its own points
/// leaving each one out.
struct ParzenBandwidth {
    let settings: ExperimentSettings
    static let radius: Float = 2
    static let deviation: Float = 0.1

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        let count = settings.samples ?? 500
        guard count <= 5000 else { throw ExperimentError.badSetting(name: "samples", value: "\(count)", allowed: "2 to 5000") }
        let bandwidths = ParzenWindow(bandwidths: 26, least: 0.00316, greatest: 1).grid
        var table = ResultTable("curves", title: "Mean log-likelihood, in nats", columns: ["seed", "bandwidth", "test", "leave_one_out", "train"])
        for draw in 0..<settings.draws {
            progress(Double(draw) / Double(settings.draws))
            let seed = settings.seed + UInt64(draw)
            let train = try FeatureSet(Self.points(count, seed: seed, "train"), dimension: 2), test = try FeatureSet(Self.points(count, seed: seed, "test"), dimension: 2)
            func means(_ points: FeatureSet, leavingOneOut: Bool = false) -> [Double] {
                ParzenWindow.logLikelihoods(points, under: train, bandwidths: bandwidths, leavingOneOut: leavingOneOut).map { $0.reduce(0, +) / Double($0.count) }
            }
            let held = means(test), out = means(train, leavingOneOut: true), own = means(train)
            for (place, bandwidth) in bandwidths.enumerated() {
                table.append([.count(Int(seed)), .number(bandwidth), .number(held[place]), .number(out[place]), .number(own[place])])
            }
        }
        return ExperimentResult(
            .parzenBandwidth, page: [Self.meaning], tables: [table], json: ["seed": .integer(Int64(settings.seed)), "samples": .integer(Int64(count))],
            pictures: [picture(table, count)])
    }

    /// Directions uniform on the circle, radii N(2, 0.1^2).
    static func points(_ count: Int, seed: UInt64, _ split: String) -> [Float] {
        let stream = RandomStream(seed: seed, name: "experiment/parzen-bandwidth/\(split)")
        let directions = stream.numbers(.normal(mean: 0, deviation: 1), step: 0, count: 2 * count)
        let radii = stream.numbers(.normal(mean: radius, deviation: deviation), step: 1, count: count)
        return (0..<count).flatMap { place -> [Float] in
            let (x, y) = (directions[2 * place], directions[2 * place + 1]), length = (x * x + y * y).squareRoot()
            return length > 0 ? [radii[place] * x / length, radii[place] * y / length] : [radii[place], 0]
        }
    }

    private func picture(_ table: ResultTable, _ count: Int) -> ExperimentResult.Picture {
        let title = "Log-likelihood of a Parzen window on a ring against its bandwidth"
        let names = [("test", "new points"), ("leave_one_out", "its own points, leaving each one out"), ("train", "its own points")]
        func isFirst(_ row: [ResultTable.Value]) -> Bool { row[0] == .count(Int(settings.seed)) }
        let lines = names.enumerated().map { place, name in
            LineFigure.Line(
                name: name.0, title: name.1, appearance: SeriesAppearance(index: place),
                points: zip(table.numbers("bandwidth", where: isFirst), table.numbers(name.0, where: isFirst)).map { LineFigure.Point(x: $0, y: max(-20, $1)) })
        }
        let figure = LineFigure(
            title: title, xTitle: "bandwidth", yTitle: "mean log-likelihood (nats), at least -20", xScale: .logarithmic, lines: lines,
            notes: ["\(count) points of a ring with radius 2 and standard deviation 0.1, seed \(settings.seed)."])
        return .init(title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: the log-likelihood of new points has one maximum, near the standard deviation of the ring, and falls steeply for smaller bandwidths. That of the window's own points
        rises without bound as the bandwidth falls, because each point sees itself: a bandwidth must never be selected on them. Leaving each point out follows the curve of new points.
        """
}
