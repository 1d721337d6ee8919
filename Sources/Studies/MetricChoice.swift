public import Canonical

/// A metric that a plan can request: its names, when it is computed, and what it requires. For its options see `options`.
public struct MetricChoice: Sendable, Hashable {
    /// Whether lower or higher values are better.
    public enum Direction: String, Sendable { case minimise, maximise }

    /// A value reported by the metric, with its own name in events, filters, and figures.
    public struct Value: Sendable, Hashable {
        /// The name in events, filters, and figures.
        public let name: String
        /// The name for people.
        public let title: String
        /// The short name, for column headers.
        public let label: String
        /// The unit, such as "nats"; nil for a number without one.
        public let unit: String?
        /// Significant digits shown to people.
        public let digits: Int
        /// Whether a report shows it in figures of its own beside those of the objective.
        public let isHeadline: Bool
        /// Whether lower or higher values are better.
        public let direction: Direction
        /// A warning about a common misinterpretation, shown with the value; nil if there is none.
        public var caution: String?
    }

    /// The required input.
    public enum Needs: Sendable, Hashable {
        /// Features of an extractor.
        case features
        /// Class probabilities of an extractor.
        case probabilities
        /// The images themselves.
        case pixels
        /// A data set with a known manifold: polygons with a fixed number of corners.
        case manifold
        /// A mixture with known modes: ring and grid.
        case modes
        /// A model that defines the exact likelihood of examples. No feature extractor and no generated examples.
        case likelihood
        /// A model that generates images for the low-resolution images of given examples, and a data set that has these. No feature extractor.
        case lowResolution
        /// The same, and a feature extractor whose squared distances are perceptual ones: an imported network of LPIPS.
        case perceptual
    }

    /// The name in specifications and plans.
    public let name: String
    /// The human-readable title.
    public let title: String
    /// The reported values, the main one first.
    public let values: [Value]
    /// The required input.
    public let needs: Needs
    /// Expensive metrics are computed only after the last step, others at every evaluation.
    public let isCostly: Bool
    /// The value that a plan optimizes if it measures this metric and names no objective; nil: the first.
    var objective: String?

    /// Whether it is computed from the outputs of a feature extractor.
    public var usesExtractor: Bool { needs != .likelihood && needs != .lowResolution }

    /// Whether images are judged one by one, so that few of them have a mean.
    public var judgesSingleImages: Bool { [.likelihood, .lowResolution, .perceptual].contains(needs) }

    /// The metric with this name.
    public static func named(_ name: String) -> MetricChoice? { all.first { $0.name == name } }

    /// The reported value with this name.
    public static func value(named name: String) -> Value? {
        for choice in all {
            if let value = choice.values.first(where: { $0.name == name }) { return value }
        }
        return nil
    }

    /// The notes that accompany the values of a metric wherever they are shown: its caution, if it has one.
    public static func cautions(of name: String) -> [String] { value(named: name)?.caution.map { [$0] } ?? [] }

    /// All metrics, in display order.
    public static let all = [
        MetricChoice(
            name: "fid", title: "Frechet inception distance (FID)", values: [less("fid", "FID", isHeadline: true)], needs: .features, isCostly: false),
        MetricChoice(
            name: "fid_extrapolated", title: "FID extrapolated to unlimited N, and its bias",
            values: [less("fid_extrapolated", "FID extrapolated to unlimited N", label: "FID, extrapolated"), less("fid_bias", "Bias of FID at N", label: "FID, bias")],
            needs: .features, isCostly: true),
        MetricChoice(
            name: "kid", title: "Kernel inception distance (KID)", values: [less("kid", "KID"), less("kid_deviation", "KID, standard deviation over blocks", label: "KID, sd")],
            needs: .features, isCostly: false),
        MetricChoice(
            name: "is", title: "Inception score, one split", values: [more("is", "Inception score", label: "IS")], needs: .probabilities, isCostly: false),
        MetricChoice(
            name: "is_10", title: "Inception score, ten splits",
            values: [
                more("is_10", "Inception score, mean of 10 splits", label: "IS, 10 splits"),
                less("is_10_deviation", "Inception score, standard deviation over 10 splits", label: "IS, sd"),
            ],
            needs: .probabilities, isCostly: false),
        MetricChoice(
            name: "improved_precision_recall", title: "Improved precision and recall",
            values: [more("improved_precision", "Improved precision", digits: 3), more("improved_recall", "Improved recall", digits: 3)], needs: .features, isCostly: false),
        MetricChoice(
            name: "density_coverage", title: "Density and coverage", values: [more("density", "Density", digits: 3), more("coverage", "Coverage", digits: 3)],
            needs: .features, isCostly: false),
        MetricChoice(
            name: "prd", title: "PRD: F8 and F1/8",
            values: [more("prd_f8", "PRD F8 (recall)", label: "PRD F8", digits: 3), more("prd_f1_8", "PRD F1/8 (precision)", label: "PRD F1/8", digits: 3)],
            needs: .features, isCostly: true),
        MetricChoice(
            name: "parzen", title: "Parzen-window log-likelihood",
            values: [
                more("log_likelihood", "Log-likelihood, nats", label: "Log-likelihood", unit: "nats", digits: 5),
                less("log_likelihood_error", "Log-likelihood, standard error", label: "Log-likelihood, se", unit: "nats"),
                less("parzen_bandwidth", "Parzen bandwidth"),
            ], needs: .pixels, isCostly: true),
        MetricChoice(
            name: "memorisation", title: "Memorization: closer to training images than held-out images are",
            values: [less("memorisation", "Memorization", digits: 3, copying), less("memorisation_z", "Memorization, z score", label: "Memorization, z", copying)],
            needs: .features, isCostly: true),
        MetricChoice(
            name: "manifold", title: "Precision, recall and F1 on the polygon manifold",
            values: [more("precision", "Precision", digits: 3), more("recall", "Recall", digits: 3), more("f1", "F1", digits: 3, isHeadline: true)],
            needs: .manifold, isCostly: true, objective: "f1"),
        MetricChoice(
            name: "modes", title: "Mode coverage",
            values: [
                more("modes", "Modes captured", label: "Modes"),
                more("modes_high_quality", "Modes, fraction of high-quality samples", label: "High-quality samples", digits: 3),
                less("modes_divergence", "Modes, KL divergence from uniform, nats", label: "Modes, KL divergence", unit: "nats"),
            ], needs: .modes, isCostly: false),
        MetricChoice(
            name: "bits_per_dimension", title: "Bits per dimension: negative log-likelihood of held-out examples",
            values: [
                less("bits_per_dimension", "Bits per dimension", unit: "bits", digits: 5),
                less("bits_per_dimension_error", "Bits per dimension, standard error", label: "Bits per dimension, se", unit: "bits", digits: 3),
            ], needs: .likelihood, isCostly: false),
    ] + superResolution

    private static let copying =
        "High values do not prove copying: a collapsed generator, whose images all lie near a few training images, also has high values. Check recall or coverage."

    static func less(
        _ name: String, _ title: String, label: String? = nil, unit: String? = nil, digits: Int = 4, isHeadline: Bool = false, _ caution: String? = nil
    ) -> Value {
        Value(
            name: name, title: title, label: label ?? title, unit: unit, digits: digits, isHeadline: isHeadline, direction: .minimise, caution: caution)
    }
    static func more(
        _ name: String, _ title: String, label: String? = nil, unit: String? = nil, digits: Int = 4, isHeadline: Bool = false
    ) -> Value {
        Value(name: name, title: title, label: label ?? title, unit: unit, digits: digits, isHeadline: isHeadline, direction: .maximise)
    }
}

extension MetricChoice {
    /// The metric for the API.
    public var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "when": isCostly ? "final" : "every",
            "default": .bool(SpecificationLimits.defaultMetrics.contains(name)),
            "options": .array(options.map(\.json)),
            "values": .array(
                values.map {
                    [
                        "name": .string($0.name), "title": .string($0.title), "label": .string($0.label), "unit": $0.unit.map { .string($0) } ?? .null,
                        "digits": .integer(Int64($0.digits)), "direction": .string($0.direction.rawValue),
                        "caution": $0.caution.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}
