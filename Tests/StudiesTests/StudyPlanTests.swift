import Canonical
import Studies
import Testing

@Suite struct StudyPlanTests {
    static let wide = #"{"name":"a","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"wide","settings":4},"seeds":[0,7]}"#

    @Test func fillsInWhatIsLeftOut() throws {
        let plan = try Sample.plan(Self.wide)
        let text = plan.json.canonicalText
        #expect(
            text == #"{"batch_size":64,"checkpoint_every":250,"dataset":{"digest":"\#(Sample.polygons.digest.hex)","name":"polygons"},"#
                + #""evaluation":{"encoder":"lenet","every":125,"metrics":["fid"],"reference_split":"test","samples":10000},"#
                + #""models":["ns-gan","wgan"],"name":"a","numerics":\#(Version.numerics),"#
                + #""protocol":{"kind":"wide","sampler":"philox","search_seed":123,"settings":4},"sample_every":50,"#
                + #""seeds":[0,7],"steps":1000,"width":1}"#)
        #expect(try Sample.plan(text) == plan)
        #expect(plan.id == plan.digest.hex.prefix(12) && plan.id.count == 12)
    }

    @Test(arguments: [
        #"{"kind":"single"}"#, #"{"kind":"reruns"}"#, #"{"kind":"narrow","settings":3,"search_seed":9}"#, #"{"kind":"grid"}"#,
    ]) func completePlansReadBack(search: String) throws {
        let grid = search.contains("grid") ? #","grid":{"learning_rate":[0.001,0.01],"beta1":[0,0.5]}"# : ""
        let plan = try Sample.plan(
            #"{"name":"b","dataset":"small","models":["wgan"],"protocol":\#(search),"seeds":2,"width":0.5,"steps":9\#(grid)}"#)
        let again = try Sample.plan(plan.json.prettyText)
        #expect(again == plan)
        #expect(again.id == plan.id)
    }

    @Test func expandsInTurns() throws {
        let plan = try Sample.plan(Self.wide)
        let runs = plan.runs
        #expect(runs.count == 16 && plan.runCount == 16 && plan.totalSteps == 16_000)
        #expect(runs.map(\.index) == Array(0..<16))
        #expect(runs.prefix(5).map(\.model) == ["ns-gan", "wgan", "ns-gan", "wgan", "ns-gan"])
        #expect(runs.prefix(5).map(\.seed) == [0, 0, 7, 7, 0])
        #expect(runs.prefix(5).map(\.setting) == [0, 0, 0, 0, 1])
        #expect(Set(runs.map(\.specification.digest)).count == 16)
        for run in runs {
            #expect(run.specification.model == run.model && run.specification.seed == run.seed)
            let json = run.specification.json
            #expect(try Specification(reading: json, models: Sample.models, datasets: Sample.datasets) == run.specification)
        }
    }

    @Test func settingZeroIsTheDefault() throws {
        for kind in ["wide", "narrow"] {
            let plan = try Sample.plan(Self.wide.replacing("wide", with: kind))
            for model in Sample.models { #expect(plan.settings(of: model.name)?.first == model.defaults) }
        }
    }

    @Test func seedsOfASettingShareItsHyperparameters() throws {
        let runs = try Sample.plan(Self.wide).runs
        for run in runs {
            let others = runs.filter { $0.model == run.model && $0.setting == run.setting }
            #expect(others.count == 2)
            #expect(Set(others.map(\.specification.hyperparameters)).count == 1)
        }
    }

    /// Made by an independent Philox 4x32-10 and decimal arithmetic of 60 digits (Python).
    @Test func drawsKnownSettings() throws {
        let plan = try Sample.plan(Self.wide.replacing(#""settings":4"#, with: #""settings":100"#))
        let known: [(Int, Hyperparameters)] = [
            (1, Self.wgan(0.543404, 5, false, 0.000369063, 0.140686)),
            (2, Self.wgan(0.866841, 5, false, 0.00111878, 0.123481)),
            (3, Self.wgan(0.253028, 5, false, 8.95557e-05, 0.359639)),
            (99, Self.wgan(0.878407, 1, true, 0.000332635, 0.55473)),
        ]
        let settings = try #require(plan.settings(of: "wgan"))
        for (setting, values) in known { #expect(settings[setting] == values, "setting \(setting)") }
    }

    static func wgan(_ beta1: Double, _ iterations: Int, _ norm: Bool, _ rate: Double, _ clip: Double) -> Hyperparameters {
        [
            "beta1": .real(beta1), "disc_iters": .integer(iterations), "discriminator_batchnorm": .bool(norm),
            "learning_rate": .real(rate), "weight_clipping": .real(clip),
        ]
    }

    @Test func settingsDependOnModelSeedAndIndexOnly() throws {
        let base = try Sample.plan(Self.wide)
        let variants = [
            Self.wide.replacing(#"["ns-gan","wgan"]"#, with: #"["wgan"]"#),
            Self.wide.replacing(#"["ns-gan","wgan"]"#, with: #"["wgan","ns-gan"]"#),
            Self.wide.replacing(#""settings":4"#, with: #""settings":50"#),
            Self.wide.replacing("polygons", with: "small").replacing("[0,7]", with: "3"),
        ]
        let expected = try #require(base.settings(of: "wgan"))
        for variant in variants {
            let settings = try #require(try Sample.plan(variant).settings(of: "wgan"))
            #expect(Array(settings.prefix(4)) == expected)
        }
        let other = Self.wide.replacing(#""settings":4"#, with: #""settings":4,"search_seed":124"#)
        let changed = try #require(try Sample.plan(other).settings(of: "wgan"))
        for index in 1..<4 { #expect(changed[index] != expected[index]) }
        #expect(changed[0] == expected[0])
        let rates = [base.settings(of: "wgan"), base.settings(of: "ns-gan")].map { $0?[1].real("learning_rate") }
        #expect(rates[0] != rates[1])
    }

    @Test func narrowKeepsWhatItFixes() throws {
        let plan = try Sample.plan(Self.wide.replacing("wide", with: "narrow").replacing(":4", with: ":200"))
        let settings = try #require(plan.settings(of: "wgan"))
        #expect(Set(settings.map { $0.real("beta1") }) == [0.5])
        #expect(settings.dropFirst().allSatisfy { 1e-4...1e-3 ~= $0.real("learning_rate") })
        #expect(settings.allSatisfy { $0.real("weight_clipping") == 0.01 })
    }

    @Test func gridHoldsEveryCombinationOnce() throws {
        let plan = try Sample.plan(
            #"""
            {"name":"g","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"grid"},
             "grid":{"learning_rate":[1e-3,5e-5],"beta1":[0,0.5,0.9]}}
            """#)
        let settings = try #require(plan.settings(of: "ns-gan"))
        #expect(settings[0] == Sample.nsGAN.defaults)
        let pairs = settings.map { [$0.real("beta1"), $0.real("learning_rate")] }
        #expect(pairs == [[0.5, 5e-5], [0, 1e-3], [0, 5e-5], [0.5, 1e-3], [0.9, 1e-3], [0.9, 5e-5]])
        #expect(plan.runCount == 6)
    }

    @Test func rerunsTakeGivenHyperparameters() throws {
        let plan = try Sample.plan(
            #"""
            {"name":"r","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"reruns"},
             "hyperparameters":{"wgan":{"weight_clipping":0.1}}}
            """#)
        #expect(plan.seeds == Array(0..<50) && plan.runCount == 100)
        #expect(plan.runs.filter { $0.model == "wgan" }.allSatisfy {
            $0.specification.hyperparameters.real("weight_clipping") == 0.1
        })
        #expect(plan.settings(of: "ns-gan") == [Sample.nsGAN.defaults])
        #expect(plan.runs.map(\.seed).suffix(2) == [49, 49])
    }

    @Test func demonstrationIsSmall() throws {
        let plan = try StudyPlan.demonstration(models: Sample.models, datasets: Sample.datasets)
        #expect(plan.runCount == 16)
        #expect(plan.width < 1 && plan.totalSteps <= 16 * 1000)
        expectError(#"dataset: "polygons" is not known; known are small"#) {
            try StudyPlan.demonstration(models: Sample.models, datasets: [Sample.small])
        }
    }

    static let refused: [(String, String, String)] = [
        (#""name":"a","#, "", "name: is missing"),
        (#""name":"a""#, #""name":" ""#, "name: must not be empty"),
        (#""name":"a""#, #""name":"a\nb""#, "name: must not contain control characters"),
        ("polygons", "mnist", #"dataset: "mnist" is not known; known are polygons, small, tiny"#),
        (#"["ns-gan","wgan"]"#, "[]", "models: must have 1 to 64 elements, but has 0"),
        (#"["ns-gan","wgan"]"#, #"["wgan","wgan"]"#, #"models[1]: duplicate model "wgan""#),
        (#"["ns-gan","wgan"]"#, #"["wgan","vae"]"#, #"models[1]: "vae" is not known; known are ns-gan, wgan"#),
        (#""models":["ns-gan","wgan"],"#, "", "models: is missing"),
        (#""wide""#, #""random""#, #"protocol.kind: "random" is not known; known are single, wide, narrow, grid, reruns"#),
        (#""settings":4"#, #""settings":0"#, "protocol.settings: 0 is out of range 1...1000"),
        (#""settings":4"#, #""settings":1001"#, "protocol.settings: 1001 is out of range 1...1000"),
        (#""settings":4"#, #""settings":4,"search_seed":-1"#, "protocol.search_seed: -1 is out of range 0...9007199254740992"),
        (#""settings":4"#, #""settings":4,"sampler":"mersenne""#, #"protocol.sampler: "mersenne" is not known; known are philox, compare_gan_v1"#),
        (#""wide","settings":4"#, #""single","search_seed":4"#, "protocol.search_seed: is not a known field; known are kind"),
        ("[0,7]", "[]", "seeds: must have 1 to 1000 elements, but has 0"),
        ("[0,7]", "[0,7,0]", "seeds[2]: duplicate seed 0"),
        ("[0,7]", "[0,-7]", "seeds[1]: -7 is out of range 0...9007199254740992"),
        ("[0,7]", "0", "seeds: 0 is out of range 1...1000"),
        ("[0,7]", #""two""#, "seeds: must be an array, but is a string"),
        ("[0,7]", #"[0],"seed":1"#, "seed: is not a known field; known are batch_size, checkpoint_every, dataset, evaluation, models, name, numerics, objective, protocol, sample_every, seeds, steps, width"),
        ("[0,7]", #"[0],"width":8"#, "width: 8 is out of range 0.0625...4"),
        ("[0,7]", #"[0],"hyperparameters":{}"#, "hyperparameters: is not a known field; known are batch_size, checkpoint_every, dataset, evaluation, models, name, numerics, objective, protocol, sample_every, seeds, steps, width"),
        (#""wide","settings":4"#, #""grid""#, "grid: is missing"),
        (#""wide","settings":4}"#, #""grid"},"grid":{}"#, "grid: must contain at least one hyperparameter"),
        (#""wide","settings":4}"#, #""grid"},"grid":{"beta1":[0,0]}"#, "grid.beta1[1]: duplicate value 0"),
        (#""wide","settings":4}"#, #""grid"},"grid":{"beta1":[2]}"#, "grid.beta1[0]: 2 is out of range 0...0.999999"),
        (#""wide","settings":4}"#, #""grid"},"grid":{"weight_clipping":[1]}"#, "grid.weight_clipping: is not a hyperparameter of ns-gan, which has beta1, disc_iters, discriminator_batchnorm, learning_rate"),
        (#""wide","settings":4}"#, #""single"},"hyperparameters":{"vae":{}}"#, "hyperparameters.vae: is not a known field; known are ns-gan, wgan"),
        (#""wide","settings":4}"#, #""single"},"hyperparameters":{"wgan":{"beta1":2}}"#, "hyperparameters.wgan.beta1: 2 is out of range 0...0.999999"),
        (#""settings":4},"seeds":[0,7]"#, #""settings":1000},"seeds":51"#, "protocol: expands to 102000 runs; at most 100000 are allowed"),
    ]

    @Test(arguments: refused) func refuses(part: String, replacement: String, sentence: String) {
        let text = Self.wide.replacing(part, with: replacement)
        #expect(text != Self.wide)
        expectError(sentence) { try Sample.plan(text) }
    }

    @Test func gridIsBounded() {
        let values = (0..<40).map { "0.\($0 + 10)" }.joined(separator: ",")
        expectError("grid: has more than 999 combinations") {
            try Sample.plan(
                #"""
                {"name":"g","dataset":"polygons","models":["wgan"],"protocol":{"kind":"grid"},
                 "grid":{"learning_rate":[\#(values)],"beta1":[\#(values)]}}
                """#)
        }
    }
}
