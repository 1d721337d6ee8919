import Canonical
import Testing

@testable import Labs

@Suite("Specifications of labs")
struct LabSpecificationTests {
    @Test(arguments: LabSpecification.models) func theCanonicalFormIsCompleteAndReadsBack(_ model: String) throws {
        let specification = try LabSpecification(reading: ["model": .string(model)])
        let again = try LabSpecification(reading: specification.json), root = LabBranch(specification)
        #expect(again == specification)
        let branch = try LabBranch(reading: root.json)
        #expect(branch == root)
        // A default that is given is no other lab.
        let same = LabBranch(try LabSpecification(reading: ["model": .string(model), "seed": 0, "batch": 128]))
        let other = LabBranch(try LabSpecification(reading: ["model": .string(model), "seed": 1]))
        #expect(same.id == root.id && other.id != root.id)
    }

    @Test func badSpecificationsNameTheField() throws {
        let bad: [(JSONValue, String)] = [
            (["colour": 1], "colour"), (["model": "gan"], "model"), (["model": "realnvp", "discriminator": [:]], "discriminator"), (["generator": ["layers": 0]], "generator.layers"),
            (["hyperparameters": ["lambda": 1]], "hyperparameters.lambda"), (["hyperparameters": ["disc_iters": 1]], "hyperparameters.disc_iters"),
            (["generator_updates": 0, "discriminator_updates": 0], "generator_updates"), (["latents": ["distribution": "cauchy"]], "latents.distribution"),
            (["distribution": ["name": "strokes", "strokes": [[0, 0, 9, 0]]]], "distribution.strokes"), (["distribution": ["name": "ring", "strokes": [[0, 0]]]], "distribution.strokes"),
            (["distribution": ["name": "strokes", "strokes": []]], "distribution.strokes"), (["generator_optimizer": ["name": "sgd", "beta1": 0.5]], "generator_optimizer.beta1"),
        ]
        for (json, path) in bad {
            do {
                _ = try LabSpecification(reading: json)
                Issue.record("\(json.canonicalText) was read")
            } catch {
                #expect(error.path == path, "\(json.canonicalText)")
            }
        }
    }

    @Test func changesKeepTheNetworks() throws {
        let lab = try LabSpecification(reading: ["model": "wgan-gp", "hyperparameters": ["lambda": 0.5]])
        let changed = try lab.changed(by: ["generator_optimizer": ["learning_rate": 0.02], "batch": 64])
        #expect(changed.json["generator_optimizer"]?["beta1"] == 0.5 && changed.json["generator_optimizer"]?["learning_rate"] == 0.02)
        #expect(changed.json["hyperparameters"]?["lambda"] == 0.5)
        let minimax = try lab.changed(by: ["model": "mm-gan"])
        #expect(minimax.json["hyperparameters"] == [:])
        for (json, key) in [
            (["seed": 1], "seed"), (["generator": ["units": 3]], "generator"), (["latents": ["dimensions": 1]], "latents"), (["model": "began"], "model"),
        ] as [(JSONValue, String)] {
            #expect(throws: LabError.fixed(key: key)) { try lab.changed(by: json) }
        }
        #expect(throws: FieldError.self) { try lab.changed(by: ["rate": 1]) }
        #expect(throws: LabError.badStep(3, allowed: 5...LabBranch.mostSteps)) { try LabBranch(lab).branch(after: 5, changes: [:]).branch(after: 3, changes: [:]) }
    }
}

@Suite("Distributions in the plane")
struct PlaneDistributionTests {
    @Test func strokesDoNotDependOnTheSpeedOfThePen() throws {
        // The same line once with two points, once with many at one end.
        let fast = PlaneDistribution(strokes: [[-1, 0, 1, 0]], deviation: 0.03)
        var line: [Double] = [-1, 0]
        for point in 1...50 { line += [-1 + 0.002 * Double(point), 0] }
        let slow = PlaneDistribution(strokes: [line + [1, 0]], deviation: 0.03)
        #expect(fast.places.count == 1024 && slow.places.count == 1024)
        for (one, other) in zip(fast.places, slow.places) { #expect(abs(one.x - other.x) < 1e-9 && one.y == other.y) }
        // Twice the length, twice the places, to one that is rounded; a dot has some.
        let mixed = PlaneDistribution(strokes: [[0, 0, 1, 0], [0, 1, 2, 1], [-1, -1]], deviation: 0.03)
        let (long, short, dot) = (mixed.places.count { $0.y == 1 }, mixed.places.count { $0.y == 0 }, mixed.places.count { $0.y == -1 })
        // Each stroke's number is rounded.
        #expect(abs(long - 2 * short) <= 1 && dot > 0, "\(long) \(short) \(dot)")
    }

    /// Moments of the mixture: the mean of the places, and their variance plus that of the noise.
    @Test(arguments: PlaneDistribution.names) func pointsHaveTheMomentsOfTheDistribution(_ name: String) throws {
        let distribution = try #require(PlaneDistribution(name: name)), count = 20_000
        let points = distribution.points(seed: 5, stream: "test", step: 9, count: count)
        #expect(points == distribution.points(seed: 5, stream: "test", step: 9, count: count))
        #expect(points != distribution.points(seed: 5, stream: "test", step: 10, count: count))
        for axis in 0..<2 {
            func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
                let mean = values.reduce(0, +) / Double(values.count)
                var sum = 0.0
                for value in values { sum += (value - mean) * (value - mean) }
                return (mean, sum / Double(values.count))
            }
            let (mean, own) = moments(distribution.places.map { $0[axis] }), variance = own + distribution.deviation * distribution.deviation
            let (found, spread) = moments((0..<count).map { Double(points[2 * $0 + axis]) })
            // Five standard errors of the mean.
            #expect(abs(found - mean) < 5 * (variance / Double(count)).squareRoot(), "\(name)")
            #expect(abs(spread - variance) < 0.05 * variance, "\(name)")
        }
    }
}
