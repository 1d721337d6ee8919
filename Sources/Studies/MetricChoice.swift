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

    /// The metric with this name.
    public static func named(_ name: String) -> MetricChoice? { all.first { $0.name == name } }

    /// The reported value with this name.
    public static func value(named name: String) -> Value? {
        for choice in all {
            if let value = choice.values.first(where: { $0.name == name }) { return value }
        }
        return nil
    }

    /// All metrics, in display order.
    public static let all = [
        MetricChoice(
            name: "fid", title: "Frechet inception distance (FID)", values: [less("fid", "FID")], needs: .features, isCostly: false),
        MetricChoice(
            name: "kid", title: "Kernel inception distance (KID)", values: [less("kid", "KID"), less("kid_deviation", "KID, standard deviation over blocks")],
            needs: .features, isCostly: false),
        MetricChoice(
            name: "is", title: "Inception score, one split", values: [more("is", "Inception score")], needs: .probabilities, isCostly: false),
        MetricChoice(
            name: "is_10", title: "Inception score, ten splits",
            values: [more("is_10", "Inception score, mean of 10 splits"), less("is_10_deviation", "Inception score, standard deviation over 10 splits")],
            needs: .probabilities, isCostly: false),
        MetricChoice(
            name: "improved_precision_recall", title: "Improved precision and recall",
            values: [more("improved_precision", "Improved precision"), more("improved_recall", "Improved recall")], needs: .features, isCostly: false),
        MetricChoice(
            name: "density_coverage", title: "Density and coverage", values: [more("density", "Density"), more("coverage", "Coverage")],
            needs: .features, isCostly: false),
        MetricChoice(
            name: "prd", title: "PRD: F8 and F1/8", values: [more("prd_f8", "PRD F8 (recall)"), more("prd_f1_8", "PRD F1/8 (precision)")],
            needs: .features, isCostly: true),
        MetricChoice(
            name: "parzen", title: "Parzen-window log-likelihood",
            values: [
                more("log_likelihood", "Log-likelihood, nats"), less("log_likelihood_error", "Log-likelihood, standard error"),
                less("parzen_bandwidth", "Parzen bandwidth"),
            ], needs: .pixels, isCostly: true),
        MetricChoice(
            name: "memorisation", title: "Memorization: closer to training images than held-out images are",
            values: [less("memorisation", "Memorization", copying), less("memorisation_z", "Memorization, z score", copying)], needs: .features, isCostly: true),
        MetricChoice(
            name: "manifold", title: "Precision, recall and F1 on the polygon manifold",
            values: [more("precision", "Precision"), more("recall", "Recall"), more("f1", "F1")], needs: .manifold, isCostly: true),
        MetricChoice(
            name: "modes", title: "Mode coverage",
            values: [
                more("modes", "Modes captured"), more("modes_high_quality", "Modes, fraction of high-quality samples"),
                less("modes_divergence", "Modes, KL divergence from uniform, nats"),
            ], needs: .modes, isCostly: false),
    ]

    private static let copying =
        "High values do not prove copying: a collapsed generator, whose images all lie near a few training images, also has high values. Check recall or coverage."

    private static func less(_ name: String, _ title: String, _ caution: String? = nil) -> Value {
        Value(name: name, title: title, direction: .minimise, caution: caution)
    }
    private static func more(_ name: String, _ title: String) -> Value { Value(name: name, title: title, direction: .maximise) }
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
                        "name": .string($0.name), "title": .string($0.title), "direction": .string($0.direction.rawValue),
                        "caution": $0.caution.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}
