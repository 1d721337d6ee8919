public import Graphs
public import Studies

/// A scalar input of a step, which the host computes: the input's name, and how its value follows the steps.
public struct ScalarInput: Sendable {
    private enum Value: Sendable {
        case schedule(ScalarSchedule)
        case adamRate(Adam, ScalarSchedule, group: String)
    }

    public let name: String
    private let value: Value

    /// A number that follows a schedule, rounded to single precision.
    public static func schedule(_ name: String, _ schedule: ScalarSchedule) -> ScalarInput { ScalarInput(name: name, value: .schedule(schedule)) }

    /// Adam's learning rate with its bias corrections, which count the updates of a group and not the steps.
    /// - Parameter group: the name of an `UpdateGroup`
    public static func adamRate(_ name: String, _ adam: Adam, learningRate: ScalarSchedule, group: String) -> ScalarInput {
        ScalarInput(name: name, value: .adamRate(adam, learningRate, group: group))
    }

    /// The group whose updates it counts, if any.
    var group: String? {
        if case .adamRate(_, _, let group) = value { group } else { nil }
    }

    /// - Parameter updates: of its group through step t, this step's included
    func value(step t: Int, of steps: Int, updates: Int) -> Float {
        switch value {
        case .schedule(let schedule): Float(schedule.value(step: t, of: steps))
        case .adamRate(let adam, let rate, _): adam.correctedRate(learningRate: rate.value(step: t, of: steps), update: Swift.max(1, updates))
        }
    }
}

/// Variables that one optimizer updates together, and the phases that do so. Its updates are what Adam's bias corrections count and what checkpoints record.
public struct UpdateGroup: Sendable, Hashable {
    public let name: String
    /// Names of phases.
    public let phases: [String]

    public init(_ name: String, phases: [String]) {
        self.name = name
        self.phases = phases
    }
}
