import Engine
import Foundation
import GraphReference
import Numerics
import Studies
import Testing

@testable import Graphs
@testable import Models

/// RealNVP and Glow as models: parameters, shapes, initialization, and that both directions of a whole program agree.
@Suite struct FlowModelTests {
    static func configuration(
        _ model: any StudyModel, _ images: ExampleShape, width: Double = 0.0625, batch: Int = 4, _ changes: Hyperparameters = [:]
    ) -> ModelConfiguration {
        var values = model.schema.defaults
        for name in changes.names { values[name] = changes[name] }
        return ModelConfiguration(
            hyperparameters: values, architecture: .init(name: model.schema.architectures[0], width: width), images: images, batchSize: batch, steps: 10)
    }

    private static func trainable(_ program: TrainingProgram) -> Int { program.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count } }

    /// The factors of a random rotation, and that it is one.
    @Test(arguments: [1, 2, 3, 12, 48]) func theInitialMatrixIsARotationAndTheProductOfItsFactors(size: Int) {
        let matrix = OrthogonalMatrix(size: size, stream: RandomStream(seed: 3, name: "initial/test"))
        func part(_ part: OrthogonalMatrix.Part) -> [Double] { matrix.values(of: part).map(Double.init) }
        func product(_ a: [Double], _ b: [Double], transposed: Bool = false) -> [Double] {
            (0..<size * size).map { place -> Double in
                let (row, column) = (place / size, place % size)
                var sum = 0.0
                for k in 0..<size { sum += a[transposed ? k * size + row : row * size + k] * b[k * size + column] }
                return sum
            }
        }
        let whole = part(.whole)
        for (place, value) in product(whole, whole, transposed: true).enumerated() { #expect(abs(value - (place % (size + 1) == 0 ? 1 : 0)) < 1e-6) }
        var lower = part(.lower), upper = part(.upper)
        for row in 0..<size {
            for column in 0..<size {
                if column >= row { #expect(lower[row * size + column] == 0) }
                if column <= row { #expect(upper[row * size + column] == 0) }
            }
            lower[row * size + row] = 1
            upper[row * size + row] = part(.sign)[row] * exp(part(.logScale)[row])
        }
        for (found, expected) in zip(product(part(.permutation), product(lower, upper)), whole) { #expect(abs(found - expected) < 1e-6) }
        #expect(part(.permutation).reduce(0, +) == Double(size))
        #expect(OrthogonalMatrix(size: size, stream: RandomStream(seed: 4, name: "initial/test")).values(of: .whole).map(Double.init) != whole)
    }

    /// Counted by hand. Glow on c channels after a squeeze: ActNorm 2c, LU 2c^2 + c, coupling network 9 h c/2 + 2h + h^2 + 2h + 9 h c + 2c; a split of c channels
    /// 9 (c/2) c + 2c. RealNVP: ActNorm 4, LU 10, coupling 1, network (1 h + h) + (h^2 + h) + (2 h + 2) at each of the couplings.
    @Test func parameterCounts() throws {
        func step(_ c: Int, _ h: Int) -> Int {
            let layers = 2 * c + 2 * c * c + c
            let network = 9 * h * c / 2 + 2 * h + h * h + 2 * h + 9 * h * c + 2 * c
            return layers + network
        }
        let glow = try Glow().program(Self.configuration(Glow(), ExampleShape(height: 8, width: 8, channels: 1), ["depth": .integer(3)]))
        #expect(Self.trainable(glow) == 3 * step(4, 32) + (9 * 2 * 4 + 2 * 4) + 3 * step(8, 32))
        let realNVP = try RealNVP().program(Self.configuration(RealNVP(), ExampleShape(height: 1, width: 1, channels: 2), width: 0.5))
        let coupling = 4 + 10 + 1 + 2 * 64 + 64 * 64 + 64 + 2 * 64 + 2
        #expect(Self.trainable(realNVP) == 12 * coupling + 4)
    }

    /// The published model for CIFAR-10 has three levels of 32 steps with 512 channels: 44 million parameters.
    @Test func thePublishedConfigurationIsExpressible() throws {
        let configuration = Self.configuration(
            Glow(), ExampleShape(height: 32, width: 32, channels: 3), width: 1, ["levels": .integer(3), "depth": .integer(32), "convolution": .text("plain")])
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "flow")
        let result = try Glow.flow(configuration).forward(graph.input("x", [1, 32, 32, 3]), FlowContext(parameters))
        #expect(result.value.shape == [1, 3072])
        let count = parameters.entries.reduce(0) { $0 + $1.shape.count }
        func step(_ c: Int) -> Int { 4 * c + c * c + 512 * (9 * c / 2 + 4 + 512 + 9 * c) }
        let steps = 32 * (step(12) + step(24) + step(48)), splits = (9 * 6 * 12 + 24) + (9 * 12 * 24 + 48)
        #expect(count == steps + splits)
        #expect((40_000_000..<48_000_000).contains(count), "\(count)")
    }

    @Test func levelsThatTheImagesDoNotAllowAreRefused() throws {
        let error = #expect(throws: ModelShapeError.self) {
            _ = try Glow().program(Self.configuration(Glow(), ExampleShape(height: 28, width: 28, channels: 1), ["levels": .integer(3)]))
        }
        #expect(error?.description == "hyperparameters.levels: 3 levels need a height and width divisible by 8; images are 28x28x1, which allow at most 2")
        let odd = #expect(throws: ModelShapeError.self) {
            _ = try Glow().program(Self.configuration(Glow(), ExampleShape(height: 7, width: 6, channels: 3), ["levels": .integer(1)]))
        }
        #expect(odd?.description.hasSuffix("images are 7x6x3, which allow none") == true)
    }

    /// A sample of latents that the likelihood's pass finds again: encode(decode(z)) = z, at initialization from data and after training steps.
    @Test(arguments: ["realnvp", "glow"]) func latentsOfSamplesAreFoundAgain(name: String) throws {
        let model = try #require(ModelCatalog.model(named: name))
        let images = name == "glow" ? ExampleShape(height: 8, width: 8, channels: 1) : ExampleShape(height: 1, width: 1, channels: 2)
        let configuration = Self.configuration(model, images, batch: 8, ["warmup_steps": .integer(0)])
        let program = try model.program(configuration), store = TensorStore(), device = CPUDevice()
        program.initialize(store, seed: 1)
        func data(_ step: UInt64, _ count: Int) -> [Float] {
            RandomStream(seed: 4, name: "data").numbers(.uniform(low: 0.2, high: 0.7), step: step, count: count * images.count)
        }
        let initialization = try #require(program.initialization)
        let first = Session(initialization.plan, store: store, device: device, seed: 1)
        first.setInput("images", data(0, initialization.examples))
        first.run(step: 0)
        let flow: MultiScaleFlow = name == "glow" ? try Glow.flow(configuration) : RealNVP.flow(configuration)
        let graph = Graph(), context = FlowContext(ParameterSet(graph, prefix: "flow"))
        let z = graph.input("z", [8, images.count])
        let again = flow.forward(flow.inverse(z, context).value, context).value
        let both = Session(try Plan(graph, outputs: [("again", again)]), store: store, device: device, seed: 0)
        let latents = RandomStream(seed: 2, name: "z").numbers(.normal(mean: 0, deviation: 1), step: 0, count: 8 * images.count)
        let training = Session(program.mainPhase.plan, store: store, device: device, seed: 1)
        var losses: [Float] = []
        for step in 0...10 {
            if step > 0 {
                training.setInput("images", data(1, 8))
                for (name, value) in program.scalars(step: step) { training.setInput(name, value) }
                training.run(step: UInt64(step))
                losses += training.output("loss")
            }
            guard step % 10 == 0 else { continue }
            both.setInput("z", latents)
            both.run(step: 0)
            let error = zip(both.output("again"), latents).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(error < 1e-4, "after \(step) steps: \(error)")
        }
        #expect(losses.allSatisfy(\.isFinite) && losses[9] < losses[0], "\(losses)")
    }

    /// Images of samples are 8-bit values; the density does not depend on the temperature.
    @Test func samplesAreValuesOfPixels() throws {
        let program = try Glow().program(Self.configuration(Glow(), ExampleShape(height: 4, width: 4, channels: 1), ["depth": .integer(1)]))
        let store = TensorStore()
        program.initialize(store, seed: 1)
        let session = Session(program.generation.plan, store: store, device: CPUDevice(), seed: 0)
        session.setInput("latents", FlowCase.noise(64, "latents", 1))
        session.run(step: 0)
        let images = session.output("images")
        #expect(images.allSatisfy { (0...1).contains($0) && abs(($0 * 255) - ($0 * 255).rounded()) < 1e-4 } && Set(images).count > 20)
        #expect(program.likelihood?.levels == 256 && program.likelihood?.dimensions == 16)
        let points = try RealNVP().program(Self.configuration(RealNVP(), ExampleShape(height: 1, width: 1, channels: 2)))
        #expect(points.likelihood?.levels == nil && points.collapse == nil && points.inversion == nil)
    }
}
