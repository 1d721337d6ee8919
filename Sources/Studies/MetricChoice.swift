public import Canonical

/// A metric that a plan can ask for: its names, when it is computed, and what it needs. Its options: `options`.
public struct MetricChoice: Sendable, Hashable {
    public enum Direction: String, Sendable { case minimise, maximise }

    /// One number that the metric reports, under its own name in events, filters and figures.
    public struct Value: Sendable, Hashable {
        public let name: String
        /// The name for people.
        public let title: String
        public let direction: Direction
        /// What the number must not be taken for, said beside it; nil where its name says all.
        public var caution: String?
    }

    public enum Needs: Sendable, Hashable {
        /// Features of an encoder.
        case features
        /// Class probabilities of an encoder.
        case probabilities
        /// The images themselves.
        case pixels
        /// A data set whose manifold is known: polygons with one number of corners.
        case manifold
        /// A data set that is a mixture with known modes: ring and grid.
        case modes
    }

    /// The name in specifications and plans.
    public let name: String
    public let title: String
    public let values: [Value]
    public let needs: Needs
    /// Costly metrics are computed after the last step only, others at every evaluation.
    public let isCostly: Bool

    /// The choice with this name.
    public static func named(_ name: String) -> MetricChoice? { all.first { $0.name == name } }

    /// The reported number with this name.
    public static func value(named name: String) -> Value? {
        for choice in all {
            if let value = choice.values.first(where: { $0.name == name }) { return value }
        }
        return nil
    }

    /// Every metric there is, in the order in which people are told of them.
    public static let all = [
        MetricChoice(
            name: "fid", title: "Fréchet distance (FID)", values: [less("fid", "FID")], needs: .features, isCostly: false),
        MetricChoice(
            name: "kid", title: "Kernel distance (KID)", values: [less("kid", "KID"), less("kid_deviation", "KID, deviation over blocks")],
            needs: .features, isCostly: false),
        MetricChoice(
            name: "is", title: "Inception score, one split", values: [more("is", "Inception score")], needs: .probabilities, isCostly: false),
        MetricChoice(
            name: "is_10", title: "Inception score, ten splits",
            values: [more("is_10", "Inception score, mean of 10 splits"), less("is_10_deviation", "Inception score, deviation over 10 splits")],
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
            name: "parzen", title: "Parzen-window log likelihood",
            values: [
                more("log_likelihood", "Log likelihood, nats"), less("log_likelihood_error", "Log likelihood, standard error"),
                less("parzen_bandwidth", "Parzen bandwidth"),
            ], needs: .pixels, isCostly: true),
        MetricChoice(
            name: "memorisation", title: "Memorisation: nearer to training images than held-out ones",
            values: [less("memorisation", "Memorisation", copying), less("memorisation_z", "Memorisation, deviations", copying)], needs: .features, isCostly: true),
        MetricChoice(
            name: "manifold", title: "Precision, recall and F1 on the polygons' manifold",
            values: [more("precision", "Precision"), more("recall", "Recall"), more("f1", "F1")], needs: .manifold, isCostly: true),
        MetricChoice(
            name: "modes", title: "Modes captured",
            values: [
                more("modes", "Modes captured"), more("modes_high_quality", "Modes, share of high quality"),
                less("modes_divergence", "Modes, divergence from uniform, nats"),
            ], needs: .modes, isCostly: false),
    ]

    private static let copying =
        "High values do not prove copies: a collapsed generator, whose images all lie near a few training images, has them too. Look at recall or coverage beside it."

    private static func less(_ name: String, _ title: String, _ caution: String? = nil) -> Value {
        Value(name: name, title: title, direction: .minimise, caution: caution)
    }
    private static func more(_ name: String, _ title: String) -> Value { Value(name: name, title: title, direction: .maximise) }
}

extension MetricChoice {
    /// As the API tells it.
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
