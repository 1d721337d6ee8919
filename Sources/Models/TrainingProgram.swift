public import Graphs
public import Engine

/// One kind of step: what it computes and updates.
public struct Phase: Sendable {
    /// Name of the phase, unique among the program's plans.
    public let name: String
    /// Its inputs are fields of the program, with the batch as first axis, and scalar inputs; its outputs are scalars to record.
    public let plan: Plan
    /// Whether its outputs are recorded as metrics.
    public let isRecorded: Bool

    /// Creates a phase.
    public init(_ name: String, _ plan: Plan, isRecorded: Bool = true) {
        self.name = name
        self.plan = plan
        self.isRecorded = isRecorded
    }
}

/// Everything that training needs from a model: parameters and state, the contents of a batch, a plan per kind of step and when it runs, and how examples
/// are generated. A value; Training executes it. `ADDING_A_MODEL.md` explains how to create one.
public struct TrainingProgram: Sendable {
    /// Examples per batch.
    public let batchSize: Int
    /// Number of steps of the run.
    public let steps: Int
    /// The fields that plans read.
    public let fields: [BatchField]
    /// Everything that is not initialized to zeros, and all variables of the networks: weights, moving averages, state of the loss.
    public let parameters: [ParameterSet.Entry]
    /// The kinds of step. The last is the main phase, which makes all updates; benchmarks measure it.
    public let phases: [Phase]
    /// Which phase each step runs.
    public let rule: PhaseRule
    /// The optimizers' variables and phases.
    public let updateGroups: [UpdateGroup]
    /// The scalar inputs of the phases.
    public let scalarInputs: [ScalarInput]
    /// Names of the recorded losses and other scalars; each is an output of every phase that computes it.
    public let metrics: [String]
    /// Data-dependent initialization, if any.
    public let initialization: DataInitialization?
    /// Generates examples from the current parameters, using moving averages where there are any.
    public let generation: Generation
    /// Inputs "latents" and "targets" [batch, h, w, c]; outputs "distances" [batch], squared, and "gradients" [batch, latents]. Used to find
    /// the latents of a given image. Nil if the model has no inversion.
    public let inversion: Plan?
    /// The exact log-likelihood of examples; nil if the model defines none.
    public let likelihood: Likelihood?
    /// Nil if no run of the model counts as collapsed.
    public let collapse: CollapseRule?
    /// Input "images"; outputs "scores", those of the discriminator, and "directions", where the generator's loss of each image falls. Nil except for programs with `PlaneSettings`.
    public let probe: Plan?

    /// Creates a program.
    /// - Precondition: the parts are consistent.
    public init(
        batchSize: Int, steps: Int, fields: [BatchField], parameters: [ParameterSet.Entry], phases: [Phase], rule: PhaseRule, updateGroups: [UpdateGroup],
        scalarInputs: [ScalarInput], metrics: [String], initialization: DataInitialization? = nil, generation: Generation, inversion: Plan? = nil, likelihood: Likelihood? = nil,
        collapse: CollapseRule? = nil, probe: Plan? = nil
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
        self.likelihood = likelihood
        self.collapse = collapse
        self.probe = probe
        if let problem { preconditionFailure("inconsistent training program: \(problem)") }
    }

    /// The phase that makes all updates.
    public var mainPhase: Phase { phases[phases.count - 1] }

    /// All plans except the inversion, by name, in the order in which a run reaches them.
    public var namedPlans: [(name: String, plan: Plan)] {
        (initialization.map { [("initialization", $0.plan)] } ?? []) + phases.map { ($0.name, $0.plan) } + [("sampling", generation.plan)]
            + (likelihood.map { [("likelihood", $0.plan)] } ?? [])
    }

    // MARK: Steps

    /// Index in `phases` of the phase of step t, counted from 1.
    public func phaseIndex(ofStep t: Int) -> Int { rule.phase(ofStep: t, of: steps) }

    /// The phase of step t, counted from 1.
    public func phase(ofStep t: Int) -> Phase { phases[phaseIndex(ofStep: t)] }

    /// Values of the scalar inputs that step t reads.
    public func scalars(step t: Int) -> [(name: String, value: Float)] {
        let inputs = phase(ofStep: t).plan.inputs
        return scalarInputs.compactMap { scalar in
            guard inputs.contains(where: { $0.name == scalar.name }) else { return nil }
            let updates = scalar.group.map { self.updates(ofGroup: $0, through: t) } ?? 0
            return (scalar.name, scalar.value(step: t, of: steps, updates: updates))
        }
    }

    /// Values of the scalar inputs of a phase, for a caller that chooses the phases of steps itself.
    /// - Parameter updates: number of updates of a group through step t
    public func scalars(of phase: Phase, step t: Int, updates: (_ group: String) -> Int) -> [(name: String, value: Float)] {
        scalarInputs.compactMap { scalar in
            guard phase.plan.inputs.contains(where: { $0.name == scalar.name }) else { return nil }
            return (scalar.name, scalar.value(step: t, of: steps, updates: scalar.group.map(updates) ?? 0))
        }
    }

    /// Whether the metrics of step t are recorded if about one in `interval` steps is; a function of t alone.
    public func isRecorded(step t: Int, interval: Int) -> Bool {
        let index = phaseIndex(ofStep: t)
        guard phases[index].isRecorded else { return false }
        let period = rule.period(of: index)
        return (rule.count(of: index, through: t, of: steps) - 1) % ((interval + period - 1) / period) == 0
    }

    /// Number of updates of each group through step t.
    public func updates(through t: Int) -> [(group: String, count: Int)] { updateGroups.map { ($0.name, updates(ofGroup: $0.name, through: t)) } }

    private func updates(ofGroup name: String, through t: Int) -> Int {
        let phases = updateGroups.first { $0.name == name }?.phases ?? []
        return self.phases.indices.reduce(0) { phases.contains(self.phases[$1].name) ? $0 + rule.count(of: $1, through: t, of: steps) : $0 }
    }

    // MARK: Parameters

    /// Writes the initial parameter values of a seed to a store. State without an entry starts as zeros.
    public func initialize(_ store: TensorStore, seed: UInt64) {
        for entry in parameters {
            entry.initializer.create(entry.name, entry.shape, in: store, seed: seed)
        }
        createState(in: store)
    }

    /// Creates what a store lacks, with its initial values, and keeps the rest.
    public func initializeMissing(_ store: TensorStore, seed: UInt64) {
        for entry in parameters where store.shape(of: entry.name) == nil { entry.initializer.create(entry.name, entry.shape, in: store, seed: seed) }
        createState(in: store)
    }

    private func createState(in store: TensorStore) {
        for plan in phases.map(\.plan) + (initialization.map { [$0.plan] } ?? []) {
            for (name, shape) in plan.parameters where store.shape(of: name) == nil { store.create(name, shape) }
        }
    }
}
