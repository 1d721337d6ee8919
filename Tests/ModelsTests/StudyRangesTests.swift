import Canonical
import Foundation
import Models
import Studies
import Testing

/// The study's search distributions written out by model: wide ranges, narrow ranges, and authors' settings of the released code (google/compare_gan
/// v1, params.py; Lucic et al. 2018), compared with the models' schemas.
@Suite("The study's search ranges")
struct StudyRangesTests {
    private static let models = ["mm-gan", "ns-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae"]

    private func schema(_ model: String) throws -> ModelSchema { try #require(ModelCatalog.model(named: model)).schema }

    private static let both = SearchDistribution.choice([.bool(true), .bool(false)])

    /// All wide distributions of a model.
    private static func wide(_ model: String) -> [String: SearchDistribution] {
        var all: [String: SearchDistribution] = [
            "beta1": .uniform(low: 0, high: 1), "learning_rate": .logUniform10(low: -5, high: -2), "disc_iters": .choice([.integer(1), .integer(5)]),
            "discriminator_batchnorm": both,
        ]
        switch model {
        case "wgan": all["weight_clipping"] = .logUniform10(low: -3, high: 0)
        case "wgan-gp", "dragan": all["lambda"] = .logUniform10(low: -1, high: 2)
        case "began": all.merge(["lambda": .logUniform10(low: -4, high: -2), "gamma": .uniform(low: 0, high: 1)]) { $1 }
        default: break
        }
        return all
    }

    /// The narrow distributions; values that the study fixes are `fixed`.
    private static func narrow(_ model: String) -> [String: SearchDistribution] {
        var all: [String: SearchDistribution] = [
            "beta1": .fixed(.real(0.5)), "learning_rate": .logUniform10(low: -4, high: -3), "disc_iters": .fixed(.integer(1)), "discriminator_batchnorm": both,
        ]
        switch model {
        case "wgan": all["weight_clipping"] = .logUniform10(low: -2, high: 0)
        case "wgan-gp", "dragan":
            all["discriminator_batchnorm"] = .fixed(.bool(false))
            all["lambda"] = .logUniform10(low: -1, high: 1)
        case "began": all.merge(["lambda": .fixed(.real(1e-3)), "gamma": .uniform(low: 0.6, high: 0.9)]) { $1 }
        default: break
        }
        return all
    }

    @Test(arguments: models) func wideRangesAreTheStudys(model: String) throws {
        let found = try schema(model).hyperparameters.reduce(into: [String: SearchDistribution]()) { if let wide = $1.wide { $0[$1.name] = wide } }
        #expect(found == Self.wide(model))
    }

    @Test(arguments: models) func narrowRangesAreTheStudys(model: String) throws {
        let found = try schema(model).hyperparameters.reduce(into: [String: SearchDistribution]()) { if let narrow = $1.narrow { $0[$1.name] = narrow } }
        #expect(found == Self.narrow(model))
    }

    /// Setting 0: beta1, learning rate, critic steps, batch normalization in the wide and in the narrow search, and the model's own.
    private static let defaults: [(model: String, beta1: Double, rate: Double, iterations: Int, wide: Bool, narrow: Bool, own: [String: Double])] = [
        ("mm-gan", 0, 5e-5, 1, true, true, [:]), ("ns-gan", 0, 5e-5, 1, true, true, [:]), ("lsgan", 0.5, 2e-4, 1, true, true, [:]),
        ("wgan", 0.5, 5e-5, 5, true, true, ["weight_clipping": 0.01]), ("wgan-gp", 0.5, 1e-4, 5, false, false, ["lambda": 10]),
        ("dragan", 0.5, 1e-4, 1, true, true, ["lambda": 10]), ("began", 0.5, 1e-4, 5, false, false, ["lambda": 1e-3, "gamma": 0.75]),
        ("vae", 0.5, 5e-5, 1, true, false, [:]),
    ]

    @Test(arguments: defaults.map(\.model)) func settingZeroIsTheAuthors(model: String) throws {
        let expected = try #require(Self.defaults.first { $0.model == model })
        for (kind, normalization) in [("wide", expected.wide), ("narrow", expected.narrow)] {
            let setting = try #require(try plan(kind, settings: 2).settings(of: model)?.first)
            #expect(setting.real("beta1") == expected.beta1 && setting.real("learning_rate") == expected.rate, "\(kind)")
            #expect(setting.integer("disc_iters") == expected.iterations && setting.bool("discriminator_batchnorm") == normalization, "\(kind)")
            for (name, value) in expected.own { #expect(setting.real(name) == value, "\(kind) \(name)") }
        }
    }

    /// The samples of the real models: within their ranges, fixed where the study fixed them, and spread over the range.
    @Test(arguments: models) func drawsStayInTheirRanges(model: String) throws {
        for (kind, ranges) in [("wide", Self.wide(model)), ("narrow", Self.narrow(model))] {
            let drawn = try #require(try plan(kind, settings: 300).settings(of: model)).dropFirst()
            #expect(drawn.count == 299)
            for (name, range) in ranges {
                let values = drawn.compactMap { $0[name] }
                #expect(values.count == 299)
                switch range {
                case .fixed(let value): #expect(Set(values) == [value], "\(kind) \(name)")
                case .choice(let choices): #expect(Set(values) == Set(choices), "\(kind) \(name)")
                case .uniform(let low, let high): fills(values.map { ($0.number - low) / (high - low) }, "\(kind) \(name)")
                case .logUniform10(let low, let high): fills(values.map { (log10($0.number) - low) / (high - low) }, "\(kind) \(name)")
                }
            }
        }
    }

    /// 299 samples of [0, 1]: all within, both ends reached to a thirtieth (missed with a probability of 4e-5), the mean within five standard errors of a half.
    private func fills(_ values: [Double], _ what: String) {
        let (least, greatest) = (values.min() ?? .nan, values.max() ?? .nan), mean: Double = values.reduce(0, +) / Double(values.count)
        #expect(least > -1e-5 && greatest < 1.00001 && least < 0.033 && greatest > 0.967, "\(what)")
        // A uniform number has standard deviation 0.2887; the mean of 299 has 0.0167.
        #expect(abs(mean - 0.5) < 5 * 0.0167, "\(what)")
    }

    private func plan(_ kind: String, settings: Int) throws -> StudyPlan {
        let facts = DatasetFacts(name: "polygons", digest: .sha256("polygons"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000])
        let json: JSONValue = [
            "name": "ranges", "dataset": "polygons", "models": .array(Self.models.map { .string($0) }), "steps": 9,
            "protocol": ["kind": .string(kind), "settings": .integer(Int64(settings))],
        ]
        return try StudyPlan(reading: json, models: ModelCatalog.schemas, datasets: [facts])
    }
}
