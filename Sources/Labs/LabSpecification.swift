public import Canonical
import Graphs
import Models
import Numerics
import Studies

/// Everything that decides a lab's frames, except the steps at which it was changed.
public struct LabSpecification: Sendable, Hashable {
    /// Where the real points lie.
    public var distribution: PlaneDistribution
    /// A model of the study, or `realnvp`.
    public var model: String
    /// The model's own hyperparameters, without those that are settings of every lab.
    var hyperparameters: Hyperparameters
    var generator: PlaneSettings.Layers
    var discriminator: PlaneSettings.Layers
    /// Normal or uniform in [-1, 1].
    var latentsAreNormal: Bool
    var latentDimensions: Int
    var generatorOptimizer: PlaneSettings.OptimizerChoice
    var discriminatorOptimizer: PlaneSettings.OptimizerChoice
    /// Updates of each network in turn.
    var generatorUpdates: Int
    var discriminatorUpdates: Int
    /// Examples of a batch.
    public var batch: Int
    /// The seed of every random number but those of what is shown.
    public var seed: UInt64

    /// The models of labs.
    public static let models = ["ns-gan", "mm-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae", "realnvp"]
    private static let scores = ["ns-gan", "mm-gan", "lsgan", "wgan", "wgan-gp", "dragan"]

    /// Whether the model has two networks that are updated in turn.
    public var isAdversarial: Bool { Self.isAdversarial(model) }
    private static func isAdversarial(_ model: String) -> Bool { scores.contains(model) || model == "began" }

    /// Hyperparameters that labs set elsewhere, or that have no effect in them.
    private static func hidden(_ model: String) -> [String] {
        isAdversarial(model) ? ["learning_rate", "beta1", "disc_iters", "discriminator_batchnorm", "optimizer"] : ["disc_iters", "discriminator_batchnorm"]
    }

    private static func schema(_ model: String) -> ModelSchema {
        guard let found = ModelCatalog.model(named: model)?.schema else { preconditionFailure("\(model) is listed and unknown") }
        return found
    }

    /// The model's own hyperparameters with their defaults; those of a VAE and of a flow with a learning rate that suits the plane.
    private static func hyperparameters(_ model: String, _ given: JSONValue?, path: String) throws(FieldError) -> Hyperparameters {
        let schema = schema(model), shown = schema.hyperparameters.filter { !hidden(model).contains($0.name) }
        var values = Hyperparameters(Dictionary(uniqueKeysWithValues: shown.map { ($0.name, $0.defaultValue) }))
        if model == "vae" { values["learning_rate"] = 1e-3 }
        if model == "realnvp" { values["couplings"] = 6 }
        var fields = try FieldReader(given ?? [:], path: path)
        for one in shown {
            guard let value = fields.optionalValue(one.name) else { continue }
            values[one.name] = try one.value(reading: value, path: fields.path(of: one.name))
        }
        try fields.finish()
        return values
    }

    /// All hyperparameters, as the model reads them.
    var allHyperparameters: Hyperparameters {
        var values = Self.schema(model).defaults
        for name in hyperparameters.names { values[name] = hyperparameters[name] }
        if values["discriminator_batchnorm"] != nil { values["discriminator_batchnorm"] = false }
        return values
    }

    // MARK: JSON

    /// The default lab: a ring, the non-saturating GAN.
    public static let standard: LabSpecification = {
        do { return try LabSpecification(reading: [:]) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads a specification; omitted fields have their defaults.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue, path: String = "") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        if var given = try fields.optionalObject("distribution") {
            distribution = try PlaneDistribution(&given)
        } else {
            var ring = try FieldReader(["name": "ring"])
            distribution = try PlaneDistribution(&ring)
        }
        model = try fields.optionalOneOf("model", Self.models) ?? "ns-gan"
        hyperparameters = try Self.hyperparameters(model, fields.optionalValue("hyperparameters"), path: fields.path(of: "hyperparameters"))
        batch = try fields.optionalInteger("batch", in: 4...1024) ?? 128
        seed = UInt64(try fields.optionalInteger("seed", in: 0...(1 << 53)) ?? 0)
        (generator, discriminator) = (Self.usualLayers, Self.usualLayers)
        (latentsAreNormal, latentDimensions) = (true, 2)
        (generatorOptimizer, discriminatorOptimizer) = (Self.usualOptimizer, Self.usualOptimizer)
        (generatorUpdates, discriminatorUpdates) = (1, 1)
        if model == "realnvp" {
            generator = try Self.layers(&fields, "generator", isFlow: true)
        } else {
            generator = try Self.layers(&fields, "generator")
            discriminator = try Self.layers(&fields, "discriminator")
            try readLatents(&fields)
        }
        if isAdversarial {
            generatorOptimizer = try Self.optimizer(&fields, "generator_optimizer")
            discriminatorOptimizer = try Self.optimizer(&fields, "discriminator_optimizer")
            generatorUpdates = try fields.optionalInteger("generator_updates", in: 0...100) ?? 1
            discriminatorUpdates = try fields.optionalInteger("discriminator_updates", in: 0...100) ?? 1
            if generatorUpdates + discriminatorUpdates == 0 { throw fields.error("generator_updates", "generator_updates and discriminator_updates are both 0; one of them must not be") }
        }
        try fields.finish()
    }

    private static let usualLayers = PlaneSettings.Layers(layers: 2, units: 64, activation: .relu)
    private static let usualOptimizer = PlaneSettings.OptimizerChoice.adam(learningRate: 1e-3, beta1: 0.5, beta2: 0.999)

    private mutating func readLatents(_ fields: inout FieldReader) throws(FieldError) {
        guard var latents = try fields.optionalObject("latents") else { return }
        latentDimensions = try latents.optionalInteger("dimensions", in: 1...64) ?? 2
        // The encoder of a VAE is compared with a normal prior.
        latentsAreNormal = try latents.optionalOneOf("distribution", model == "vae" ? ["normal"] : ["normal", "uniform"]) != "uniform"
        try latents.finish()
    }

    private static func layers(_ fields: inout FieldReader, _ key: String, isFlow: Bool = false) throws(FieldError) -> PlaneSettings.Layers {
        guard var given = try fields.optionalObject(key) else { return usualLayers }
        var layers = usualLayers
        // Couplings have two hidden layers of rectifiers.
        if !isFlow {
            layers.layers = try given.optionalInteger("layers", in: 1...6) ?? layers.layers
            let name = try given.optionalOneOf("activation", PlaneSettings.Activation.allCases.map(\.rawValue))
            layers.activation = name.flatMap(PlaneSettings.Activation.init) ?? layers.activation
        }
        layers.units = try given.optionalInteger("units", in: 1...256) ?? layers.units
        try given.finish()
        return layers
    }

    private static func optimizer(_ fields: inout FieldReader, _ key: String) throws(FieldError) -> PlaneSettings.OptimizerChoice {
        guard var given = try fields.optionalObject(key) else { return usualOptimizer }
        let name = try given.optionalOneOf("name", ["adam", "rmsprop", "sgd"]) ?? "adam"
        let rate = try given.optionalNumber("learning_rate", in: 1e-7...10) ?? (name == "sgd" ? 0.1 : 1e-3)
        let choice: PlaneSettings.OptimizerChoice
        switch name {
        case "sgd": choice = .sgd(learningRate: rate)
        case "rmsprop": choice = .rmsProp(learningRate: rate, decay: try given.optionalNumber("decay", in: 0...0.9999) ?? 0.9)
        default:
            choice = .adam(
                learningRate: rate, beta1: try given.optionalNumber("beta1", in: 0...0.9999) ?? 0.5, beta2: try given.optionalNumber("beta2", in: 0...0.999999) ?? 0.999)
        }
        try given.finish()
        return choice
    }

    /// Complete, so that equal labs have equal digests.
    public var json: JSONValue {
        var fields: [String: JSONValue] = [
            "distribution": distribution.json, "model": .string(model), "hyperparameters": hyperparameters.json, "batch": .count(batch),
            "seed": .integer(Int64(seed)),
        ]
        if model == "realnvp" {
            fields["generator"] = .object(["units": .count(generator.units)])
            return .object(fields)
        }
        func json(_ layers: PlaneSettings.Layers) -> JSONValue {
            .object(["layers": .count(layers.layers), "units": .count(layers.units), "activation": .string(layers.activation.rawValue)])
        }
        (fields["generator"], fields["discriminator"]) = (json(generator), json(discriminator))
        fields["latents"] = .object(["distribution": .string(latentsAreNormal ? "normal" : "uniform"), "dimensions": .count(latentDimensions)])
        if isAdversarial {
            (fields["generator_optimizer"], fields["discriminator_optimizer"]) = (Self.json(generatorOptimizer), Self.json(discriminatorOptimizer))
            (fields["generator_updates"], fields["discriminator_updates"]) = (.count(generatorUpdates), .count(discriminatorUpdates))
        }
        return .object(fields)
    }

    private static func json(_ optimizer: PlaneSettings.OptimizerChoice) -> JSONValue {
        switch optimizer {
        case .adam(let rate, let beta1, let beta2):
            .object(["name": "adam", "learning_rate": .number(rate), "beta1": .number(beta1), "beta2": .number(beta2)])
        case .rmsProp(let rate, let decay): .object(["name": "rmsprop", "learning_rate": .number(rate), "decay": .number(decay)])
        case .sgd(let rate): .object(["name": "sgd", "learning_rate": .number(rate)])
        }
    }

    // MARK: Changes

    /// The specification with some fields replaced, while a lab runs: those of optimizers and hyperparameters one by one, unless their name or the model changes.
    /// - Errors: `FieldError`; `LabError.fixed` for what decides the shape of the networks, and the seed
    public func changed(by changes: JSONValue) throws -> LabSpecification {
        guard case .object(var fields) = json, case .object(let given) = changes else {
            throw FieldError(path: "changes", problem: .wrongKind(expected: "an object", actual: changes.kindName))
        }
        let changesModel = given["model"].map { $0 != fields["model"] } ?? false
        if changesModel { fields["hyperparameters"] = nil }
        for (key, value) in given {
            if case .object(let old)? = fields[key], case .object(let new) = value, key.hasSuffix("_optimizer") || key == "hyperparameters",
                new["name"] == nil || new["name"] == old["name"]
            {
                fields[key] = .object(old.merging(new) { $1 })
            } else {
                fields[key] = value
            }
        }
        let changed = try LabSpecification(reading: .object(fields), path: "changes")
        if changesModel, !Self.scores.contains(model) || !Self.scores.contains(changed.model) { throw LabError.fixed(key: "model") }
        let fixed: [(String, Bool)] = [
            ("generator", changed.generator == generator), ("discriminator", changed.discriminator == discriminator),
            ("latents", changed.latentDimensions == latentDimensions && changed.latentsAreNormal == latentsAreNormal), ("seed", changed.seed == seed),
            ("hyperparameters.couplings", changed.hyperparameters["couplings"] == hyperparameters["couplings"]),
            ("hyperparameters.convolution", changed.hyperparameters["convolution"] == hyperparameters["convolution"]),
        ]
        if let key = fixed.first(where: { !$0.1 })?.0 { throw LabError.fixed(key: key) }
        return changed
    }

    // MARK: Program

    /// The points of a probe.
    static let probed = 1024

    /// - Errors: `PlanError`, a programming error
    func program() throws -> TrainingProgram {
        let settings = PlaneSettings(
            generator: generator, discriminator: discriminator, latents: latents, latentDimensions: latentDimensions, generatorOptimizer: generatorOptimizer,
            discriminatorOptimizer: discriminatorOptimizer, probed: Self.probed)
        guard let found = ModelCatalog.model(named: model) else { preconditionFailure("\(model) is listed and unknown") }
        return try found.program(
            ModelConfiguration(
                hyperparameters: allHyperparameters, architecture: .init(name: ModelSchema.pointArchitecture, width: Double(generator.units) / 128),
                images: ExampleShape(height: 1, width: 1, channels: 2), batchSize: batch, steps: LabBranch.mostSteps, plane: settings))
    }

    var latents: RandomStream.Distribution { latentsAreNormal ? .normal(mean: 0, deviation: 1) : .uniform(low: -1, high: 1) }

    /// Latents of generated points: a flow has two.
    var generatedDimensions: Int { model == "realnvp" ? 2 : latentDimensions }
}
