public import Tensors

/// Everything that training needs to know of a model: its parameters, one or two plans for a step, a plan for sampling. Values only; the
/// training room runs it.
public struct TrainingProgram: Sendable {
    /// Which updates a step makes.
    public enum StepKind: String, Sendable, CaseIterable { case discriminatorOnly, discriminatorAndGenerator }

    public let batchSize: Int
    public let imageShape: (height: Int, width: Int, channels: Int)
    public let latentDimensions: Int
    public let parameters: [ParameterSet.Entry]
    /// Inputs "images" [batch, h, w, c] and the scalars of `scalars`; outputs the losses.
    public let plans: [StepKind: Plan]
    /// Names of the losses, each a scalar output of every plan that computes it.
    public let losses: [String]
    /// Input "latents" [batch, latentDimensions], output "images" [batch, h, w, c], with the moving averages.
    public let sampling: Plan
    public let discriminatorIterations: Int
    public let optimizer: Adam
    public let learningRate: Double
    /// Distribution of the latents.
    public let latentSource: RandomSource

    /// Which updates step t (1, 2, ...) makes: a discriminator update always, a generator update where (t - 1) mod disc_iters = 0.
    public func kind(ofStep t: Int) -> StepKind {
        (t - 1) % discriminatorIterations == 0 ? .discriminatorAndGenerator : .discriminatorOnly
    }

    /// The scalar inputs of step t: Adam's corrected rates, which count the updates of each network apart.
    public func scalars(step t: Int) -> [(name: String, value: Float)] {
        let generatorUpdate = (t - 1) / discriminatorIterations + 1
        return [
            ("discriminator_rate", optimizer.correctedRate(learningRate: learningRate, update: t)),
            ("generator_rate", optimizer.correctedRate(learningRate: learningRate, update: generatorUpdate)),
        ]
    }

    /// The parameters' initial values for a seed, written into a store. Optimiser state begins as zeros.
    public func initialize(_ store: TensorStore, seed: UInt64) {
        for entry in parameters {
            store.create(entry.name, entry.shape)
            store[entry.name] = entry.initializer.values(entry.shape.count, name: entry.name, seed: seed)
        }
        for plan in plans.values {
            for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        }
    }
}
