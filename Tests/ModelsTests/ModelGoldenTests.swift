import Engine
import Canonical
import Studies
import Graphs
import TestSupport
import Testing

@testable import Models

/// Losses, updated parameters, and generated images of every model after three steps, against PyTorch in double precision
/// (`Tests/Fixtures/models/make_models.py`).
@Suite struct ModelGoldenTests {
    static let cases = [
        "mm-gan", "ns-gan", "ns-gan-plain", "lsgan", "lsgan-linear", "wgan", "wgan-rmsprop", "wgan-gp", "wgan-gp-normalized", "dragan", "dragan-logit", "began",
        "began-clipped", "vae", "vae-sum", "wgan-gp-points", "began-points", "vae-points", "wgt-wgan", "wgt-gan", "realnvp", "realnvp-plain",
        "glow", "glow-plain", "glow-additive", "glow-floor", "srflow", "srflow-unfrozen", "srflow-8", "rrdb", "esrgan", "bicubic",
    ]

    @Test func everyModelHasACase() throws {
        let covered = try Set(Self.cases.map { try ModelGolden($0).model.schema.name })
        #expect(covered == Set(ModelCatalog.schemas.map(\.name)))
    }

    /// Float32 carries 24 bits through some ten layers, forward and backward: sums of up to a few hundred terms with relative errors of about 1e-6.
    /// An Adam step divides a gradient by its own magnitude, so a parameter may be off by the learning rate times the gradient's relative error, which is
    /// below 1e-2 if the gradient exceeds a thousandth of its tensor's largest. If it does not in any of the steps, the fixture lists the
    /// element as weak, and its error is bounded by the three steps alone.
    @Test(arguments: cases) func agreesWithPyTorch(name: String) throws {
        let golden = try ModelGolden(name)
        let run = try golden.run()
        for (step, expected) in golden.metrics.enumerated() {
            for (metric, value) in expected {
                let actual = try #require(run.metrics[step][metric], "\(metric) of step \(step + 1)")
                #expect(abs(Double(actual) - value) <= 2e-6 * max(1, abs(value)), "\(metric) of step \(step + 1): \(actual), \(value)")
            }
        }
        var compared = 0
        for (parameter, expected) in golden.parameters {
            let actual = run.store[parameter]
            try #require(actual.count == expected.count, "\(parameter)")
            let weak = golden.weak[parameter] ?? []
            for index in expected.indices {
                let bound = weak.contains(index) ? 6.3 * golden.learningRate : 1e-6 + 1e-2 * golden.learningRate
                #expect(abs(Double(actual[index]) - expected[index]) <= bound, "\(parameter)[\(index)]: \(actual[index]), \(expected[index])")
            }
            compared += expected.count
        }
        let trainable = golden.program.parameters.filter(\.isTrainable)
        #expect(compared == trainable.reduce(0) { $0 + $1.shape.count })
        // Weak parameters affect images too, by up to their steps; without batch normalization there are few.
        for (actual, expected) in zip(run.images, golden.images) { #expect(abs(Double(actual) - expected) <= 2e-3, "\(actual), \(expected)") }
        #expect(run.images.count == golden.images.count)
        #expect(run.logLikelihoods.count == golden.logLikelihoods.count)
        for (actual, expected) in zip(run.logLikelihoods, golden.logLikelihoods) {
            #expect(abs(Double(actual) - expected) <= 1e-3 * max(1, abs(expected)), "\(actual), \(expected)")
        }
    }
}
