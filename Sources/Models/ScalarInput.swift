public import Graphs
public import Studies

/// A scalar input of a step that the host computes: its name, and how its value depends on the step.
public struct ScalarInput: Sendable {
    private enum Value: Sendable {
        case schedule(ScalarSchedule)
        case adamRate(Adam, ScalarSchedule, group: String)
    }

    /// Name of the input.
    public let name: String
    private let value: Value

    /// A number that follows a schedule, rounded to float32.
    public static func schedule(_ name: String, _ schedule: ScalarSchedule) -> ScalarInput { ScalarInput(name: name, value: .schedule(schedule)) }

    /// Adam's bias-corrected learning rate. The correction counts the updates of a group, not the steps.
    /// - Parameter group: the name of an `UpdateGroup`
    public static func adamRate(_ name: String, _ adam: Adam, learningRate: ScalarSchedule, group: String) -> ScalarInput {
        ScalarInput(name: name, value: .adamRate(adam, learningRate, group: group))
    }

    /// The group whose updates are counted, if any.
    var group: String? {
        if case .adamRate(_, _, let group) = value { group } else { nil }
    }

    /// - Parameter updates: number of updates of the group through step t, inclusive
    func value(step t: Int, of steps: Int, updates: Int) -> Float {
        switch value {
        case .schedule(let schedule): Float(schedule.value(step: t, of: steps))
        case .adamRate(let adam, let rate, _): adam.correctedRate(learningRate: rate.value(step: t, of: steps), update: Swift.max(1, updates))
        }
    }
}

/// Variables that one optimizer updates together, and the phases that update them. Adam's bias correction and checkpoints count its updates.
public struct UpdateGroup: Sendable, Hashable {
    /// Name of the group, recorded in checkpoints as "updates/<name>".
    public let name: String
    /// Names of the phases that update it.
    public let phases: [String]

    /// Creates a group.
    public init(_ name: String, phases: [String]) {
        self.name = name
        self.phases = phases
    }
}
