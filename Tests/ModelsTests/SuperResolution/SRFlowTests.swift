import Canonical
import Engine
import Foundation
import GraphReference
import Numerics
import Studies
import Testing

@testable import Graphs
@testable import Models

/// SRFlow: published parameter counts, shapes of conditions and latents, both directions, log-determinants, phases.
@Suite struct SRFlowTests {
    static func configuration(
        _ images: ExampleShape, scale: Int, batch: Int = 4, steps: Int = 100, _ changes: Hyperparameters = [:], of model: any StudyModel = SRFlow()
    ) -> ModelConfiguration {
        var values = model.schema.defaults
        for name in changes.names { values[name] = changes[name] }
        return ModelConfiguration(
            hyperparameters: values, architecture: .init(name: SRFlow.architecture, width: 1), images: images, batchSize: batch, steps: steps,
            fields: [BatchField("low_resolution", [images.height / scale, images.width / scale, images.channels])])
    }

    private static let patch = ExampleShape(height: 160, width: 160, channels: 3)
    private static let tiny: Hyperparameters = [
        "features": .integer(2), "growth": .integer(1), "blocks": .integer(2), "stack_spacing": .integer(1), "hidden": .integer(2), "depth": .integer(1), "transition_steps": .integer(1),
    ]

    private static func published(blocks: Int, spacing: Int) -> Hyperparameters {
        [
            "features": .integer(64), "growth": .integer(32), "hidden": .integer(64), "blocks": .integer(blocks), "depth": .integer(16),
            "stack_first": .integer(1), "stack_spacing": .integer(spacing), "stack_count": .integer(4),
        ]
    }

    private static func count(_ parameters: ParameterSet) -> Int { parameters.entries.reduce(0) { $0 + $1.shape.count } }

    /// The released configurations, DF2K at scales 4 and 8 and CelebA at 8. Beside encoder and flow, the released code makes a convolution from 320 to 96 channels
    /// that it never uses.
    @Test(arguments: [
        (4, 23, 7, 16_697_987, 22_567_248, 39_541_811), (8, 23, 2, 16_734_915, 33_810_400, 50_821_891), (8, 8, 2, 5_943_555, 33_810_400, 40_030_531),
    ]) func publishedParameterCounts(scale: Int, blocks: Int, spacing: Int, encoder: Int, flow: Int, total: Int) throws {
        let network = try SRFlowNetwork(Self.configuration(Self.patch, scale: scale, Self.published(blocks: blocks, spacing: spacing)))
        let graph = Graph(), encoding = ParameterSet(graph, prefix: "encoder"), flowing = ParameterSet(graph, prefix: "flow")
        let x = network.pair.lowResolution(graph, 1)
        let context = network.context(x, flow: flowing, encoder: encoding)
        let z = network.flow.forward(network.pair.images(graph, 1), context).value
        #expect(network.predicted(x, encoding).shape == [1, 160, 160, 3] && z.shape == [1, 76_800])
        #expect(Self.count(encoding) == encoder && Self.count(flowing) == flow)
        let unusedHead = 9 * network.encoder.channels * 96 + 96
        #expect(network.encoder.channels == 320 && Self.count(encoding) + Self.count(flowing) + unusedHead == total)
    }

    /// The table of the released code's shapes at 160 x 160.
    @Test(arguments: [
        (4, [[80, 80, 12], [40, 40, 24], [20, 20, 96]], [1]), (8, [[80, 80, 12], [40, 40, 24], [20, 20, 48], [10, 10, 192]], [1, 2]), (2, [[80, 80, 12], [40, 40, 48]], []),
    ]) func levelsAreThoseOfTheReleasedCode(scale: Int, shapes: [[Int]], splits: [Int]) throws {
        let network = try SRFlowNetwork(Self.configuration(Self.patch, scale: scale, Self.tiny))
        let levels = network.flow.levels
        let found: [[Int]] = levels.map { [$0.shape.height, $0.shape.width, $0.shape.channels] }
        #expect(found == shapes)
        let splitting: [Int] = levels.indices.filter { levels[$0].split != nil }.map { $0 + 1 }
        #expect(splitting == splits)
        let graph = Graph()
        let conditions = network.encoder.conditions(network.pair.lowResolution(graph, 2), levels: shapes.count, ParameterSet(graph, prefix: "encoder"))
        let expected: [Shape] = shapes.map { Shape([2, $0[0], $0[1], 6]) }
        #expect(conditions.map(\.shape) == expected)
    }

    /// The floor bounds how much the inverse of a coupling amplifies; its default is left out of specifications, so that they are those of before.
    @Test func theScaleHasAFloor() throws {
        let schema = SRFlow().schema
        #expect(schema.defaults["scale_floor"] == nil && FlowHyperparameters.scaleFloor(schema.defaults, default: 1e-4) == 1e-4)
        let given = try schema.hyperparameters(reading: ["scale_floor": 0.0001])
        #expect(given == schema.defaults)
        let other = try schema.hyperparameters(reading: ["scale_floor": 0.25])
        #expect(FlowHyperparameters.scaleFloor(other, default: 1e-4) == 0.25 && other.json["scale_floor"] == 0.25)
        let again = try schema.hyperparameters(reading: other.json, complete: true), earlier = try schema.hyperparameters(reading: schema.defaults.json, complete: true)
        #expect(again == other && earlier == schema.defaults)
        for (floor, least) in [(Float(1e-4), Float(1e-4)), (0.25, 0.25)] {
            let graph = Graph(), s = graph.input("s", [1])
            let values = try #require(CouplingScale.sigmoid(epsilon: floor).values(s) { s })
            var evaluator = ReferenceEvaluator(graph, ["s": [-40]])
            #expect(abs(evaluator.values(of: values.scale)[0] - Double(least)) < 1e-9)
        }
    }

    /// Half the low resolution is the mean of blocks of 2x2, bilinear resizing with align_corners off; stacked features are those of the nearest pixel.
    @Test func conditionsAreResizedAsReleased() throws {
        let network = try SRFlowNetwork(Self.configuration(ExampleShape(height: 16, width: 16, channels: 1), scale: 4, batch: 1, Self.tiny))
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "encoder"), x = network.pair.lowResolution(graph, 1)
        let conditions = network.encoder.conditions(x, levels: 3, parameters), trunk = network.encoder.network.trunk(x, parameters)
        let values = FlowCase.Built.initial(parameters, ["low_resolution": FlowCase.noise(16, "low", 1)]).doubles
        var evaluator = ReferenceEvaluator(graph, values)
        func pixel(_ tensor: Tensor, _ row: Int, _ column: Int, _ channel: Int) -> Double {
            evaluator.values(of: tensor)[(row * tensor.shape[2] + column) * tensor.shape[3] + channel]
        }
        for channel in 0..<2 {
            let block = [(0, 2), (0, 3), (1, 2), (1, 3)].map { pixel(trunk.output, $0.0, $0.1, channel) }
            #expect(abs(pixel(conditions[2], 0, 1, channel) - block.reduce(0, +) / 4) < 1e-12)
            #expect(pixel(conditions[1], 2, 1, channel) == pixel(trunk.output, 2, 1, channel))
            for (place, index) in [0, 1].enumerated() {
                #expect(pixel(conditions[0], 5, 3, 2 * place + 2 + channel) == pixel(trunk.blocks[index], 2, 1, channel))
                #expect(pixel(conditions[2], 1, 0, 2 * place + 2 + channel) == pixel(trunk.blocks[index], 2, 0, channel))
            }
        }
        let bilinear = trunk.output.resizedBilinear(height: 2, width: 2, convention: .halfPixelCenters)
        for channel in 0..<2 { #expect(abs(pixel(bilinear, 1, 1, channel) - pixel(conditions[2], 1, 1, channel)) < 1e-12) }
    }

    // MARK: Both directions

    private struct Flow {
        let network: SRFlowNetwork
        let graph = Graph()
        let parameters: ParameterSet
        let encoder: ParameterSet
        let y: Tensor
        let forward: FlowResult
        let back: FlowResult

        init(_ images: ExampleShape, scale: Int, batch: Int, _ changes: Hyperparameters) throws {
            network = try SRFlowNetwork(SRFlowTests.configuration(images, scale: scale, batch: batch, changes))
            (parameters, encoder) = (ParameterSet(graph, prefix: "flow"), ParameterSet(graph, prefix: "encoder"))
            y = network.pair.images(graph, batch)
            let context = network.context(network.pair.lowResolution(graph, batch), flow: parameters, encoder: encoder)
            forward = network.flow.forward(y, context)
            back = network.flow.inverse(forward.value, context)
        }

        /// Initial values plus noise, and the inputs.
        func values() -> [String: [Float]] {
            let batch = y.shape[0], store = TensorStore()
            var values = ["images": FlowCase.noise(y.count, "images", 0.5)]
            values["low_resolution"] = FlowCase.noise(batch * network.pair.low.count, "low", 0.5)
            for entry in parameters.entries + encoder.entries {
                entry.initializer.create(entry.name, entry.shape, in: store, seed: 5)
                values[entry.name] = zip(store[entry.name], FlowCase.noise(entry.shape.count, entry.name, 0.1)).map { $0 + $1 }
            }
            return values
        }
    }

    private static func worst(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

    /// inverse(forward(y)) = y and log-determinants that cancel, in double precision and in float32 on the engine.
    @Test(arguments: [(2, true), (4, false)]) func bothDirectionsAgree(scale: Int, splitsAll: Bool) throws {
        let images = ExampleShape(height: 8, width: 8, channels: 1)
        let flow = try Flow(images, scale: scale, batch: 2, ["depth": .integer(2), "split_all": .bool(splitsAll), "features": .integer(3), "hidden": .integer(4)])
        let values = flow.values()
        var evaluator = ReferenceEvaluator(flow.graph, values.doubles)
        let exact = Self.worst(evaluator.values(of: flow.back.value), evaluator.values(of: flow.y))
        #expect(exact < 1e-11, "\(exact)")
        let sums = zip(evaluator.values(of: flow.forward.logDeterminant), evaluator.values(of: flow.back.logDeterminant)).map(+)
        #expect(sums.allSatisfy { abs($0) < 1e-10 }, "\(sums)")
        let store = TensorStore()
        for entry in flow.parameters.entries + flow.encoder.entries {
            store.create(entry.name, entry.shape)
            store[entry.name] = values[entry.name]!
        }
        let session = Session(try Plan(flow.graph, outputs: [("back", flow.back.value)]), store: store, device: CPUDevice(), seed: 0)
        for name in ["images", "low_resolution"] { session.setInput(name, values[name]!) }
        session.run(step: 0)
        let single = zip(session.output("back"), values["images"]!).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(single < 1e-4, "\(single)")
    }

    /// log|det| of the Jacobian of an example by central differences.
    @Test func logDeterminantIsThatOfTheJacobian() throws {
        let flow = try Flow(ExampleShape(height: 4, width: 4, channels: 1), scale: 2, batch: 1, Self.tiny.merging(["split_all": .bool(true)]))
        let values = flow.values().doubles, step = 0x1p-16, size = 16
        func value(_ element: Int, _ delta: Double) -> [Double] {
            var moved = values
            moved["images"]![element] += delta
            var evaluator = ReferenceEvaluator(flow.graph, moved)
            return evaluator.values(of: flow.forward.value)
        }
        var jacobian = [Double](repeating: 0, count: size * size)
        for column in 0..<size {
            let (up, down) = (value(column, step), value(column, -step))
            for row in 0..<size { jacobian[row * size + column] = (up[row] - down[row]) / (2 * step) }
        }
        var evaluator = ReferenceEvaluator(flow.graph, values)
        let exact = evaluator.values(of: flow.forward.logDeterminant)[0]
        let numeric = MatrixReference.values(of: .logAbsoluteDeterminant, jacobian, size: size)[0]
        #expect(abs(numeric - exact) < 1e-6, "\(exact), by differences \(numeric)")
    }

    // MARK: The program

    /// Pretraining, initialization from data, frozen encoder, both: which steps run what, with which rates and counts of updates.
    @Test func phasesFollowTheirShares() throws {
        let images = ExampleShape(height: 8, width: 8, channels: 1)
        let program = try SRFlow().program(
            Self.configuration(images, scale: 2, steps: 100, Self.tiny.merging(["pretraining": .real(0.2), "unfreeze": .real(0.5), "encoder_rate": .real(0.1)])))
        #expect([1, 20, 21, 60, 61, 100].map { program.phase(ofStep: $0).name } == ["pretraining", "pretraining", "flow", "flow", "joint", "joint"])
        #expect(program.initialization?.step == 20)
        func isEncoder(_ name: String) -> Bool { name.hasPrefix("encoder/") }
        func updated(_ step: Int) -> (encoder: Bool, flow: Bool) {
            let names = program.phase(ofStep: step).plan.updated
            return (names.contains(where: isEncoder), names.contains { $0.hasPrefix("flow/") })
        }
        #expect(updated(1) == (true, false) && updated(21) == (false, true) && updated(61) == (true, true))
        func rate(_ step: Int, _ name: String) -> Float? { program.scalars(step: step).first { $0.name == name }?.value }
        // Adam's first update has the factor sqrt(1 - beta2) / (1 - beta1) = 1.
        let (flowing, encoding, alone) = (try #require(rate(21, "flow_rate")), try #require(rate(61, "encoder_rate")), try #require(rate(1, "pretraining_rate")))
        #expect(abs(flowing - 5e-4) < 1e-9 && abs(encoding - 2.5e-5) < 1e-10 && abs(alone - 1e-3) < 1e-9)
        #expect(rate(21, "encoder_rate") == nil)
        let counts = program.updates(through: 100).map { "\($0.group) \($0.count)" }
        #expect(counts == ["pretraining 20", "flow 80", "encoder 40"])
        let joint = try SRFlow().program(Self.configuration(images, scale: 2, Self.tiny.merging(["pretraining": .real(0), "unfreeze": .real(0)])))
        #expect(joint.phases.map(\.name) == ["joint"] && joint.initialization?.step == 0)
        #expect(!joint.parameters.contains { $0.name.hasPrefix("encoder/last") } && program.parameters.contains { $0.name.hasPrefix("encoder/last") })
    }

    @Test func whatDoesNotFitIsRefused() throws {
        func problem(_ images: ExampleShape, scale: Int, _ changes: Hyperparameters = [:]) -> String {
            do {
                _ = try SRFlowNetwork(Self.configuration(images, scale: scale, Self.tiny.merging(changes)))
                return "accepted"
            } catch { return "\(error)" }
        }
        let square = ExampleShape(height: 24, width: 24, channels: 3)
        #expect(
            problem(square, scale: 3)
                == "dataset: \"low_resolution\" [8,8,3] of images 24x24x3 has no scale of 2, 4, or 8: height and width must be those of the images divided by it, with the same channels")
        #expect(problem(square, scale: 8) == "hyperparameters.levels: 4 levels at scale 8 need a height and width divisible by 16; images are 24x24x3, which allow at most 3")
        #expect(
            problem(square, scale: 4, ["levels": .integer(3)]) == "hyperparameters.levels: 3 is log2(scale) + 1 at scale 4, which 0 stands for: omit it, or give 0")
        #expect(problem(square, scale: 4) == "accepted" && problem(square, scale: 8, ["levels": .integer(3)]) == "accepted")
        #expect(
            problem(square, scale: 2, ["stack_count": .integer(3)])
                == "hyperparameters.stack_count: the blocks 0, 1, 2 of 2, counted from 0: choose stack_first, stack_spacing and stack_count so that all exist")
        var bare = Self.configuration(square, scale: 2)
        bare = ModelConfiguration(hyperparameters: bare.hyperparameters, architecture: bare.architecture, images: square, batchSize: 2, steps: 3)
        #expect(throws: BatchFieldError.self) { try SRFlow().program(bare) }
    }

    /// Without latents all samples of a condition are one image; with latents they differ, and the latents are found again.
    @Test func latentsAreFoundAgainAndSpreadTheSamples() throws {
        let images = ExampleShape(height: 8, width: 8, channels: 1), changes = Self.tiny.merging(["depth": .integer(2), "initialization_examples": .integer(16)])
        let configuration = Self.configuration(images, scale: 2, batch: 4, changes.merging(["pretraining": .real(0), "unfreeze": .real(0)]))
        let program = try SRFlow().program(configuration), store = TensorStore(), device = CPUDevice()
        program.initialize(store, seed: 1)
        func fill(_ session: Session, _ step: UInt64, _ count: Int) {
            for field in program.fields where session.plan.inputs.contains(where: { $0.name == field.name }) {
                session.setInput(
                    field.name, RandomStream(seed: 4, name: field.name).numbers(.uniform(low: 0.2, high: 0.7), step: step, count: count * field.shape.count))
            }
        }
        let initialization = try #require(program.initialization)
        let first = Session(initialization.plan, store: store, device: device, seed: 1)
        fill(first, 0, initialization.examples)
        first.run(step: 0)
        let training = Session(program.mainPhase.plan, store: store, device: device, seed: 1)
        var losses: [Float] = []
        for step in 1...12 {
            fill(training, 1, 4)
            for (name, value) in program.scalars(step: step) { training.setInput(name, value) }
            training.run(step: UInt64(step))
            losses += training.output("loss")
        }
        #expect(losses.allSatisfy(\.isFinite) && losses[11] < losses[0], "\(losses)")
        // One condition for all four samples.
        let low = RandomStream(seed: 8, name: "low").numbers(.uniform(low: 0, high: 1), step: 0, count: 16)
        let sampling = Session(program.generation.plan, store: store, device: device, seed: 0)
        func sampled(_ deviation: Float) -> [Float] {
            sampling.setInput("low_resolution", low + low + low + low)
            sampling.setInput("latents", FlowCase.noise(256, "latents", deviation))
            sampling.run(step: 0)
            return sampling.output("images")
        }
        let still = sampled(0), moving = sampled(1)
        #expect(Array(still[..<64]) == Array(still[64..<128]) && Array(moving[..<64]) != Array(moving[64..<128]))
        #expect(moving.allSatisfy { (0...1).contains($0) })
        let graph = Graph(), network = try SRFlowNetwork(configuration)
        let context = network.context(
            network.pair.lowResolution(graph, 4), flow: ParameterSet(graph, prefix: "flow"), encoder: ParameterSet(graph, prefix: "encoder"))
        let z = graph.input("z", [4, 64])
        let again = network.flow.forward(network.flow.inverse(z, context).value, context).value
        let both = Session(try Plan(graph, outputs: [("again", again)]), store: store, device: device, seed: 0)
        both.setInput("z", FlowCase.noise(256, "latents", 1))
        both.setInput("low_resolution", low + low + low + low)
        both.run(step: 0)
        let error = zip(both.output("again"), FlowCase.noise(256, "latents", 1)).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(error < 1e-4, "\(error)")
    }
}

extension Hyperparameters {
    func merging(_ others: Hyperparameters) -> Hyperparameters {
        var values = self
        for name in others.names { values[name] = others[name] }
        return values
    }
}

extension SRFlowTests {
    /// One forward pass of each released configuration at 160 x 160: finite latents of the right shape. Seconds, and up to a few GB of memory, each.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil), arguments: [(4, 23, 7), (8, 23, 2), (8, 8, 2)])
    func oneForwardPassOfEachReleasedConfiguration(scale: Int, blocks: Int, spacing: Int) throws {
        let network = try SRFlowNetwork(Self.configuration(Self.patch, scale: scale, batch: 1, Self.published(blocks: blocks, spacing: spacing)))
        let graph = Graph(), encoder = ParameterSet(graph, prefix: "encoder"), parameters = ParameterSet(graph, prefix: "flow")
        let context = network.context(network.pair.lowResolution(graph, 1), flow: parameters, encoder: encoder)
        let result = network.flow.forward(network.pair.images(graph, 1), context), store = TensorStore()
        for entry in encoder.entries + parameters.entries { entry.initializer.create(entry.name, entry.shape, in: store, seed: 1) }
        let plan = try Plan(graph, outputs: [("z", result.value), ("determinant", result.logDeterminant)])
        let session = Session(plan, store: store, device: CPUDevice(threads: 2), seed: 0)
        for field in network.pair.fields {
            session.setInput(field.name, RandomStream(seed: 4, name: field.name).numbers(.uniform(low: 0, high: 1), step: 0, count: field.shape.count))
        }
        session.run(step: 0)
        #expect(session.output("z").count == 76_800 && session.output("z").allSatisfy(\.isFinite))
        // At the start every scale is sigmoid(2) + 1e-4, twice for the channels that a coupling transforms; 1x1 convolutions are rotations.
        let elements = network.flow.levels.reduce(0) { $0 + $1.shape.count + ($1.shape.channels - $1.shape.channels / 2) * $1.shape.height * $1.shape.width }
        let expected = 16 * Double(elements) * -0.1268145
        let found = Double(session.output("determinant")[0])
        #expect(abs(found / expected - 1) < 1e-4, "\(found), expected \(expected)")
    }
}

extension SRFlowTests {
    /// One training step of encoder and flow in the released configuration of scale 4, batch 12, with activations computed again: a third of the memory of a step that keeps them,
    /// finite losses, and the last bias of every network of the flow moved. Minutes, and a few GB of memory.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil)) func oneTrainingStepOfTheReleasedConfiguration() throws {
        func program(_ recomputes: Bool) throws -> TrainingProgram {
            var configuration = Self.configuration(
                Self.patch, scale: 4, batch: 12, Self.published(blocks: 23, spacing: 7).merging(["pretraining": .real(0), "unfreeze": .real(0), "initialization_examples": .integer(2)]))
            configuration = ModelConfiguration(
                hyperparameters: configuration.hyperparameters, architecture: configuration.architecture, images: configuration.images, batchSize: configuration.batchSize,
                steps: configuration.steps, fields: configuration.fields, recomputesActivations: recomputes)
            return try SRFlow().program(configuration)
        }
        let recomputed = try program(true), plan = recomputed.mainPhase.plan, kept = try program(false).mainPhase.plan
        #expect(3 * plan.scratchBytes < kept.scratchBytes, "\(plan.scratchBytes) and \(kept.scratchBytes) bytes")
        // The forward pass is a third of a step.
        #expect(plan.productOperations < 1.4 * kept.productOperations, "\(plan.productOperations) and \(kept.productOperations)")
        let store = TensorStore()
        recomputed.initialize(store, seed: 1)
        let session = Session(plan, store: store, device: CPUDevice(threads: 2), seed: 1)
        for field in recomputed.fields {
            session.setInput(field.name, RandomStream(seed: 4, name: field.name).numbers(.uniform(low: 0, high: 1), step: 0, count: 12 * field.shape.count))
        }
        for (name, value) in recomputed.scalars(step: 1) { session.setInput(name, value) }
        session.run(step: 1)
        #expect(plan.outputs.allSatisfy { session.output($0.name)[0].isFinite })
        // The last convolution of a flow's network starts at zeros, so in the first step it alone has a gradient, and the encoder before it has none.
        let biases = recomputed.parameters.map(\.name).filter { $0.hasSuffix("/convolution3/bias") && !$0.hasPrefix("encoder/") }
        #expect(biases.count == 2 * 3 * 16)
        for name in biases { #expect(store[name].contains { $0 != 0 }, "\(name) did not move") }
    }
}
