import Canonical

/// What a plan may set of each metric: names, ranges and defaults. This table is the only place where the defaults stand for evaluations; those of the
/// initializers in Metrics and Datasets are held equal by a test.
extension MetricChoice {
    /// In the order of their names.
    public var options: [HyperparameterSchema] {
        let listed: [HyperparameterSchema] =
            switch name {
            case "kid":
                [.integer("maximum_block", in: 2...100_000, default: 1024, description: "greatest number of samples in a block")]
            case "improved_precision_recall":
                [.integer("k", in: 1...255, default: 3, description: "which nearest neighbour a ball reaches to")]
            case "density_coverage":
                [.integer("k", in: 1...255, default: 5, description: "which nearest neighbour a ball reaches to")]
            case "prd": Self.curveOptions
            case "parzen": Self.parzenOptions
            case "manifold": Self.manifoldOptions
            case "modes":
                [
                    .real("radius", in: 0.01...100, default: 3, description: "deviations of a mode within which a point is of high quality"),
                    .integer("samples", in: 1...1_000_000, default: 2500, description: "generated points that are counted, the first of the evaluation's"),
                ]
            default: []
            }
        return listed.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static let curveOptions: [HyperparameterSchema] = [
        .integer("clusters", in: 2...256, default: 20, description: "clusters of the united features"),
        .integer("clusterings", in: 1...100, default: 10, description: "clusterings whose curves are averaged"),
        .integer("angles", in: 3...100_001, default: 1001, description: "slopes along the curve"),
        .real("beta", in: 1...1000, default: 8, description: "how many times as much recall weighs in F_beta, and precision in F_1/beta"),
        .integer("starts", in: 1...100, default: 1, description: "starts of each clustering, of which the best counts; the authors' code has 10"),
    ]

    private static let parzenOptions: [HyperparameterSchema] = [
        .integer("bandwidths", in: 1...100, default: 10, description: "bandwidths that are tried, evenly in their logarithm"),
        .real("least_bandwidth", in: 1e-3...10, default: 0.1, description: "the least of them"),
        .real("greatest_bandwidth", in: 1e-3...10, default: 1, description: "the greatest of them"),
        .integer("validation_samples", in: 1...10_000, default: 1000, description: "validation images that decide the bandwidth"),
    ]

    private static let manifoldOptions: [HyperparameterSchema] = [
        .real("threshold", in: 1e-6...784, default: 0.75, description: "squared distance below which an image counts as on the manifold, or as reached"),
        .integer("samples", in: 1...100_000, default: 1024, description: "images of each side, the first of the evaluation's"),
        .integer("inversion_steps", in: 0...10_000, default: 200, description: "steps of Adam from each start"),
        .integer("inversion_restarts", in: 1...100, default: 2, description: "starts of the inversion of an image"),
        .real("inversion_rate", in: 1e-5...1, default: 0.05, description: "Adam's step"),
        .real("inversion_bound", in: 0.1...100, default: 3, description: "deviations within which normal latents are kept"),
        .integer("manifold_dense", in: 100...50_000, default: 10_000, description: "drawn polygons among which the starts are found"),
        .integer("manifold_restarts", in: 1...100, default: 5, description: "starts of the search for the nearest polygon"),
        .real("manifold_first_step", in: 1e-6...0.5, default: 0.0625, description: "first step, in parts of a parameter's range"),
        .real("manifold_last_step", in: 1e-6...0.5, default: 0.001953125, description: "last step, in parts of a parameter's range"),
    ]

    /// The options with their defaults, but for those that are given.
    public func options(with given: Hyperparameters?) -> Hyperparameters {
        var values = Hyperparameters()
        for option in options { values[option.name] = given?[option.name] ?? option.defaultValue }
        return values
    }

    /// Reads an object of options. What equals its default is left out, so that it makes no other specification.
    /// - Errors: `FieldError` for an unknown name, a wrong kind, a value out of range and values that contradict each other.
    func options(reading json: JSONValue, path: String) throws(FieldError) -> Hyperparameters {
        var fields = try FieldReader(json, path: path)
        var values = Hyperparameters()
        for option in options {
            guard let given = fields.optionalValue(option.name) else { continue }
            let value = try option.value(reading: given, path: fields.path(of: option.name))
            if value != option.defaultValue { values[option.name] = value }
        }
        try fields.finish()
        let all = options(with: values)
        for (low, high) in [("least_bandwidth", "greatest_bandwidth"), ("manifold_last_step", "manifold_first_step")] {
            guard let least = all[low], let greatest = all[high], least.number > greatest.number else { continue }
            throw fields.error(low, "\(least) is more than \(high), which is \(greatest)")
        }
        return values
    }
}
