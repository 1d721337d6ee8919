import Engine
import Graphs
import Models
import Numerics
import Studies

/// Trains a chain of branches from its beginning. Step t is one update: of the discriminator or of the generator of an adversarial model, of everything otherwise.
///
/// Random numbers depend on the seed and the step alone, and the optimizers' state passes from one branch to the next, unless the optimizer itself changes; so the
/// state after a step is a function of the chain and the step.
public final class LabTrainer {
    private let chain: [LabBranch]
    private let device: CPUDevice
    private let store = TensorStore()
    private var segment = 0
    private var program: TrainingProgram
    private var sessions: [Session] = []
    private var counts: [String: Int] = [:]
    private var showing: LabShowing?
    /// The losses of the last update of each kind.
    private(set) var losses: [String: Double] = [:]
    /// Updates of each network since the beginning.
    private(set) var updates: [String: Int] = [:]
    /// The last step that was trained.
    public private(set) var step = 0
    /// The step after which a value was not finite; nothing is trained after it.
    public private(set) var diverged: Int?

    /// The branch of the present step, and of the steps after it.
    var branch: LabBranch { chain[chain.count - 1] }
    private var specification: LabSpecification { chain[segment].specification }

    /// - Parameter chain: from the root to the branch of interest
    /// - Parameter threads: changes no bit
    /// - Errors: `LabError.otherNumerics`; `PlanError`, a programming error
    public init(_ chain: [LabBranch], threads: Int = 1) throws {
        precondition(!chain.isEmpty, "a chain has a branch")
        self.chain = chain
        device = CPUDevice(threads: threads)
        program = try chain[0].specification.program()
        program.initialize(store, seed: chain[0].specification.seed)
        makeSessions()
        initializeFromData()
    }

    /// Continues a state with a chain that has its branch.
    /// - Precondition: the chain has the state's branch, and no branch after it begins before the state's step
    init(_ chain: [LabBranch], from state: LabState, threads: Int = 1) throws {
        guard let segment = chain.firstIndex(where: { $0.id == state.branch }) else { preconditionFailure("the chain has no branch \(state.branch)") }
        (self.chain, self.segment) = (chain, segment)
        device = CPUDevice(threads: threads)
        program = try chain[segment].specification.program()
        for tensor in state.tensors {
            store.create(tensor.name, tensor.shape)
            store[tensor.name] = tensor.values
        }
        (step, counts, updates, losses, diverged) = (state.step, state.counts, state.updates, state.losses, state.diverged)
        makeSessions()
    }

    /// Everything that training depends on after the present step.
    var state: LabState {
        let tensors = store.names.compactMap { name in store.shape(of: name).map { LabState.Tensor(name: name, shape: $0, values: store[name]) } }
        return LabState(branch: chain[segment].id, step: step, tensors: tensors, counts: counts, updates: updates, losses: losses, diverged: diverged)
    }

    private func makeSessions() {
        var made: [Session] = []
        for phase in program.phases { made.append(Session(phase.plan, store: store, device: device, seed: specification.seed, sharing: made.last)) }
        sessions = made
        showing = nil
    }

    private func initializeFromData() {
        guard let initialization = program.initialization else { return }
        let session = Session(initialization.plan, store: store, device: device, seed: specification.seed)
        session.setInput("images", specification.distribution.points(seed: specification.seed, stream: "initialization", step: 0, count: initialization.examples))
        session.run(step: 0)
    }

    /// Trains up to a step. - Returns: whether it got there; not if it was stopped, or a value is no longer finite
    /// - Parameter shouldStop: asked after each step
    /// - Errors: `LabError.badStep`
    @discardableResult
    public func advance(to target: Int, shouldStop: () -> Bool = { false }) throws -> Bool {
        guard step...LabBranch.mostSteps ~= target else { throw LabError.badStep(target, allowed: step...LabBranch.mostSteps) }
        while step < target, diverged == nil {
            while segment + 1 < chain.count, chain[segment + 1].start <= step { try begin(segment + 1) }
            update()
            if shouldStop() { return step == target }
        }
        while diverged == nil, segment + 1 < chain.count, chain[segment + 1].start <= step { try begin(segment + 1) }
        return step == target
    }

    /// Which phase the present step runs: the discriminator's updates, then the generator's, from the start of the branch on.
    private func phase(ofStep t: Int) -> Int {
        guard specification.isAdversarial else { return 0 }
        let place = (t - chain[segment].start - 1) % (specification.discriminatorUpdates + specification.generatorUpdates)
        return place < specification.discriminatorUpdates ? 0 : 1
    }

    private func update() {
        step += 1
        let index = phase(ofStep: step), phase = program.phases[index], session = sessions[index]
        for group in program.updateGroups where group.phases.contains(phase.name) {
            counts[group.name, default: 0] += 1
            updates[group.name, default: 0] += 1
        }
        if phase.plan.inputs.contains(where: { $0.name == "images" }) {
            session.setInput("images", specification.distribution.points(seed: specification.seed, stream: "data", step: UInt64(step), count: specification.batch))
        }
        for (name, value) in program.scalars(of: phase, step: step, updates: { [counts] in counts[$0] ?? 0 }) { session.setInput(name, value) }
        session.run(step: UInt64(step))
        for output in phase.plan.outputs {
            let value = session.output(output.name)[0]
            losses[output.name] = Double(value)
            if !value.isFinite { diverged = step }
        }
    }

    /// Continues with the next branch of the chain.
    private func begin(_ next: Int) throws {
        let old = specification
        segment = next
        guard old != specification else { return }
        program = try specification.program()
        for (network, before, after) in [
            ("generator", old.generatorOptimizer, specification.generatorOptimizer), ("discriminator", old.discriminatorOptimizer, specification.discriminatorOptimizer),
        ] where Self.kind(before) != Self.kind(after) {
            counts[network] = 0
            for name in store.names where name.hasPrefix("adam/\(network)/") { store[name] = [Float](repeating: 0, count: store[name].count) }
            for name in store.names where name.hasPrefix("rmsprop/\(network)/") { store[name] = [Float](repeating: 1, count: store[name].count) }
        }
        program.initializeMissing(store, seed: specification.seed)
        makeSessions()
    }

    private static func kind(_ optimizer: PlaneSettings.OptimizerChoice) -> String {
        switch optimizer {
        case .adam: "adam"
        case .rmsProp: "rmsprop"
        case .sgd: "sgd"
        }
    }

    // MARK: Frames

    /// What is shown of the present state. Training does not notice it.
    public func frame() -> LabFrame { shown().frame(branch: branch.id, step: step, updates: updates, losses: losses, isDiverged: diverged != nil) }

    /// What does not change within the branch.
    public func reference() -> LabFrame { shown().reference(branch: branch.id) }

    private func shown() -> LabShowing {
        let showing = self.showing ?? LabShowing(specification, program, store: store, device: device)
        self.showing = showing
        return showing
    }
}

/// The state of training after a step.
struct LabState {
    struct Tensor {
        var name: String
        var shape: Shape
        var values: [Float]
    }

    /// The branch whose specification held at the step.
    var branch: String
    var step: Int
    var tensors: [Tensor]
    var counts: [String: Int]
    var updates: [String: Int]
    var losses: [String: Double]
    var diverged: Int?
}
