import Studies
import Tensors
import Testing

@testable import Models

@Suite struct StudyNetworkTests {
    static func program(_ model: String, height: Int, channels: Int, _ changes: Hyperparameters = [:]) throws -> TrainingProgram {
        let model = try #require(ModelCatalog.model(named: model))
        var values = model.schema.defaults
        for name in changes.names { values[name] = changes[name] }
        let network = InfoGANNetwork(height: height, width: height, channels: channels, multiplier: 1)
        return try model.program(ModelConfiguration(hyperparameters: values, network: network, batchSize: 2))
    }

    static func trainable(_ program: TrainingProgram, _ prefix: String) -> Int {
        program.parameters.filter { $0.isTrainable && $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.shape.count }
    }

    /// The table of the study's networks: size, generator, discriminator with and without batch normalisation.
    static let table: [(height: Int, channels: Int, generator: Int, normalized: Int, plain: Int)] = [
        (28, 1, 6_642_241, 6_559_169, 6_556_865),
        (32, 3, 8_616_131, 8_527_297, 8_524_993),
        (64, 3, 33_855_683, 33_693_121, 33_690_817),
    ]

    @Test(arguments: table) func parameterCounts(row: (height: Int, channels: Int, generator: Int, normalized: Int, plain: Int)) throws {
        let normalized = try Self.program("ns-gan", height: row.height, channels: row.channels, ["discriminator_batchnorm": .bool(true)])
        #expect(Self.trainable(normalized, "generator/") == row.generator)
        #expect(Self.trainable(normalized, "discriminator/") == row.normalized)
        let plain = try Self.program("ns-gan", height: row.height, channels: row.channels, ["discriminator_batchnorm": .bool(false)])
        #expect(Self.trainable(plain, "discriminator/") == row.plain)
    }

    /// Which variables each kind of step changes.
    @Test(arguments: ["ns-gan", "wgan", "wgan-gp"]) func stepsChangeWhatTheyShould(model: String) throws {
        let program = try Self.program(model, height: 28, channels: 1)
        let partial = try #require(program.plans[.discriminatorOnly])
        let full = try #require(program.plans[.discriminatorAndGenerator])
        func changed(_ plan: Plan, _ prefix: String) -> Set<String> { Set(plan.updated.filter { $0.hasPrefix(prefix) }) }
        let discriminator = Set(program.parameters.filter { $0.name.hasPrefix("discriminator/") }.map(\.name))
        let generator = Set(program.parameters.filter { $0.name.hasPrefix("generator/") && $0.isTrainable }.map(\.name))
        #expect(changed(partial, "discriminator/") == discriminator)
        #expect(changed(full, "discriminator/") == discriminator)
        #expect(changed(partial, "generator/").isDisjoint(with: generator))
        #expect(changed(full, "generator/").isSuperset(of: generator))
    }

    /// disc_iters = 5: the generator moves at steps 1, 6, 11, ..., and its rate counts its own updates.
    @Test func generatorSchedule() throws {
        let program = try Self.program("wgan", height: 28, channels: 1)
        let moved = (1...16).filter { program.kind(ofStep: $0) == .discriminatorAndGenerator }
        #expect(moved == [1, 6, 11, 16])
        let rate = program.scalars(step: 6).first { $0.name == "generator_rate" }?.value
        #expect(rate == program.optimizer.correctedRate(learningRate: program.learningRate, update: 2))
    }

    /// After a step of the WGAN every trainable variable of the critic lies in [-c, c], biases and batch normalisation included.
    @Test func clipping() throws {
        let program = try Self.program("wgan", height: 12, channels: 1, ["weight_clipping": .real(0.01)])
        let store = TensorStore()
        program.initialize(store, seed: 1)
        let session = Session(program.plans[.discriminatorAndGenerator]!, store: store, executor: Executor(), seed: 1)
        session.setInput("images", [Float](repeating: 0.25, count: 2 * 12 * 12))
        for (name, value) in program.scalars(step: 1) { session.setInput(name, value) }
        session.run(step: 1)
        for entry in program.parameters where entry.name.hasPrefix("discriminator/") {
            #expect(store[entry.name].allSatisfy { abs($0) <= 0.01 }, "\(entry.name)")
        }
        #expect(store["generator/normalization1/scale"].contains { $0 > 0.5 }, "the generator is not clipped")
    }

    /// The losses at logits whose values can be worked out by hand: D = 1/2 everywhere gives 2 log 2 and log 2.
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
        let session = Session(plan, store: TensorStore(), executor: Executor(), seed: 0)
        session.run(step: 0)
        #expect(abs(session.output("d")[0] - 1.3862944) < 2e-7)
        #expect(abs(session.output("g")[0] - 0.6931472) < 1e-7)
        #expect(session.output("w")[0] == 1)
    }
}
