import Studies
import Graphs
import Engine
import Testing

@testable import Models

@Suite struct StudyNetworkTests {
    static func program(_ model: String, height: Int, channels: Int, _ changes: Hyperparameters = [:]) throws -> TrainingProgram {
        let model = try #require(ModelCatalog.model(named: model))
        var values = model.schema.defaults
        for name in changes.names { values[name] = changes[name] }
        return try model.program(
            ModelConfiguration(
                hyperparameters: values, architecture: .init(name: model.schema.architectures[0], width: 1),
                images: ExampleShape(height: height, width: height, channels: channels), batchSize: 2, steps: 1000))
    }

    static func plan(_ program: TrainingProgram, _ phase: String) throws -> Plan { try #require(program.phases.first { $0.name == phase }?.plan) }

    static func trainable(_ program: TrainingProgram, _ prefix: String) -> Int {
        program.parameters.filter { $0.isTrainable && $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.shape.count }
    }

    /// The table of the study's networks: size, generator, discriminator with and without batch normalization, BEGAN's autoencoder, the VAE's encoder.
    static let table: [(height: Int, channels: Int, generator: Int, normalized: Int, plain: Int, autoencoder: Int, encoder: Int)] = [
        (28, 1, 6_642_241, 6_559_169, 6_556_865, 1_073_601, 6_689_344),
        (32, 3, 8_616_131, 8_527_297, 8_524_993, 1_325_379, 8_657_472),
        (64, 3, 33_855_683, 33_693_121, 33_690_817, 4_495_683, 33_823_296),
    ]

    /// Every model of the study at every size. Each is planned separately, so that the plans of large networks do not accumulate.
    @Test(arguments: 0..<3, ModelCatalog.schemas.filter { $0.architectures.contains("infogan") }.map(\.name))
    func parameterCounts(size: Int, model: String) throws {
        let row = Self.table[size]
        let plain = try Self.program(model, height: row.height, channels: row.channels, ["discriminator_batchnorm": .bool(model == "vae")])
        #expect(Self.trainable(plain, "generator/") == row.generator)
        switch model {
        case "vae": #expect(Self.trainable(plain, "encoder/") == row.encoder)
        case "began": #expect(Self.trainable(plain, "discriminator/") == row.autoencoder)
        default:
            #expect(Self.trainable(plain, "discriminator/") == row.plain)
            let normalized = try Self.program(model, height: row.height, channels: row.channels, ["discriminator_batchnorm": .bool(true)])
            #expect(Self.trainable(normalized, "discriminator/") == row.normalized)
        }
    }

    /// The networks of WassersteinGAN.tensorflow at 64x64x3.
    @Test func parameterCountsWithoutBiases() throws {
        let program = try Self.program("wgt-wgan", height: 64, channels: 3)
        #expect(Self.trainable(program, "generator/") == 12_658_432)
        #expect(Self.trainable(program, "discriminator/") == 2_765_568)
        #expect(!program.parameters.contains { $0.name.hasSuffix("/bias") })
        #expect(try Self.program("wgt-gan", height: 64, channels: 3).parameters.contains { $0.name == "generator/deconvolution5/bias" })
    }

    /// The variables that each kind of step changes.
    @Test(arguments: ModelCatalog.all.filter { $0.condition == nil && $0.schema.name != "vae" && !$0.schema.hasLikelihood }.map(\.schema.name)) func stepsChangeWhatTheyShould(model: String) throws {
        let program = try Self.program(model, height: 28, channels: 1)
        if model == "began" { #expect(program.phases.allSatisfy { $0.plan.updated.contains("state/k") }) }
        let partial = try Self.plan(program, "discriminatorOnly")
        let full = try Self.plan(program, "discriminatorAndGenerator")
        func changed(_ plan: Plan, _ prefix: String) -> Set<String> { Set(plan.updated.filter { $0.hasPrefix(prefix) }) }
        let discriminator = Set(program.parameters.filter { $0.name.hasPrefix("discriminator/") }.map(\.name))
        let generator = Set(program.parameters.filter { $0.name.hasPrefix("generator/") && $0.isTrainable }.map(\.name))
        #expect(changed(partial, "discriminator/") == discriminator)
        #expect(changed(full, "discriminator/") == discriminator)
        #expect(changed(partial, "generator/").isDisjoint(with: generator))
        #expect(changed(full, "generator/").isSuperset(of: generator))
    }

    /// disc_iters = 5: the generator is updated at steps 1, 6, 11, ..., and its learning rate counts its own updates.
    @Test func generatorSchedule() throws {
        let program = try Self.program("wgan", height: 28, channels: 1)
        let moved = (1...16).filter { program.phase(ofStep: $0).name == "discriminatorAndGenerator" }
        #expect(moved == [1, 6, 11, 16])
        let rate = program.scalars(step: 6).first { $0.name == "generator_rate" }?.value
        #expect(rate == Adam(beta1: 0.5).correctedRate(learningRate: 5e-5, update: 2))
    }

    /// The VAE's single optimizer updates everything that is trainable.
    @Test func oneOptimizer() throws {
        let program = try Self.program("vae", height: 28, channels: 1)
        #expect((1...7).allSatisfy { program.phase(ofStep: $0).name == "joint" })
        #expect(program.phases.count == 1)
        #expect(Set(program.mainPhase.plan.updated).isSuperset(of: program.parameters.filter(\.isTrainable).map(\.name)))
        #expect(program.scalars(step: 3).map(\.value) == [Adam(beta1: 0.5).correctedRate(learningRate: 5e-5, update: 3)])
    }

    /// WassersteinGAN.tensorflow, counted as in its loop: 25 critic steps in iterations below 25 and in multiples of 500, else 5.
    @Test func intensiveRule() {
        let rule = PhaseRule.intensive
        var (step, iteration) = (0, 0)
        while iteration < 1510 {
            iteration += 1
            for _ in 1..<(iteration < 25 || iteration % 500 == 0 ? 25 : 5) {
                step += 1
                #expect(rule.phase(ofStep: step, of: 1_000_000) == 0)
                #expect(rule.count(of: 1, through: step, of: 1_000_000) == iteration - 1)
            }
            step += 1
            #expect(rule.phase(ofStep: step, of: 1_000_000) == 1)
            #expect(rule.count(of: 1, through: step, of: 1_000_000) == iteration)
        }
        #expect(rule.count(of: 1, through: 504_480, of: 1_000_000) == 100_000)
        #expect(rule.count(of: 1, through: 504_479, of: 1_000_000) == 99_999)
    }

    /// Metrics are recorded at steps that update all networks, about as often as requested.
    @Test func recordedSteps() throws {
        let wgan = try Self.program("wgan", height: 28, channels: 1)
        #expect((1...40).filter { wgan.isRecorded(step: $0, interval: 7) } == [1, 11, 21, 31])
        let intensive = try Self.program("wgt-wgan", height: 28, channels: 1)
        #expect((1...101).filter { intensive.isRecorded(step: $0, interval: 1) } == [25, 50, 75, 100])
    }

    /// After a step of the WGAN, every trainable variable of the critic is in [-c, c], including biases and batch normalization.
    @Test func clipping() throws {
        let program = try Self.program("wgan", height: 12, channels: 1, ["weight_clipping": .real(0.01)])
        let store = TensorStore()
        program.initialize(store, seed: 1)
        let session = Session(program.mainPhase.plan, store: store, device: CPUDevice(), seed: 1)
        session.setInput("images", [Float](repeating: 0.25, count: 2 * 12 * 12))
        for (name, value) in program.scalars(step: 1) { session.setInput(name, value) }
        session.run(step: 1)
        for entry in program.parameters where entry.name.hasPrefix("discriminator/") {
            #expect(store[entry.name].allSatisfy { abs($0) <= 0.01 }, "\(entry.name)")
        }
        #expect(store["generator/normalization1/scale"].contains { $0 > 0.5 }, "the generator is not clipped")
    }

    /// The losses at logits with analytically known values: D = 1/2 everywhere gives 2 log 2 and log 2.
    @Test func lossesAtZeroLogits() throws {
        let graph = Graph()
        let zero = graph.constant(0, [3])
        let loss = NonSaturatingLoss()
        let plan = try Plan(
            graph,
            outputs: [
                ("d", loss.discriminatorLoss(real: zero, generated: zero)), ("g", loss.generatorLoss(generated: zero)),
                ("w", WassersteinLoss().discriminatorLoss(real: graph.constant([1, 2, 3], [3]), generated: graph.constant([2, 2, 5], [3]))),
            ])
        let session = Session(plan, store: TensorStore(), device: CPUDevice(), seed: 0)
        session.run(step: 0)
        #expect(abs(session.output("d")[0] - 1.3862944) < 2e-7)
        #expect(abs(session.output("g")[0] - 0.6931472) < 1e-7)
        #expect(session.output("w")[0] == 1)
    }
}
