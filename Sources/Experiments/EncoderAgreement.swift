internal import Canonical
internal import Datasets
internal import Figures
internal import Metrics
internal import Numerics

/// Rank correlation of two feature extractors over image sets: FID of distorted training images against the test split under both.
///
/// - Source: Lucic et al. 2018, figure 2 (Inception against VGG); the sets are after Heusel et al. 2017, figure 3.
/// - Differs: the sets are distorted images of known levels instead of samples of trained models; the extractors are trained by this program.
struct EncoderAgreement {
    let data: ImageExperimentData
    let settings: ExperimentSettings

    private struct Row {
        let degradation: Degradation?
        let level: Int
        let values: [Double]
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        let split = data.train.split
        let count = settings.samples ?? min(data.test.count, split.count)
        guard count <= split.count else { throw ExperimentError.tooFew(what: "training images", count: split.count, needed: count) }
        let images = split.images(at: RandomStream(seed: settings.seed, name: "experiment/encoder-agreement/images").choice(count, of: split.count, step: 0))
        let references = try data.encoders.map { try fit($0, data.test.images(at: 0..<data.test.count)) }
        let kinds = Degradation.allCases.filter { $0 != .foreign || data.foreign != nil }
        let foreign = try foreignImages(count)
        var rows = [Row(degradation: nil, level: 0, values: try distances(images, references))]
        for kind in kinds {
            let stream = RandomStream(seed: settings.seed, name: "experiment/encoder-agreement/\(kind.rawValue)")
            for level in 1...Degradation.levels {
                progress(Double(rows.count) / Double(1 + kinds.count * Degradation.levels))
                let spoiled = kind.apply(level: level, to: images, shape: split.shape, foreign: foreign, stream: stream)
                rows.append(Row(degradation: kind, level: level, values: try distances(spoiled, references)))
            }
        }
        return result(count, rows, kinds)
    }

    private func foreignImages(_ count: Int) throws -> [Float] {
        guard let foreign = data.foreign else { return [] }
        guard foreign.split.count >= count else { throw ExperimentError.tooFew(what: "images of \(foreign.dataset)", count: foreign.split.count, needed: count) }
        let chosen = RandomStream(seed: settings.seed, name: "experiment/encoder-agreement/others").choice(count, of: foreign.split.count, step: 0)
        return foreign.split.images(at: chosen)
    }

    private func distances(_ images: [Float], _ references: [GaussianFit]) throws -> [Double] {
        try zip(data.encoders, references).map { try FrechetDistance.between($1, fit($0, images)) }
    }

    private func fit(_ encoder: any FeatureExtractor, _ images: [Float]) throws -> GaussianFit {
        let features = try encoder.features(of: images, count: images.count / data.test.shape.elements)
        return try GaussianFit(features: features, dimension: encoder.dimension)
    }

    private func result(_ count: Int, _ rows: [Row], _ kinds: [Degradation]) -> ExperimentResult {
        let names = data.encoders.map(\.name)
        let correlation = RankCorrelation.spearman(rows.map { $0.values[0] }, rows.map { $0.values[1] })
        let ranks = [0, 1].map { side in RankCorrelation.ranks(rows.map { $0.values[side] }) }
        var page = ["| degradation | level | FID, \(names[0]) | FID, \(names[1]) | rank | rank |", "|---|---:|---:|---:|---:|---:|"]
        var csv = "degradation,level,first,second\n", parts: [JSONValue] = []
        for (place, row) in rows.enumerated() {
            let name = row.degradation?.rawValue ?? "none"
            let numbers = row.values.map(Summary.text) + ranks.map { Self.rank($0[place]) }
            page.append("| \(name) | \(row.level) | \(numbers.joined(separator: " | ")) |")
            csv += "\(name),\(row.level),\(row.values[0]),\(row.values[1])\n"
            parts.append(["degradation": .string(name), "level": .integer(Int64(row.level)), "values": .array(row.values.map(JSONValue.number))])
        }
        page += ["", "Spearman's rank correlation of the \(rows.count) sets: \(correlation.map(Summary.text) ?? "undefined").", "", provenance(count)]
        var json = json(count)
        json["rows"] = .array(parts)
        json["spearman"] = correlation.map(JSONValue.number) ?? .null
        return ExperimentResult(.encoderAgreement, page: page, csv: csv, json: json, draw: figure(count, rows, kinds).svg)
    }

    /// Ranks are integers or, with ties, half-integers.
    private static func rank(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(Int(value)).5" }

    private func provenance(_ count: Int) -> String {
        let encoders = data.encoders.map { "\($0.name) (\($0.digest.short))" }.joined(separator: " and ")
        let others = data.foreign.map { " Foreign images: \($0.dataset) (\($0.digest.short))." } ?? ""
        return "Data set \(data.train.dataset) (\(data.train.digest.short)), feature extractors \(encoders), seed \(settings.seed), numerics \(Version.numerics). "
            + "N = \(count) training images against \(data.test.count) test images.\(others)"
    }

    private func json(_ count: Int) -> [String: JSONValue] {
        [
            "dataset": .string(data.train.dataset), "dataset_digest": .string(data.train.digest.hex),
            "encoders": .array(data.encoders.map { ["name": .string($0.name), "digest": .string($0.digest.hex)] }),
            "foreign": data.foreign.map { ["name": .string($0.dataset), "digest": .string($0.digest.hex)] } ?? .null,
            "numerics": .integer(Int64(Version.numerics)), "samples": .integer(Int64(count)), "reference_samples": .integer(Int64(data.test.count)),
            "seed": .integer(Int64(settings.seed)),
        ]
    }

    private func figure(_ count: Int, _ rows: [Row], _ kinds: [Degradation]) -> LineFigure {
        let names = data.encoders.map(\.name)
        let lines = kinds.enumerated().map { place, kind in
            let points = rows.filter { $0.degradation == kind || $0.degradation == nil }.map { LineFigure.Point(x: $0.values[0], y: $0.values[1]) }
            return LineFigure.Line(name: kind.rawValue, title: kind.rawValue, appearance: SeriesAppearance(index: place), points: points.sorted { ($0.x, $0.y) < ($1.x, $1.y) })
        }
        return LineFigure(
            title: "FID of distorted \(data.train.dataset) by two feature extractors (N = \(count))", xTitle: "FID (\(names[0]))", yTitle: "FID (\(names[1]))",
            xScale: .logarithmic, yScale: .logarithmic, lines: lines)
    }
}
