public import Graphs
public import Engine

/// Everything that training needs to know of a model: its parameters and state, a plan for each kind of step, when each kind comes, a plan for
/// sampling. Values only; the training room runs it.
public struct TrainingProgram: Sendable {
    public typealias StepKind = UpdateSchedule.Kind

    public let batchSize: Int
    public let imageShape: ExampleShape
    /// Latents of the sampling plan: how many, and their distribution.
    public let latentDimensions: Int
    public let latentSource: RandomSource
    /// All that does not begin with zeros, and all variables of the networks: weights, moving averages, a model's own state.
    public let parameters: [ParameterSet.Entry]
    /// Inputs "images" [batch, h, w, c] and the scalars of `scalars`; outputs scalars. One for each kind that the schedule has.
    public let plans: [StepKind: Plan]
    public let schedule: UpdateSchedule
    /// Names of the losses and other scalars to follow, each an output of every plan that computes it.
    public let metrics: [String]
    public let rates: [UpdateRate]
    /// Input "latents" [batch, latentDimensions], output "images" [batch, h, w, c] in the data set's range, with the moving averages.
    public let sampling: Plan
    /// Inputs "latents" and "targets" [batch, h, w, c]; outputs "distances" [batch], squared, and "gradients" [batch, latentDimensions]: for finding
    /// the latents of a given image.
    public let inversion: Plan

    /// Which updates step t (1, 2, ...) makes.
    public func kind(ofStep t: Int) -> StepKind { schedule.kind(ofStep: t) }

    /// The plan that makes all updates: the one to measure.
    public var mainPlan: Plan { plans[mainKind]! }

    /// The kind of step that updates everything.
    public var mainKind: StepKind { schedule == .joint ? .joint : .discriminatorAndGenerator }

    /// The scalar inputs of step t.
    public func scalars(step t: Int) -> [(name: String, value: Float)] { rates.map { ($0.input, $0.value(step: t, schedule: schedule)) } }

    /// Whether the metrics of step t are to be recorded, where one in about `interval` steps is: steps that update all networks, a function of t alone.
    public func isRecorded(step t: Int, interval: Int) -> Bool {
        guard kind(ofStep: t) == mainKind else { return false }
        let updates = (interval + schedule.period - 1) / schedule.period
        return (schedule.generatorUpdates(through: t) - 1) % updates == 0
    }

    /// How many updates each network has had after t steps.
    public func updates(through t: Int) -> [(network: String, count: Int)] {
        schedule == .joint ? [("model", t)] : [("discriminator", t), ("generator", schedule.generatorUpdates(through: t))]
    }

    /// The parameters' initial values for a seed, written into a store. State that no entry names begins as zeros.
    public func initialize(_ store: TensorStore, seed: UInt64) {
        for entry in parameters {
            entry.initializer.create(entry.name, entry.shape, in: store, seed: seed)
        }
        for plan in plans.values {
            for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        }
    }
}
