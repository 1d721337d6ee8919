internal import Canonical
internal import Datasets
internal import Figures
internal import Metrics
internal import Numerics

/// FID and inception score of disturbed images, and of the two ways to cheat: one image per class, and copies of the images that FID compares with.
///
/// Each draw takes N images of the training split and disturbs them; the test split is the reference of FID.
/// - Source: Heusel et al. 2017, figure 3 and the appendix on the inception score; Barratt and Sharma 2018 on cheating it.
/// - Differs: the feature extractor is that of the data set, not the Inception network; there are intervals, which the authors do not show.
struct Disturbances {
    let data: ClassifiedImages
    let settings: ExperimentSettings

    /// A set of images and its scores, one for each draw.
    struct Row {
        let name: String
        let level: Int
        var fid: [Double] = []
        var score: [Double] = []
    }

    /// Ways to cheat.
    enum Cheat: String, CaseIterable {
        case onePerClass = "one-per-class"
        case copies
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        let split = data.train.split, shape = split.shape
        let count = settings.samples ?? min(2000, data.test.count, split.count)
        for (what, there) in [("training images", split.count), ("test images", data.test.count)] where count > there {
            throw ExperimentError.tooFew(what: what, count: there, needed: count)
        }
        let kinds = Disturbance.allCases.filter { $0 != .foreign || data.foreign != nil }
        let reference = table(data.test.images(at: 0..<data.test.count))
        let known = try reference.features.fit(0..<reference.features.count)
        let sets = [("none", 0)] + kinds.flatMap { kind in (1...Disturbance.levels).map { (kind.rawValue, $0) } } + Cheat.allCases.map { ($0.rawValue, 0) }
        var rows = sets.map { Row(name: $0.0, level: $0.1) }, pictures: [PictureGridFigure.Row] = []
        for draw in 0..<settings.draws {
            let images = split.images(at: RandomStream(seed: settings.seed, name: "experiment/disturbances/images").choice(count, of: split.count, step: UInt64(draw)))
            let foreign = try foreignImages(count, draw)
            var place = 0
            func add(_ measured: (fid: Double, score: Double)) {
                rows[place].fid.append(measured.fid)
                rows[place].score.append(measured.score)
                place += 1
                progress(Double(draw * rows.count + place) / Double(settings.draws * rows.count))
            }
            let plain = table(images)
            add(try measure(plain, known))
            for kind in kinds {
                let stream = RandomStream(seed: settings.seed, name: "experiment/disturbances/\(kind.rawValue)")
                var shown = [raster(images)]
                for level in 1...Disturbance.levels {
                    let disturbed = kind.apply(level: level, to: images, shape: shape, foreign: foreign, stream: stream, draw: draw)
                    if draw == 0 { shown.append(raster(disturbed)) }
                    add(try measure(table(disturbed), known))
                }
                if draw == 0 { pictures.append(.init(name: kind.rawValue, pictures: shown)) }
            }
            let best = (0..<data.classifier.classes).map { Self.surest(of: $0, plain.logits) }
            add(try measure(plain, known, (0..<count).map { best[$0 % best.count] }))
            let copied = RandomStream(seed: settings.seed, name: "experiment/disturbances/copies").choice(count, of: data.test.count, step: UInt64(draw))
            add(try measure(reference, known, copied))
        }
        return result(rows, kinds, pictures, count)
    }

    private typealias Table = (features: FeatureTable, logits: FeatureTable)

    private func table(_ images: [Float]) -> Table {
        let computed = data.classifier.run(images, images.count / data.test.shape.elements)
        return (
            FeatureTable(dimension: data.classifier.dimension, features: computed.features, labels: nil),
            FeatureTable(dimension: data.classifier.classes, features: computed.logits, labels: nil)
        )
    }

    private func measure(_ table: Table, _ known: GaussianFit, _ chosen: [Int]? = nil) throws -> (fid: Double, score: Double) {
        let places = chosen ?? Array(0..<table.features.count)
        return (try FrechetDistance.between(known, table.features.fit(places)), try InceptionScore.whole.score(logits: table.logits.set(places)).mean)
    }

    /// The image with the highest probability of a class: its logit is furthest above the logarithm of the sum of the exponentials of all.
    static func surest(of label: Int, _ logits: FeatureTable) -> Int {
        var best = (place: 0, value: -Double.infinity)
        for place in 0..<logits.count {
            let row = logits.features[place * logits.dimension..<(place + 1) * logits.dimension].map(Double.init)
            let greatest = row.reduce(-.infinity, max), sum = row.reduce(0) { $0 + RealFunctions.exponential($1 - greatest) }
            let value = row[label] - greatest - RealFunctions.logarithm(sum)
            if value > best.value { best = (place, value) }
        }
        return best.place
    }

    private func foreignImages(_ count: Int, _ draw: Int) throws -> [Float] {
        guard let foreign = data.foreign else { return [] }
        guard foreign.split.count >= count else { throw ExperimentError.tooFew(what: "images of \(foreign.dataset)", count: foreign.split.count, needed: count) }
        return foreign.split.images(at: RandomStream(seed: settings.seed, name: "experiment/disturbances/others").choice(count, of: foreign.split.count, step: UInt64(draw)))
    }

    private func raster(_ images: [Float]) -> PictureGridFigure.Raster {
        let shape = data.test.shape
        return .init(width: shape.width, height: shape.height, channels: shape.channels, values: Array(images.prefix(shape.elements)))
    }

    // MARK: - The result

    /// How many levels a score tells from the level before: the ranges of the draws do not meet, in the direction of worse.
    static func levelsSeen(_ rows: [Row], _ name: String) -> (fid: Int, score: Int) {
        let levels = rows.filter { $0.name == "none" || $0.name == name }
        var seen = (fid: 0, score: 0)
        for (before, after) in zip(levels, levels.dropFirst()) {
            if after.fid.reduce(.infinity, min) > before.fid.reduce(-.infinity, max) { seen.fid += 1 }
            if after.score.reduce(-.infinity, max) < before.score.reduce(.infinity, min) { seen.score += 1 }
        }
        return seen
    }

    private func result(_ rows: [Row], _ kinds: [Disturbance], _ pictures: [PictureGridFigure.Row], _ count: Int) -> ExperimentResult {
        var seen = ResultTable("seen", title: "Levels that a score tells from the level before, of \(Disturbance.levels)", columns: ["disturbance", "fid", "is"])
        for kind in kinds {
            let levels = Self.levelsSeen(rows, kind.rawValue)
            seen.append([.text(kind.rawValue), .count(levels.fid), .count(levels.score)])
        }
        var summary = ResultTable("summary", title: "Mean, least, and greatest of \(settings.draws) draws", columns: ["images", "level", "fid", "fid_least", "fid_greatest", "is", "is_least", "is_greatest"])
        var scores = ResultTable("scores", title: "Every draw", columns: ["images", "level", "draw", "fid", "is"])
        for row in rows {
            let fid = Summary(row.fid), score = Summary(row.score)
            summary.append([.text(row.name), .count(row.level)] + [fid.mean, fid.least, fid.greatest, score.mean, score.least, score.greatest].map { .number($0) })
            for place in row.fid.indices { scores.append([.text(row.name), .count(row.level), .count(place), .number(row.fid[place]), .number(row.score[place])]) }
        }
        return ExperimentResult(
            .disturbances, page: [Self.meaning, "", provenance(count)], tables: [summary, seen, scores], json: json(count),
            pictures: [
                picture(rows, kinds, nil, "FID of disturbed \(data.train.dataset)", "FID", \.fid), picture(rows, kinds, "is", "Inception score of disturbed \(data.train.dataset)", "inception score", \.score),
                examples(pictures),
            ])
    }

    private func picture(_ rows: [Row], _ kinds: [Disturbance], _ part: String?, _ title: String, _ axis: String, _ values: KeyPath<Row, [Double]>) -> ExperimentResult.Picture {
        let lines = kinds.enumerated().map { place, kind in
            let points = rows.filter { $0.name == "none" || $0.name == kind.rawValue }.map { row in
                let summary = Summary(row[keyPath: values])
                return LineFigure.Point(x: Double(row.level), y: summary.mean, between: summary.least, and: summary.greatest)
            }
            return LineFigure.Line(name: kind.rawValue, title: kind.rawValue, appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(
            title: title, xTitle: "level", yTitle: "\(axis) (\(data.classifier.name))", bandMethod: "least and greatest of \(settings.draws) draws, around their mean", lines: lines)
        return .init(part: part, title: title, draw: figure.svg)
    }

    private func examples(_ rows: [PictureGridFigure.Row]) -> ExperimentResult.Picture {
        let title = "One image of \(data.train.dataset) at the levels of each disturbance"
        let figure = PictureGridFigure(title: title, columns: (0...Disturbance.levels).map { "level \($0)" }, rows: rows)
        return .init(part: "examples", title: title, draw: figure.svg)
    }

    private func provenance(_ count: Int) -> String {
        let others = data.foreign.map { " Foreign images: \($0.dataset) (\($0.digest.short))." } ?? ""
        return "Data set \(data.train.dataset) (\(data.train.digest.short)), feature extractor \(data.classifier.name) (\(data.classifier.digest.short)), seed \(settings.seed), numerics \(Version.numerics). "
            + "N = \(count) images against \(data.test.count) test images.\(others)"
    }

    private func json(_ count: Int) -> [String: JSONValue] {
        [
            "dataset": .string(data.train.dataset), "dataset_digest": .string(data.train.digest.hex), "encoder": .string(data.classifier.name),
            "encoder_digest": .string(data.classifier.digest.hex), "foreign": data.foreign.map { ["name": .string($0.dataset), "digest": .string($0.digest.hex)] } ?? .null,
            "samples": .integer(Int64(count)), "reference_samples": .integer(Int64(data.test.count)), "draws": .integer(Int64(settings.draws)),
            "seed": .integer(Int64(settings.seed)),
        ]
    }

    private static let meaning = """
        What to see: FID increases with the level of a disturbance that its features can see, and the ranges of the draws do not meet. The inception score may stay where it is, or even
        improve. Under which conditions: both depend on the feature extractor, which is that of the data set; N is the same for all sets, because both scores depend on it. To cheat:
        one image per class, repeated, gets nearly the best inception score there is, while FID notices; copies of the images that FID compares with please both (the memorization metric, of the
        experiment `replay`, notices).
        """
}
