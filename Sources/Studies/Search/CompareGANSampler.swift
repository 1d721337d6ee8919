/// The wide search of the study's released code: one stream of Python's random generator for all models in a fixed order.
///
/// For each of its eight models in turn, `settings - 1` draws; in each draw the model's parameters in alphabetical order: uniform is
/// `a + (b - a) random()`, a choice is `list[int(random() * count)]` as in Python 2, a logarithmic one is 10 to a uniform power. A model's draws
/// therefore depend on the number of settings and on all preceding models, whether or not they are in the plan.
///
/// - Source: google/compare_gan, branch v1, `generate_tasks_lib.py` and `params.py`, restated. The order of models is the recorded one; the
///   authors' own run logs are not public.
/// - Differs: powers of ten are `PowerOfTen`'s, within a few ulp of Python's.
struct CompareGANSampler {
    private struct Model {
        let name: String
        /// Alphabetical.
        let parameters: [(name: String, distribution: SearchDistribution)]
    }

    private static let beta1 = ("beta1", SearchDistribution.uniform(low: 0, high: 1))
    private static let iterations = ("disc_iters", SearchDistribution.choice([.integer(1), .integer(5)]))
    private static let normalization = ("discriminator_batchnorm", SearchDistribution.choice([.bool(true), .bool(false)]))
    private static let rate = ("learning_rate", SearchDistribution.logUniform10(low: -5, high: -2))
    private static let clipping = ("weight_clipping", SearchDistribution.logUniform10(low: -3, high: 0))

    private static func model(
        _ name: String, _ middle: [(String, SearchDistribution)] = [], last: [(String, SearchDistribution)] = []
    ) -> Model {
        Model(name: name, parameters: [beta1, iterations, normalization] + middle + [rate] + last)
    }

    private static let models: [Model] = [
        model("ns-gan"), model("mm-gan"), model("wgan", last: [clipping]),
        model("wgan-gp", [("lambda", .logUniform10(low: -1, high: 2))]), model("dragan", [("lambda", .logUniform10(low: -1, high: 2))]),
        model("vae"), model("lsgan"),
        model("began", [("gamma", .uniform(low: 0, high: 1)), ("lambda", .logUniform10(low: -4, high: -2))]),
    ]

    static func knows(_ model: String) -> Bool { models.contains { $0.name == model } }

    /// The drawn settings 1 ..< settings of `model`, by parameter. Empty for unknown models.
    static func draws(of model: String, settings: Int, seed: Int) -> [[String: HyperparameterValue]] {
        var generator = MersenneTwister(seed: UInt64(seed))
        for known in models {
            let draws = (1..<max(1, settings)).map { _ in draw(known, &generator) }
            if known.name == model { return draws }
        }
        return []
    }

    private static func draw(_ model: Model, _ generator: inout MersenneTwister) -> [String: HyperparameterValue] {
        var values: [String: HyperparameterValue] = [:]
        for (name, distribution) in model.parameters {
            let fraction = generator.random()
            switch distribution {
            case .uniform(let low, let high): values[name] = .real(low + (high - low) * fraction)
            case .logUniform10(let low, let high): values[name] = .real(PowerOfTen.value(low + (high - low) * fraction))
            case .choice(let list): values[name] = list[Int(fraction * Double(list.count))]
            case .fixed(let value): values[name] = value
            }
        }
        return values
    }
}
