import Canonical
import Engine
import Foundation
import Models
import Numerics
import Testing

@testable import Labs

@Suite("Training of labs")
struct LabTrainerTests {
    @Test(arguments: LabSpecification.models) func everyModelTrains(_ model: String) throws {
        let root = LabBranch(try LabFixture.specification(["model": .string(model)]))
        let first = try LabFixture.frame([root], step: 0), later = try LabFixture.frame([root], step: 24)
        #expect(first.bits("generated") != later.bits("generated"))
        #expect(later.facts["diverged"] == false)
        for part in later.parts {
            let isFinite = part.values.allSatisfy(\.isFinite)
            #expect(isFinite, "\(model) \(part.name)")
        }
        let isAdversarial = root.specification.isAdversarial
        #expect((later.part("field") != nil) == (model != "vae") && (later.part("directions") != nil) == isAdversarial)
        #expect(later.facts["updates"] == (isAdversarial ? ["discriminator": 12, "generator": 12] : ["model": 24]))
        #expect(later.facts["losses"]?.objectValue?.isEmpty == false && first.facts["losses"] == [:])
    }

    @Test func framesDependOnTheSpecificationAndTheStepAlone() throws {
        let root = LabBranch(try LabFixture.specification()), wanted = try LabFixture.frame([root], step: 30).bytes
        let threaded = try LabFixture.frame([root], step: 30, threads: 3)
        #expect(threaded.bytes == wanted)
        // Frames on the way, and pauses, change nothing.
        let trainer = try LabTrainer([root])
        for step in [0, 1, 7, 8, 30] {
            try trainer.advance(to: step)
            _ = trainer.frame()
        }
        #expect(trainer.frame().bytes == wanted)
        let other = LabBranch(try LabFixture.specification(["seed": 1]))
        let (seeded, plain) = (try LabFixture.frame([other], step: 30), try LabFrame(reading: wanted))
        #expect(seeded.bits("generated") != plain.bits("generated"))
    }

    @Test func aBranchContinuesTheStateAndItsOptimizers() throws {
        let root = LabBranch(try LabFixture.specification()), plain = try LabFixture.frame([root], step: 40)
        // A branch without a change is the parent under another name, to the last moment of Adam.
        let same = try root.branch(after: 20, changes: [:]), copied = try LabFixture.frame([root, same], step: 40)
        #expect(copied.parts == plain.parts && copied.facts["branch"] == .string(same.id) && same.id != root.id)
        let faster = try root.branch(after: 20, changes: ["generator_optimizer": ["learning_rate": 0.01]])
        let (atStart, before, after) = (try LabFixture.frame([root, faster], step: 20), try LabFixture.frame([root], step: 20), try LabFixture.frame([root, faster], step: 40))
        #expect(atStart.parts == before.parts && after.bits("generated") != plain.bits("generated"))
        // Another optimizer starts without moments.
        let descent = try faster.branch(after: 30, changes: ["generator_optimizer": ["name": "sgd", "learning_rate": 0.05], "model": "wgan-gp", "hyperparameters": ["lambda": 0.1]])
        let deep = try LabFixture.frame([root, faster, descent], step: 44)
        let deepAgain = try LabFixture.frame([root, faster, descent], step: 44, threads: 2)
        #expect(deep.bytes == deepAgain.bytes)
        #expect(deep.facts["losses"]?["gradient_penalty"] != nil && deep.facts["field"] == "critic")
    }

    @Test(arguments: ["ns-gan", "began", "realnvp"]) func aStateContinuesToTheSameBits(_ model: String) throws {
        let root = LabBranch(try LabFixture.specification(["model": .string(model)])), branch = try root.branch(after: 20, changes: ["batch": 24]), chain = [root, branch]
        let trainer = try LabTrainer(chain)
        try trainer.advance(to: 14)
        let early = trainer.state
        try trainer.advance(to: 27)
        let late = trainer.state
        try trainer.advance(to: 36)
        for state in [early, late] {
            let again = try LabTrainer(chain, from: state)
            try again.advance(to: 36)
            #expect(again.frame().bytes == trainer.frame().bytes, "\(state.step)")
        }
    }

    @Test func oneNetworkCanBeTrainedAlone() throws {
        let root = LabBranch(try LabFixture.specification()), before = try LabFixture.frame([root], step: 20)
        let critic = try root.branch(after: 20, changes: ["generator_updates": 0]), after = try LabFixture.frame([root, critic], step: 25)
        #expect(after.bits("generated") == before.bits("generated") && after.bits("field") != before.bits("field"))
        #expect(after.facts["updates"] == ["discriminator": 15, "generator": 10])
        let maker = try root.branch(after: 20, changes: ["discriminator_updates": 0]), moved = try LabFixture.frame([root, maker], step: 21)
        #expect(moved.bits("generated") != before.bits("generated") && moved.bits("field") == before.bits("field"))
    }

    /// Plain gradient descent, one update, against the gradient of the probe carried through the generator's last bias, whose gradient is the sum of those of the points.
    @Test func directionsAreGradientsOfTheGeneratorsLoss() throws {
        for model in ["ns-gan", "mm-gan", "lsgan", "wgan"] {
            let specification = try LabFixture.specification(["model": .string(model), "discriminator": ["layers": 2, "units": 12, "activation": "tanh"]])
            let program = try specification.program(), store = TensorStore()
            program.initialize(store, seed: 3)
            // Scores near 0 as at initialization would hide a wrong slope.
            let name = try #require(store.names.first { $0.hasPrefix("discriminator/linear4") && $0.hasSuffix("weight") })
            store[name] = store[name].map { $0 * 80 }
            let session = Session(try #require(program.probe), store: store, device: CPUDevice(), seed: 0)
            func run(_ x: Float, _ y: Float) -> (score: Double, direction: [Float]) {
                session.setInput("images", [x, y] + [Float](repeating: 0, count: 2 * LabSpecification.probed - 2))
                session.run(step: 0)
                return (Double(session.output("scores")[0]), Array(session.output("directions").prefix(2)))
            }
            func loss(_ a: Double) -> Double {
                let probability = 1 / (1 + exp(-a))
                return switch model {
                case "ns-gan": -log(probability)
                case "mm-gan": log(1 - probability)
                case "lsgan": (probability - 1) * (probability - 1) / 2
                default: -a
                }
            }
            for (x, y) in [(0.3, -0.4), (1.1, 0.7)] as [(Float, Float)] {
                let found = run(x, y).direction, h: Float = 1.0 / 128
                let expected = [
                    -(loss(run(x + h, y).score) - loss(run(x - h, y).score)) / Double(2 * h), -(loss(run(x, y + h).score) - loss(run(x, y - h).score)) / Double(2 * h),
                ]
                for axis in 0..<2 { #expect(abs(Double(found[axis]) - expected[axis]) < 2e-3 * max(1, abs(expected[axis])), "\(model): \(found), \(expected)") }
                #expect(abs(found[0]) > 1e-4, "\(model): \(found)")
            }
        }
    }

    @Test func divergenceEndsTraining() throws {
        let root = LabBranch(
            try LabFixture.specification(["model": "wgan-gp", "hyperparameters": ["lambda": 10_000], "discriminator_optimizer": ["name": "sgd", "learning_rate": 10]]))
        let trainer = try LabTrainer([root])
        let reached = try trainer.advance(to: 2000)
        let step = try #require(trainer.diverged)
        #expect(!reached && trainer.step == step && trainer.frame().facts["diverged"] == true)
        #expect(throws: LabError.badStep(3, allowed: trainer.step...LabBranch.mostSteps)) { try trainer.advance(to: 3) }
    }
}
