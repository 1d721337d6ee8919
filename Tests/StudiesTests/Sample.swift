import Canonical
import Studies

/// Models and data sets for the tests of this room, which depends on none.
enum Sample {
    static let beta1 = HyperparameterSchema.real(
        "beta1", in: 0...0.999999, default: 0.5, wide: .uniform(low: 0, high: 1), narrow: .fixed(0.5),
        description: "Adam's decay of the first moment")
    static let iterations = HyperparameterSchema.integer(
        "disc_iters", in: 1...100, default: 1, wide: .choice([1, 5]), description: "discriminator steps")
    static let normalization = HyperparameterSchema.bool(
        "discriminator_batchnorm", default: true, wide: .choice([true, false]), description: "batch normalisation")
    static let rate = HyperparameterSchema.real(
        "learning_rate", in: 1e-7...1, default: 5e-5, wide: .logUniform10(low: -5, high: -2),
        narrow: .logUniform10(low: -4, high: -3), description: "Adam's step")
    static let clipping = HyperparameterSchema.real(
        "weight_clipping", in: 1e-6...10, default: 0.01, wide: .logUniform10(low: -3, high: 0),
        description: "largest weight")

    /// Deliberately unsorted.
    static let nsGAN = ModelSchema(
        name: "ns-gan", title: "NS GAN", description: "", hyperparameters: [rate, beta1, normalization, iterations])
    static let wgan = ModelSchema(
        name: "wgan", title: "WGAN", description: "",
        hyperparameters: [clipping, rate, beta1, normalization, iterations])
    static let models = [nsGAN, wgan]

    static let polygons = DatasetFacts(
        name: "polygons", digest: .sha256("polygons"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000])
    static let small = DatasetFacts(
        name: "small", digest: .sha256("small"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 5000, "test": 300])
    static let tiny = DatasetFacts(
        name: "tiny", digest: .sha256("tiny"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 5000, "test": 99])
    static let datasets = [polygons, small, tiny]

    static func specification(_ text: String) throws -> Specification {
        try Specification(reading: JSONValue(parsing: text), models: models, datasets: datasets)
    }

    static func plan(_ text: String) throws -> StudyPlan {
        try StudyPlan(reading: JSONValue(parsing: text), models: models, datasets: datasets)
    }
}
