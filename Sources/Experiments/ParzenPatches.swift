internal import Canonical
internal import Figures
internal import Metrics
internal import Numerics

/// Parzen log-likelihood of 6 x 6 gray patches against the number of centers: of patches as centers, and of k-means centers of other patches, which score
/// better than the data themselves; and of samples of a known Gaussian, which stay short of its true log-likelihood.
///
/// - Source: Theis, van den Oord, and Bethge 2016, section 3.2 and its two experiments, joined on patches.
/// - Differs: both on patches of one data set; the bandwidth is selected on validation patches separately for each estimator.
struct ParzenPatches {
    let data: PatchExperimentData
    let settings: ExperimentSettings
    /// Numbers of centers.
    var counts = [100, 300, 1000, 3000]
    /// Patches in training, for selection, and for the result.
    var training = 20_000, validation = 500, held = 1000
    /// Numbers of samples of the known Gaussian.
    var gaussianCounts = [100, 1000, 10_000]
    var bandwidths = 21
    static let rounds = 8

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        guard counts.allSatisfy({ 6 * $0 <= training }) else { throw ExperimentError.tooFew(what: "training patches", count: training, needed: 6 * (counts.max() ?? 0)) }
        var table = ResultTable(
            "patches", title: "Mean log-likelihood of held-out patches, in nats",
            columns: ["seed", "centers", "data", "k_means", "difference", "standard_error", "data_bandwidth", "k_means_bandwidth"])
        var known = ResultTable("gaussian", title: "A known Gaussian, in nats", columns: ["seed", "samples", "parzen", "true", "short", "gaussian_on_patches"])
        let window = ParzenWindow(bandwidths: bandwidths, least: 0.00501, greatest: 0.501, validationCount: validation)
        for draw in 0..<settings.draws {
            let seed = settings.seed + UInt64(draw)
            func patches(_ count: Int, _ name: String) throws -> FeatureSet {
                try FeatureSet(PatchExperimentData.patches(count, of: name == "train" ? data.train : data.test, seed: seed, name: name, step: 0), dimension: 36)
            }
            let train = try patches(training, "train"), selection = try patches(validation, "validation"), test = try patches(held, "test")
            for (place, count) in counts.enumerated() {
                progress((Double(draw) + Double(place) / Double(counts.count)) / Double(settings.draws))
                let stream = RandomStream(seed: seed, name: "experiment/parzen-patches/centers")
                let start = train.rows(stream.choice(count, of: training, step: UInt64(place)))
                let clusters = KMeans(train.matrix, from: start.matrix, rounds: Self.rounds)
                let own = Self.scores(start, selection, test, window), means = try Self.scores(FeatureSet(clusters.centers), selection, test, window)
                let differences = Summary(zip(means.values, own.values).map { $0 - $1 })
                table.append([
                    .count(Int(seed)), .count(count), .number(own.mean), .number(means.mean), .number(differences.mean),
                    .number(differences.deviation / Double(held).squareRoot()), .number(own.bandwidth), .number(means.bandwidth),
                ])
            }
            try measureGaussian(train, test, seed: seed, window, &known)
        }
        var json: [String: JSONValue] = [
            "dataset": .string(data.dataset), "dataset_digest": .string(data.digest.hex), "seed": .integer(Int64(settings.seed)), "training_patches": .integer(Int64(training)),
        ]
        json["validation_patches"] = .integer(Int64(validation))
        json["test_patches"] = .integer(Int64(held))
        let provenance = """
            Data set \(data.dataset) (\(data.digest.short)), seed \(settings.seed), numerics \(Version.numerics). \(training) training patches, \(validation) validation patches,
            \(held) test patches; k-means: \(Self.rounds) rounds from the patches that are the centers of the other estimator. The standard error is that of the paired difference.
            """
        return ExperimentResult(.parzenPatches, page: [provenance, "", Self.meaning], tables: [table, known], json: json, pictures: [picture(table)])
    }

    /// The log-likelihoods of the test patches with the bandwidth that is best for the validation patches.
    private static func scores(_ centers: FeatureSet, _ selection: FeatureSet, _ test: FeatureSet, _ window: ParzenWindow) -> (values: [Double], mean: Double, bandwidth: Double) {
        let means = ParzenWindow.logLikelihoods(selection, under: centers, bandwidths: window.grid).map { $0.reduce(0, +) / Double($0.count) }
        var best = 0
        for place in means.indices where means[place] > means[best] { best = place }
        let values = ParzenWindow.logLikelihoods(test, under: centers, bandwidths: [window.grid[best]])[0]
        return (values, values.reduce(0, +) / Double(values.count), window.grid[best])
    }

    /// Fits a Gaussian to the training patches, and scores samples of it by a Parzen window of other samples of it.
    private func measureGaussian(_ train: FeatureSet, _ test: FeatureSet, seed: UInt64, _ window: ParzenWindow, _ table: inout ResultTable) throws {
        let gaussian = try Gaussian(train)
        func samples(_ count: Int, _ name: String) throws -> FeatureSet {
            let stream = RandomStream(seed: seed, name: "experiment/parzen-patches/gaussian/\(name)")
            return try FeatureSet(gaussian.samples(stream.numbers(.normal(mean: 0, deviation: 1), step: 0, count: count * 36)))
        }
        let selection = try samples(validation, "validation"), held = try samples(self.held, "test")
        let truth = gaussian.meanLogDensity(held), onPatches = gaussian.meanLogDensity(test)
        for count in gaussianCounts {
            let score = Self.scores(try samples(count, "centers"), selection, held, window).mean
            table.append([.count(Int(seed)), .count(count), .number(score), .number(truth), .number(truth - score), .number(onPatches)])
        }
    }

    /// A Gaussian with full covariance, by maximum likelihood.
    struct Gaussian {
        let mean: [Double]
        /// U with covariance[order, order] = U^T U.
        let factor: CholeskyFactor

        /// - Errors: `ExperimentError.tooFew` if the points span no volume
        init(_ points: FeatureSet) throws {
            let ones = Matrix(rows: 1, columns: points.count, repeating: 1 / Double(points.count))
            mean = ones.multiplied(by: points.matrix).elements
            let centered = Self.centered(points.matrix, mean).transposed
            let product = centered.multiplied(byTransposed: centered)
            factor = try CholeskyFactor(Matrix(rows: product.rows, columns: product.columns, elements: product.elements.map { $0 / Double(points.count) }))
            guard factor.rank == points.dimension else { throw ExperimentError.tooFew(what: "directions in which the patches vary", count: factor.rank, needed: points.dimension) }
        }

        private static func centered(_ points: Matrix, _ mean: [Double]) -> Matrix {
            var elements = points.elements
            for i in elements.indices { elements[i] -= mean[i % mean.count] }
            return Matrix(rows: points.rows, columns: points.columns, elements: elements)
        }

        /// - Shapes: normal numbers [count, d] -> [count, d]
        func samples(_ normal: [Float]) -> Matrix {
            let d = mean.count, permuted = Matrix(normal, columns: d).multiplied(by: factor.upper)
            var elements = [Double](repeating: 0, count: permuted.elements.count)
            for row in 0..<permuted.rows {
                for (place, axis) in factor.order.enumerated() { elements[row * d + axis] = permuted.elements[row * d + place] + mean[axis] }
            }
            return Matrix(rows: permuted.rows, columns: d, elements: elements)
        }

        /// The mean of -|U^-T (x - mean)|^2 / 2 - ln det U - d ln(2 pi) / 2, with the triangular system solved by forward substitution.
        func meanLogDensity(_ points: FeatureSet) -> Double {
            let d = mean.count, centered = Self.centered(points.matrix, mean), upper = factor.upper
            var constant = Double(d) * Logarithms.halfOfTwoPi, total = 0.0
            for i in 0..<d { constant += RealFunctions.logarithm(upper[i, i]) }
            for row in 0..<points.count {
                var z = [Double](repeating: 0, count: d)
                for i in 0..<d {
                    var value = centered.elements[row * d + factor.order[i]]
                    for k in 0..<i { value -= upper.elements[k * d + i] * z[k] }
                    z[i] = value / upper.elements[i * d + i]
                    total -= z[i] * z[i] / 2
                }
            }
            return total / Double(points.count) - constant
        }
    }

    private func picture(_ table: ResultTable) -> ExperimentResult.Picture {
        let title = "Parzen log-likelihood of patches of \(data.dataset) against the number of centers"
        let names = [("data", "patches as centers"), ("k_means", "k-means centers")]
        let lines = names.enumerated().map { place, name in
            let points = counts.map { count -> LineFigure.Point in
                let values = table.numbers(name.0) { $0[1] == .count(count) }
                return LineFigure.Point(
                    x: Double(count), y: values.reduce(0, +) / Double(values.count), between: values.reduce(.infinity, min), and: values.reduce(-.infinity, max))
            }
            return LineFigure.Line(name: name.0, title: name.1, appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(
            title: title, xTitle: "centers", yTitle: "mean log-likelihood (nats)", xScale: .logarithmic, bandMethod: "minimum and maximum of \(settings.draws) seeds, around their mean",
            lines: lines)
        return .init(title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: k-means centers of the training patches score better than the training patches themselves, which are samples of the true distribution: the estimate does not rank models by
        likelihood. Samples of a Gaussian of known density stay far below its true log-likelihood however many there are. Condition: the advantage shrinks as the number of centers nears the
        number of patches that k-means sees, where centers become data; at least 6 patches per center are required.
        """
}
