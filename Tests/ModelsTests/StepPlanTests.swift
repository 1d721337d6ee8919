import Studies
import Graphs
import Testing

@testable import Models

/// What the plans of whole steps compute, and what they omit. With batches of 2, the discriminator's own pass sees 4 images at once (real and
/// generated), the generator's update and the penalty 2.
@Suite struct StepPlanTests {
    private static func plan(_ model: String, _ phase: String, _ changes: Hyperparameters = [:]) throws -> Plan {
        try StudyNetworkTests.plan(StudyNetworkTests.program(model, height: 28, channels: 1, changes), phase)
    }

    /// Gradients of convolution kernels from a number of images.
    private static func kernelGradients(_ plan: Plan, images: Int) -> Int {
        plan.work.count { work in
            if case .weightGradient(_, let count, _, _)? = work.product { count == images } else { false }
        }
    }

    private static func matrices(_ plan: Plan) -> [ProductForm] {
        plan.work.compactMap(\.product).filter { if case .matrix = $0 { true } else { false } }
    }

    /// Both networks have two convolutions between the same shapes, so the number of images identifies the gradients: the discriminator's two come
    /// from its own update and none from the generator's, which adds only its own two.
    @Test func theGeneratorsUpdateComputesNoGradientForTheDiscriminator() throws {
        let partial = try Self.plan("ns-gan", "discriminatorOnly")
        let full = try Self.plan("ns-gan", "discriminatorAndGenerator")
        #expect(Self.kernelGradients(partial, images: 4) == 2 && Self.kernelGradients(partial, images: 2) == 0)
        #expect(Self.kernelGradients(full, images: 4) == 2 && Self.kernelGradients(full, images: 2) == 2)
        // The matrix of 6272 x 1024 is the discriminator's, that of 1024 x 6272 the generator's.
        func gradients(_ m: Int, _ n: Int, _ images: Int) -> Int {
            Self.matrices(full).count { $0 == .matrix(m: m, n: n, k: images, transposeA: true, transposeB: false) }
        }
        #expect(gradients(6272, 1024, 4) == 1 && gradients(6272, 1024, 2) == 0)
        #expect(gradients(1024, 6272, 2) == 1 && gradients(1024, 6272, 4) == 0)
    }

    /// If both updates use the same latents, the generator's forward pass runs once; WGAN-GP samples new ones and runs it twice.
    @Test(arguments: [("ns-gan", 1), ("wgan-gp", 2)]) func theForwardPassIsReused(model: String, passes: Int) throws {
        let plan = try Self.plan(model, "discriminatorAndGenerator")
        let forward = ProductForm.matrix(m: 2, n: 6272, k: 1024, transposeA: false, transposeB: false)
        #expect(Self.matrices(plan).count { $0 == forward } == passes)
        #expect(plan.work.count { $0.description.hasPrefix("random") && $0.description.contains("stream latents") } == passes)
    }

    /// The gradient of the penalty meets each kernel in the backward pass. With batch normalization the backward pass depends on the values of the forward
    /// pass too, so each kernel is met twice.
    @Test(arguments: [(false, 2), (true, 4)]) func thePenaltyPassesThroughConvolutionsAndNormalization(normalized: Bool, gradients: Int) throws {
        let plan = try Self.plan("wgan-gp", "discriminatorOnly", ["discriminator_batchnorm": .bool(normalized)])
        #expect(Self.kernelGradients(plan, images: 4) == 2)
        #expect(Self.kernelGradients(plan, images: 2) == gradients)
    }
}
