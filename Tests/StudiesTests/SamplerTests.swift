import Canonical
import TestSupport
import Testing

@testable import Studies

@Suite("Samplers and named plans") struct SamplerTests {
    /// The study's eight models with its ranges, as values of this room.
    static let models: [ModelSchema] = {
        func shared(_ beta: Double, _ rate: Double, _ iterations: Int, _ normalization: Bool) -> [HyperparameterSchema] {
            [
                .real("beta1", in: 0...1, default: beta, wide: .uniform(low: 0, high: 1), narrow: .fixed(0.5), description: ""),
                .real("learning_rate", in: 1e-7...1, default: rate, wide: .logUniform10(low: -5, high: -2), narrow: .logUniform10(low: -4, high: -3), description: ""),
                .integer("disc_iters", in: 1...100, default: iterations, wide: .choice([1, 5]), narrow: .fixed(1), description: ""),
                .bool("discriminator_batchnorm", default: normalization, wide: .choice([true, false]), narrow: .choice([true, false]), narrowDefault: false, description: ""),
            ]
        }
        func model(_ name: String, _ more: [HyperparameterSchema] = []) -> ModelSchema {
            ModelSchema(name: name, title: name, description: "", hyperparameters: shared(0.5, 1e-4, 5, true) + more)
        }
        let penalty = HyperparameterSchema.real("lambda", in: 0...1000, default: 10, wide: .logUniform10(low: -1, high: 2), description: "")
        return [
            model("ns-gan"), model("mm-gan"), model("lsgan"), model("vae"), model("wgan-gp", [penalty]), model("dragan", [penalty]),
            model("wgan", [.real("weight_clipping", in: 1e-6...10, default: 0.01, wide: .logUniform10(low: -3, high: 0), description: "")]),
            model("began", [
                .real("gamma", in: 0...1, default: 0.75, wide: .uniform(low: 0, high: 1), description: ""),
                .real("lambda", in: 0...1, default: 1e-3, wide: .logUniform10(low: -4, high: -2), description: ""),
            ]),
        ]
    }()

    /// Known answers: Python's random.seed(123) and random.seed(2 ** 40 + 7).
    @Test func mersenneTwisterIsPythons() {
        var generator = MersenneTwister(seed: 123)
        #expect([generator.random(), generator.random(), generator.random()] == [0.052363598850944326, 0.08718667752263232, 0.4072417636703983])
        for _ in 0..<997 { _ = generator.random() }
        #expect(generator.random() == 0.06384745790626833)
        var wide = MersenneTwister(seed: (1 << 40) + 7)
        #expect(wide.random() == 0.6137037779936511)
    }

    /// All 99 samples of every model, against Python's own generator.
    @Test func releasedDrawsAreRepeated() throws {
        let golden = try JSONValue(parsing: Fixtures.bytes("statistics/values.json"))["sampler"]
        let plan = try plan(#"{"kind":"wide","sampler":"compare_gan_v1"}"#)
        for model in Self.models {
            let settings = try #require(plan.settings(of: model.name))
            #expect(settings.count == 100 && settings[0] == model.defaults)
            for (index, draw) in (golden?[model.name]?.arrayValue ?? []).enumerated() {
                for (name, value) in draw.objectValue ?? [:] {
                    let mine = try #require(settings[index + 1][name])
                    if let number = value.numberValue {
                        #expect(abs(mine.number - number) <= 8 * number.ulp, "\(model.name) \(index) \(name)")
                    } else {
                        #expect(mine.json == value)
                    }
                }
            }
        }
    }

    /// The published check vectors, to the digits that they have.
    @Test(arguments: [
        ("ns-gan", 1, 0.0523636, 1, true, 2.10e-5, [:]), ("ns-gan", 2, 0.9011989, 1, false, 9.92e-5, [:]),
        ("wgan", 1, 0.2323931, 5, true, 8.09e-5, ["weight_clipping": 0.0034013]), ("wgan-gp", 1, 0.454042, 1, true, 6.439e-4, ["lambda": 5.0531381]),
        ("dragan", 1, 0.4805617, 1, false, 2.546e-4, ["lambda": 8.4100937]), ("lsgan", 1, 0.0162689, 5, true, 4.35e-5, [:]),
        ("began", 1, 0.2542345, 5, false, 9.36e-5, ["gamma": 0.8916095, "lambda": 1.574e-4]),
        ("began", 99, 0.9392016, 5, false, 6.3931e-3, ["gamma": 0.096065, "lambda": 4.176e-3]),
    ] as [(String, Int, Double, Int, Bool, Double, [String: Double])])
    func checkVectors(model: String, draw: Int, beta1: Double, iterations: Int, normalization: Bool, rate: Double, more: [String: Double]) throws {
        let setting = try #require(try plan(#"{"kind":"wide","sampler":"compare_gan_v1"}"#).settings(of: model))[draw]
        #expect(abs(setting.real("beta1") - beta1) < 6e-8)
        #expect(setting.integer("disc_iters") == iterations && setting.bool("discriminator_batchnorm") == normalization)
        #expect(abs(setting.real("learning_rate") - rate) < rate * 2.5e-3)
        for (name, value) in more { #expect(abs(setting.real(name) - value) < value * 4e-4) }
    }

    @Test func aModelOfOnesOwnHasNoReleasedDraws() throws {
        let own = ModelSchema(name: "own", title: "", description: "", hyperparameters: Self.models[0].hyperparameters)
        let text = #"{"name":"x","dataset":"polygons","models":["own"],"steps":9,"protocol":{"kind":"wide","sampler":"compare_gan_v1"}}"#
        #expect(throws: FieldError.self) { try StudyPlan(reading: JSONValue(parsing: text), models: [own], datasets: Sample.datasets) }
        #expect(throws: FieldError.self) { try plan(#"{"kind":"narrow","sampler":"compare_gan_v1"}"#) }
    }

    @Test func theUsualNumbersOfSettings() throws {
        #expect(try plan(#"{"kind":"wide"}"#).settings(of: "vae")?.count == 100)
        let narrow = try #require(try plan(#"{"kind":"narrow"}"#).settings(of: "vae"))
        #expect(narrow.count == 50 && narrow[0].bool("discriminator_batchnorm") == false && narrow[0].real("beta1") == 0.5)
        #expect(narrow[0].integer("disc_iters") == 5 && narrow.dropFirst().allSatisfy { $0.integer("disc_iters") == 1 })
        #expect(try plan(#"{"kind":"wide","settings":10}"#).settings(of: "vae")?.count == 10)
    }

    @Test(arguments: NamedPlan.all.map(\.name)) func namedPlansAreWhole(name: String) throws {
        let named = try #require(NamedPlan.named(name))
        let facts = DatasetFacts(
            name: "fashion-mnist", digest: .sha256("f"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000],
            hasManifold: true)
        let models = Self.models + ["wgt-wgan", "wgt-gan"].map { ModelSchema(name: $0, title: $0, description: "", hyperparameters: [], architectures: ["dcgan"]) }
        for steps in [nil, 40] as [Int?] {
            let json = named.json(PlanChoices(dataset: "fashion-mnist", steps: steps, width: 0.125), models: models)
            let plan = try StudyPlan(reading: json, models: models, datasets: [facts])
            #expect(plan.width == 0.125 && plan.runCount > 1 && plan.steps == steps ?? plan.steps)
            // Frozen reruns read back unchanged.
            #expect(try StudyPlan(reading: plan.json, models: models, datasets: [facts]).digest == plan.digest)
        }
    }

    @Test func theSmallStudyHasTenSettingsOfEightModels() throws {
        let json = try #require(NamedPlan.named("small-study")).json(PlanChoices(dataset: "polygons", steps: 400), models: Self.models)
        let plan = try StudyPlan(reading: json, models: Self.models, datasets: Sample.datasets)
        #expect(plan.runCount == 80 && plan.models.count == 8 && plan.evaluation.every == 100 && plan.steps == 400)
    }

    /// Figure 15: the narrow ranges on a data set for which they were not chosen.
    @Test func narrowTransferLeavesFashionMNIST() throws {
        let named = try #require(NamedPlan.named("narrow-transfer"))
        let json = named.json(models: Self.models)
        #expect(json["dataset"] == "mnist" && json["protocol"]?["kind"] == "narrow" && json["protocol"]?["settings"] == 50 && json["models"]?.arrayValue?.count == 8)
        #expect(json["steps"] == 15_625 && named.ending.contains("--beside"))
    }

    @Test func everyNamedPlanSaysWhereItEnds() {
        #expect(Set(NamedPlan.all.map(\.name)).count == NamedPlan.all.count)
        for plan in NamedPlan.all { #expect(!plan.title.isEmpty && !plan.description.isEmpty && !plan.ending.isEmpty, "\(plan.name)") }
    }

    /// FID, inception score, and the memorisation test of every model, at the study's number of steps.
    @Test func overfittingIsMeasuredBesideFID() throws {
        let plan = try #require(NamedPlan.named("overfitting")).json(models: Self.models)
        #expect(plan["evaluation"]?["metrics"] == ["fid", "is", "memorisation"] && plan["evaluation"]?["every"] == 3906 && plan["steps"] == 15_625)
        #expect(plan["protocol"] == ["kind": "single"] && plan["models"]?.arrayValue?.count == 8)
    }

    /// Four weight bounds with one and five critic updates, and the default.
    @Test func clippingIsAGrid() throws {
        let json = try #require(NamedPlan.named("wgan-clipping")).json(PlanChoices(dataset: "polygons"), models: Self.models)
        let plan = try StudyPlan(reading: json, models: Self.models, datasets: Sample.datasets)
        let settings = try #require(plan.settings(of: "wgan"))
        #expect(settings.count == 9 && settings[0] == Self.models.first { $0.name == "wgan" }?.defaults)
        #expect(settings.dropFirst().allSatisfy { $0.real("learning_rate") == 5e-4 })
        #expect(Set(settings.dropFirst().map { "\($0.real("weight_clipping")) \($0.integer("disc_iters")) \($0.real("learning_rate"))" }).count == 8)
    }

    @Test func theSmallStudyOnPolygonsAsksForF1() throws {
        let facts = DatasetFacts(
            name: "polygons", digest: .sha256("p"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 10_000, "test": 2000], hasManifold: true)
        let json = try #require(NamedPlan.named("small-polygons")).json(models: Self.models)
        let plan = try StudyPlan(reading: json, models: Self.models, datasets: [facts])
        #expect(plan.runCount == 80 && plan.models.count == 8 && plan.evaluation.metrics == ["fid", "manifold"])
        #expect(plan.evaluation.options == ["manifold": ["inversion_restarts": 1, "manifold_restarts": 2, "threshold": 6.0]] && plan.evaluation.samples == 2000)
        // A data set without a manifold is rejected when the plan is read.
        expectError(#"evaluation.metrics: "manifold" needs a data set with a known manifold: polygons with a fixed number of corners"#) {
            try StudyPlan(reading: json, models: Self.models, datasets: Sample.datasets)
        }
    }

    /// At the study's threshold and full width.
    @Test func figureSixHasTheThresholdOfTheStudy() throws {
        let facts = DatasetFacts(
            name: "polygons", digest: .sha256("p"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000], hasManifold: true)
        let json = try #require(NamedPlan.named("polygons-f1")).json(models: Self.models)
        let plan = try StudyPlan(reading: json, models: Self.models, datasets: [facts])
        #expect(plan.runCount == 40 && plan.models.count == 8 && plan.width == 1 && plan.batchSize == 64 && plan.steps == 7000 && plan.search.kind == .narrow)
        #expect(plan.evaluation.metrics == ["fid", "manifold"] && plan.evaluation.options.isEmpty)
        #expect(MetricChoice.named("manifold")?.options(with: nil).real("threshold") == 0.75)
    }

    @Test func rerunsRecordWhereTheyComeFrom() throws {
        let source = try plan(#"{"kind":"wide","settings":5}"#)
        let origin = RerunOrigin(source: source.digest, metric: "fid", selection: .final)
        let json = try source.reruns(best: ["ns-gan": 3, "vae": 0], origin: origin)
        let reruns = try StudyPlan(reading: json, models: Self.models, datasets: Sample.datasets)
        #expect(reruns.models == ["ns-gan", "vae"] && reruns.seeds == Array(0..<50) && reruns.runCount == 100)
        #expect(reruns.settings(of: "ns-gan")?.first == source.settings(of: "ns-gan")?[3])
        #expect(reruns.json["protocol"]?["source"]?.stringValue == source.digest.hex && reruns.json["protocol"]?["selection"]?.stringValue == "final")
        #expect(reruns.search.origin == origin)
        #expect(throws: FieldError.self) { try source.reruns(best: [:], origin: origin) }
    }

    private func plan(_ search: String) throws -> StudyPlan {
        let names = Self.models.map { "\"\($0.name)\"" }.joined(separator: ",")
        let text = #"{"name":"x","dataset":"polygons","models":[\#(names)],"steps":9,"protocol":\#(search)}"#
        return try StudyPlan(reading: JSONValue(parsing: text), models: Self.models, datasets: Sample.datasets)
    }
}
