import Canonical

/// The options of each metric: names, ranges, and defaults. This table defines the defaults of evaluations; a test holds the initializers in
/// Metrics and Datasets equal to it.
extension MetricChoice {
    /// Sorted by name.
    public var options: [HyperparameterSchema] {
        let listed: [HyperparameterSchema] =
            switch name {
            case "kid":
                [.integer("maximum_block", in: 2...100_000, default: 1024, description: "maximum number of samples per block")]
            case "improved_precision_recall":
                [.integer("k", in: 1...255, default: 3, description: "nearest-neighbor rank that sets the radius")]
            case "density_coverage":
                [.integer("k", in: 1...255, default: 5, description: "nearest-neighbor rank that sets the radius")]
            case "prd": Self.curveOptions
            case "parzen": Self.parzenOptions
            case "manifold": Self.manifoldOptions
            case "bits_per_dimension":
                [.integer("draws", in: 1...100, default: 1, description: "draws of the dequantization noise for each image, whose log-likelihoods are averaged")]
            case "psnr", "psnr_y", "ssim", "ssim_uniform":
                [.integer("border", in: 0...64, default: 0, description: "rows and columns that are ignored on each side"), Self.temperature]
            case "lr_psnr", "lpips": [Self.temperature]
            case "diversity":
                [
                    Self.temperature,
                    .integer("draws", in: 2...100, default: 10, description: "samples for each low-resolution image"),
                    .integer("samples", in: 2...1_000_000, default: 64, description: "number of low-resolution images, from the start of the reference split"),
                ]
            case "restoration":
                [
                    Self.temperature,
                    .integer("samples", in: 2...1_000_000, default: 64, description: "number of images, from the start of the reference split"),
                ]
            case "modes":
                [
                    .real("radius", in: 0.01...100, default: 3, description: "standard deviations of a mode within which a point has high quality"),
                    .integer("samples", in: 1...1_000_000, default: 2500, description: "number of generated points, from the start of the evaluation"),
                ]
            default: []
            }
        return listed.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The name of the option of metrics that judge samples of a chosen temperature.
    public static let temperatureOption = "temperature"
    /// Its value for the model's own temperature.
    public static let ownTemperature = -1.0

    private static let temperature = HyperparameterSchema.real(
        temperatureOption, in: ownTemperature...2, default: ownTemperature,
        description: "standard deviation of the latents, 0 to 2; -1 for that of the model's hyperparameters. Models without latents have the same images at each")

    private static let curveOptions: [HyperparameterSchema] = [
        .integer("clusters", in: 2...256, default: 20, description: "clusters of the pooled features"),
        .integer("clusterings", in: 1...100, default: 10, description: "number of clusterings to average over"),
        .integer("angles", in: 3...100_001, default: 1001, description: "number of points on the curve"),
        .real("beta", in: 1...1000, default: 8, description: "weight of recall in F_beta, and of precision in F_1/beta"),
        .integer("starts", in: 1...100, default: 1, description: "initializations per clustering, of which the best is used; 10 in the authors' code"),
    ]

    private static let parzenOptions: [HyperparameterSchema] = [
        .integer("bandwidths", in: 1...100, default: 10, description: "number of logarithmically spaced bandwidths"),
        .real("least_bandwidth", in: 1e-3...10, default: 0.1, description: "smallest bandwidth"),
        .real("greatest_bandwidth", in: 1e-3...10, default: 1, description: "largest bandwidth"),
        .integer("validation_samples", in: 1...10_000, default: 1000, description: "validation images for selecting the bandwidth"),
    ]

    private static let manifoldOptions: [HyperparameterSchema] = [
        .real("threshold", in: 1e-6...784, default: 0.75, description: "squared distance below which an image counts as on the manifold, or as covered"),
        .integer("samples", in: 1...100_000, default: 1024, description: "images on each side, from the start of the evaluation"),
        .integer("inversion_steps", in: 0...10_000, default: 200, description: "Adam steps per start"),
        .integer("inversion_restarts", in: 1...100, default: 2, description: "starts per image of the latent inversion"),
        .real("inversion_rate", in: 1e-5...1, default: 0.05, description: "learning rate of Adam"),
        .real("inversion_bound", in: 0.1...100, default: 3, description: "clamp of Gaussian latents, in standard deviations"),
        .integer("manifold_dense", in: 100...50_000, default: 10_000, description: "random polygons among which the starts are found"),
        .integer("manifold_restarts", in: 1...100, default: 5, description: "starts of the search for the nearest polygon"),
        .real("manifold_first_step", in: 1e-6...0.5, default: 0.0625, description: "first step size, as a fraction of the parameter range"),
        .real("manifold_last_step", in: 1e-6...0.5, default: 0.001953125, description: "last step size, as a fraction of the parameter range"),
    ]

    /// The complete options: the given ones, and defaults for the rest.
    public func options(with given: Hyperparameters?) -> Hyperparameters {
        var values = Hyperparameters()
        for option in options { values[option.name] = given?[option.name] ?? option.defaultValue }
        return values
    }

    /// Reads an object of options. Values equal to their default are omitted, so they do not create a different specification.
    /// - Errors: `FieldError` for an unknown name, a wrong kind, a value out of range, or contradictory values.
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
        if let temperature = all[Self.temperatureOption]?.number, temperature < 0, temperature != Self.ownTemperature {
            throw fields.error(Self.temperatureOption, "\(JSONNumber.text(temperature)) is negative; allowed are 0...2, or -1 for that of the model's hyperparameters")
        }
        for (low, high) in [("least_bandwidth", "greatest_bandwidth"), ("manifold_last_step", "manifold_first_step")] {
            guard let least = all[low], let greatest = all[high], least.number > greatest.number else { continue }
            throw fields.error(low, "\(least) is greater than \(high), which is \(greatest)")
        }
        return values
    }
}
