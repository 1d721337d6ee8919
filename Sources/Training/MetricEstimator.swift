internal import Canonical
internal import Datasets
internal import Metrics
internal import Studies
internal import Numerics

/// A metric as an evaluation computes it: name and version of the arithmetic, and options, both part of the protocol; and the computation.
struct MetricEstimator {
    /// The number is raised whenever the arithmetic changes.
    let name: String
    /// Null if the metric has no options.
    let options: JSONValue
    let requirements: GeneratedImages.Requirements
    /// Number of generated samples used, if fewer than those of the evaluation.
    var most: Int?
    /// The values, in the order of the metric's names.
    /// - Errors: `MetricError`
    let values: (_ generated: GeneratedImages, _ reference: ReferenceImages, _ fit: () throws -> GaussianFit) throws -> [Double]

    /// The estimator of a metric, or nil for an unknown name.
    /// - Parameters:
    ///   - options: all of `MetricChoice.options`
    ///   - threads: number of threads for the Frechet distance; no value depends on it
    static func named(_ metric: String, options: Hyperparameters, threads: Int = 1) -> MetricEstimator? {
        switch metric {
        case "fid":
            MetricEstimator(name: "frechet-1", options: .null, requirements: .init()) { generated, _, fit in
                [try FrechetDistance.between(fit(), generated.fit.fit(), threads: threads)]
            }
        case "fid_extrapolated": extrapolated(threads: threads)
        case "kid": kernel(KernelDistance(maximumBlock: options.integer("maximum_block")))
        case "is": inception(.whole)
        case "is_10": inception(.tenSplits)
        case "improved_precision_recall": precisionRecall(ImprovedPrecisionRecall(k: options.integer("k")))
        case "density_coverage": densityCoverage(DensityCoverage(k: options.integer("k")))
        case "prd":
            curve(
                PrecisionRecallCurve(
                    clusters: options.integer("clusters"), clusterings: options.integer("clusterings"), angles: options.integer("angles"),
                    beta: options.real("beta"), starts: options.integer("starts")))
        case "parzen":
            parzen(
                ParzenWindow(
                    bandwidths: options.integer("bandwidths"), least: options.real("least_bandwidth"), greatest: options.real("greatest_bandwidth"),
                    validationCount: options.integer("validation_samples")))
        case "memorisation": memorisation()
        case "manifold": manifold(options)
        case "bits_per_dimension": bitsPerDimension(BitsPerDimension(draws: options.integer("draws")))
        case "modes": modes(ModeCoverage(radius: options.real("radius")), count: options.integer("samples"))
        default: superResolution(metric, options: options)
        }
    }

    private static func manifold(_ options: Hyperparameters) -> MetricEstimator {
        manifold(
            ManifoldScore(threshold: options.real("threshold")),
            LatentInversion.Options(
                steps: options.integer("inversion_steps"), restarts: options.integer("inversion_restarts"), rate: options.real("inversion_rate"),
                normalBound: options.real("inversion_bound")),
            PolygonManifold.Options(
                dense: options.integer("manifold_dense"), restarts: options.integer("manifold_restarts"),
                firstStep: options.real("manifold_first_step"), lastStep: options.real("manifold_last_step")), count: options.integer("samples"))
    }

    /// The distance without its bias, and the bias: both sides halved, in the order of their images.
    private static func extrapolated(threads: Int) -> MetricEstimator {
        MetricEstimator(name: "frechet-halves-1", options: .null, requirements: .init(features: true)) { generated, reference, fit in
            let distance = try FrechetDistance.between(fit(), generated.fit.fit(), threads: threads)
            let bias = try FrechetDistance.bias(
                halves: half(reference.features(), threads), half(generated.features!, threads), distance: distance, threads: threads)
            return [distance - bias, bias]
        }
    }

    private static func half(_ features: FeatureSet, _ threads: Int) throws(MetricError) -> GaussianFit {
        var builder = GaussianFitBuilder(dimension: features.dimension, threads: threads)
        try builder.add(features.prefix(features.count / 2).matrix.elements.map { Float($0) })
        return try builder.anyFit()
    }

    private static func kernel(_ metric: KernelDistance) -> MetricEstimator {
        MetricEstimator(name: "kernel-1", options: metric.options, requirements: .init(features: true)) { generated, reference, _ in
            let spread = try metric.between(reference.features(), generated.features!)
            return [spread.mean, spread.deviation ?? .nan]
        }
    }

    private static func inception(_ metric: InceptionScore) -> MetricEstimator {
        MetricEstimator(name: "inception-score-1", options: metric.options, requirements: .init(logits: true)) { generated, _, _ in
            let spread = try metric.score(logits: generated.logits!)
            return metric.splits == 1 ? [spread.mean] : [spread.mean, spread.deviation ?? .nan]
        }
    }

    private static func precisionRecall(_ metric: ImprovedPrecisionRecall) -> MetricEstimator {
        MetricEstimator(name: "improved-precision-recall-1", options: metric.options, requirements: .init(features: true)) { generated, reference, _ in
            let result = try metric.between(reference: reference.features(), generated: generated.features!)
            return [result.precision, result.recall]
        }
    }

    private static func densityCoverage(_ metric: DensityCoverage) -> MetricEstimator {
        MetricEstimator(name: "density-coverage-1", options: metric.options, requirements: .init(features: true)) { generated, reference, _ in
            let result = try metric.between(reference: reference.features(), generated: generated.features!)
            return [result.density, result.coverage]
        }
    }

    private static func curve(_ metric: PrecisionRecallCurve) -> MetricEstimator {
        MetricEstimator(name: "prd-1", options: metric.options, requirements: .init(features: true)) { generated, reference, _ in
            let result = try metric.summary(reference: reference.features(), generated: generated.features!)
            return [result.recallWeighted, result.precisionWeighted]
        }
    }

    private static func parzen(_ metric: ParzenWindow) -> MetricEstimator {
        MetricEstimator(name: "parzen-1", options: metric.options, requirements: .init(pixels: true)) { generated, reference, _ in
            let result = try metric.measure(
                generated: generated.pixels!, validation: reference.validationPixels(metric.validationCount), heldOut: reference.pixels())
            return [result.logLikelihood, result.standardError, result.bandwidth]
        }
    }

    private static func memorisation() -> MetricEstimator {
        MetricEstimator(name: "memorisation-1", options: Memorisation.options, requirements: .init(features: true)) { generated, reference, _ in
            guard reference.splitName != "train" else {
                throw MetricError.badOption("memorisation compares training images with held-out ones: reference_split must not be train")
            }
            let result = try Memorisation.measure(
                train: reference.trainingFeatures(), heldOut: reference.features(), generated: generated.features!)
            return [result.share, result.z]
        }
    }

    /// Of the first reference images, without generated ones.
    private static func bitsPerDimension(_ metric: BitsPerDimension) -> MetricEstimator {
        MetricEstimator(name: "bits-per-dimension-1", options: metric.options, requirements: .init(sampler: true, images: false)) { generated, reference, _ in
            let result = try LikelihoodEvaluation(generated.sampler!).bitsPerDimension(of: reference.images(), count: reference.count, metric)
            return [result.mean, result.standardError]
        }
    }

    /// Precision over the first generated images, recall over the first reference images. A search ends below the threshold, since only the comparison with it counts.
    /// - Parameter count: number of images on each side
    static func manifold(
        _ metric: ManifoldScore, _ inversion: LatentInversion.Options, _ search: PolygonManifold.Options, count: Int
    ) -> MetricEstimator {
        let options: JSONValue = .object([
            "inversion": inversion.json, "manifold": search.json, "samples": .integer(Int64(count)),
            "threshold": metric.options["threshold"] ?? .null,
        ])
        return MetricEstimator(name: "manifold-1", options: options, requirements: .init(pixels: true, sampler: true), most: count) { generated, reference, _ in
            guard let manifold = PolygonManifold(try DatasetDescription.named(reference.dataset), options: search) else {
                throw MetricError.badOption("the data set \(reference.dataset) has no known manifold")
            }
            let pixels = generated.pixels!
            // Checked first, because it fails for models that have no inversion.
            let inversion = try LatentInversion(generated.sampler!, options: inversion)
            return try Self.values(
                metric.score(
                    toManifold: manifold.squaredDistances(of: pixels.prefix(count).matrix.elements.map { Float($0) }, enough: metric.threshold),
                    toGenerator: inversion.squaredDistances(
                        of: reference.pixels().prefix(count), generated: pixels, enough: metric.threshold)))
        }
    }

    /// Computed over the first generated points.
    private static func modes(_ metric: ModeCoverage, count: Int) -> MetricEstimator {
        let options: JSONValue = ["radius": metric.options["radius"] ?? .null, "samples": .integer(Int64(count))]
        return MetricEstimator(name: "mode-coverage-1", options: options, requirements: .init(pixels: true), most: count) { generated, reference, _ in
            guard let modes = try DatasetDescription.named(reference.dataset).modes else {
                throw MetricError.badOption("the data set \(reference.dataset) has no known modes")
            }
            let centers = Matrix(rows: modes.centers.count, columns: modes.centers[0].count, elements: modes.centers.flatMap { $0 })
            let result = try metric.measure(generated.pixels!.prefix(count), centers: centers, deviation: modes.deviation)
            return [Double(result.modes), result.highQuality, result.divergence]
        }
    }

    private static func values(_ result: ManifoldScore.Result) -> [Double] { [result.precision, result.recall, result.f1] }
}
