public import Graphs
public import Engine

/// One kind of step: what it computes and updates.
public struct Phase: Sendable {
    public let name: String
    /// Inputs: fields of the program, with its batch in front, and its scalars. Outputs: scalars to record.
    public let plan: Plan
    /// Whether its outputs are recorded as metrics of the run.
    public let isRecorded: Bool

    public init(_ name: String, _ plan: Plan, isRecorded: Bool = true) {
        self.name = name
        self.plan = plan
        self.isRecorded = isRecorded
    }
}

/// Everything that training needs to know of a model: its parameters and state, what a batch consists of, a plan for each kind of step and when each comes, how examples
/// are made. Values only; the training room runs it. `ADDING_A_MODEL.md` says how to fill one in.
public struct TrainingProgram: Sendable {
    public let batchSize: Int
    /// How many steps the run has.
    public let steps: Int
    /// What plans read of a batch.
    public let fields: [BatchField]
    /// All that does not begin with zeros, and all variables of the networks: weights, moving averages, a model's own state.
    public let parameters: [ParameterSet.Entry]
    /// The kinds of step. The last one makes all updates: the one to measure.
    public let phases: [Phase]
    public let rule: PhaseRule
    public let updateGroups: [UpdateGroup]
    public let scalarInputs: [ScalarInput]
    /// Names of the losses and other scalars to follow, each an output of every phase that computes it.
    public let metrics: [String]
    public let initialization: DataInitialization?
    /// Of the parameters as they are, with moving averages where there are any.
    public let generation: Generation
    /// Inputs "latents" and "targets" [batch, h, w, c]; outputs "distances" [batch], squared, and "gradients" [batch, latents]: for finding
    /// the latents of a given image. Nil where the model has none.
    public let inversion: Plan?
    /// Nil where no run of the model counts as collapsed.
    public let collapse: CollapseRule?

    /// - Precondition: the parts fit each other.
    public init(
        batchSize: Int, steps: Int, fields: [BatchField], parameters: [ParameterSet.Entry], phases: [Phase], rule: PhaseRule, updateGroups: [UpdateGroup],
        scalarInputs: [ScalarInput], metrics: [String], initialization: DataInitialization? = nil, generation: Generation, inversion: Plan? = nil, collapse: CollapseRule? = nil
    ) {
        self.batchSize = batchSize
        self.steps = steps
        self.fields = fields
        self.parameters = parameters
        self.phases = phases
        self.rule = rule
        self.updateGroups = updateGroups
        self.scalarInputs = scalarInputs
        self.metrics = metrics
        self.initialization = initialization
        self.generation = generation
        self.inversion = inversion
        self.collapse = collapse
        if let problem { preconditionFailure("a training program does not fit together: \(problem)") }
    }

    /// The phase that makes all updates.
    public var mainPhase: Phase { phases[phases.count - 1] }

    /// All plans by the name of what they are for, in the order in which a run comes to them, but for the inversion.
    public var namedPlans: [(name: String, plan: Plan)] {
        (initialization.map { [("initialization", $0.plan)] } ?? []) + phases.map { ($0.name, $0.plan) } + [("sampling", generation.plan)]
    }

    // MARK: Steps

    /// The position in `phases` of what step t (1, 2, ...) does.
    public func phaseIndex(ofStep t: Int) -> Int { rule.phase(ofStep: t, of: steps) }

    public func phase(ofStep t: Int) -> Phase { phases[phaseIndex(ofStep: t)] }

    /// The values of the scalar inputs that step t reads.
    public func scalars(step t: Int) -> [(name: String, value: Float)] {
        let inputs = phase(ofStep: t).plan.inputs
        return scalarInputs.compactMap { scalar in
            guard inputs.contains(where: { $0.name == scalar.name }) else { return nil }
            let updates = scalar.group.map { self.updates(ofGroup: $0, through: t) } ?? 0
            return (scalar.name, scalar.value(step: t, of: steps, updates: updates))
        }
    }

    /// Whether the metrics of step t are to be recorded, where one in about `interval` steps is: a function of t alone.
    public func isRecorded(step t: Int, interval: Int) -> Bool {
        let index = phaseIndex(ofStep: t)
        guard phases[index].isRecorded else { return false }
        let period = rule.period(of: index)
        return (rule.count(of: index, through: t, of: steps) - 1) % ((interval + period - 1) / period) == 0
    }

    /// How many updates each group has had after t steps.
    public func updates(through t: Int) -> [(group: String, count: Int)] { updateGroups.map { ($0.name, updates(ofGroup: $0.name, through: t)) } }

    private func updates(ofGroup name: String, through t: Int) -> Int {
        let phases = updateGroups.first { $0.name == name }?.phases ?? []
        return self.phases.indices.reduce(0) { phases.contains(self.phases[$1].name) ? $0 + rule.count(of: $1, through: t, of: steps) : $0 }
    }

    // MARK: Parameters

    /// The parameters' initial values for a seed, written into a store. State that no entry names begins as zeros.
    public func initialize(_ store: TensorStore, seed: UInt64) {
        for entry in parameters {
            entry.initializer.create(entry.name, entry.shape, in: store, seed: seed)
        }
        for plan in phases.map(\.plan) + (initialization.map { [$0.plan] } ?? []) {
            for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        }
    }
}
