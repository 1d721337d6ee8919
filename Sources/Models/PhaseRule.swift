import Studies

/// Which phase of a program each step runs, as a function of the step and the number of steps. Steps count from 1, phases from 0 in the program's order.
public enum PhaseRule: Sendable, Hashable {
    /// A single phase.
    case single
    /// Two phases: the second at steps with (t - 1) mod n = 0, the first at all others.
    /// - Source: the study's released code, with n the number of discriminator updates per generator update.
    case alternating(every: Int)
    /// Two phases in iterations of several steps, of which the last is the second phase: 25 steps in iterations 1 to 24 and in every 500th, else 5.
    /// - Source: WassersteinGAN.tensorflow.
    case intensive
    /// Consecutive phases: each runs until its fraction of all steps is done; the last, which has no entry, runs until the end.
    case stages(until: [Double])

    /// Number of phases.
    public var phases: Int {
        switch self {
        case .single: 1
        case .alternating, .intensive: 2
        case .stages(let shares): shares.count + 1
        }
    }

    /// The phase of step t, 1 <= t <= steps.
    public func phase(ofStep t: Int, of steps: Int) -> Int {
        switch self {
        case .single: 0
        case .alternating, .intensive: second(through: t) > second(through: t - 1) ? 1 : 0
        case .stages(let shares): shares.firstIndex { t <= ScalarSchedule.steps($0, of: steps) } ?? shares.count
        }
    }

    /// Number of steps among 1 ... t that run a phase.
    public func count(of phase: Int, through t: Int, of steps: Int) -> Int {
        switch self {
        case .single: return t
        case .alternating, .intensive: return phase == 1 ? second(through: t) : t - second(through: t)
        case .stages(let shares):
            let begin = phase == 0 ? 0 : ScalarSchedule.steps(shares[phase - 1], of: steps)
            let end = phase == shares.count ? t : ScalarSchedule.steps(shares[phase], of: steps)
            return Swift.max(0, Swift.min(t, end) - begin)
        }
    }

    /// The usual number of steps between two steps of a phase.
    func period(of phase: Int) -> Int {
        switch self {
        case .alternating(let every): phase == 1 ? every : 1
        case .intensive: phase == 1 ? 5 : 1
        case .single, .stages: 1
        }
    }

    /// Number of steps among 1 ... t that run the second of two phases.
    private func second(through t: Int) -> Int {
        switch self {
        case .alternating(let every): t == 0 ? 0 : (t - 1) / every + 1
        case .intensive: Self.intensiveIterations(t)
        case .single, .stages: 0
        }
    }

    /// 24 iterations of 25 steps, 475 of 5, then rounds of 500 iterations of which the first has 25 steps.
    private static func intensiveIterations(_ t: Int) -> Int {
        let (warmUp, plain, round) = (24 * 25, 475 * 5, 25 + 499 * 5)
        if t <= warmUp { return t / 25 }
        if t <= warmUp + plain { return 24 + (t - warmUp) / 5 }
        let (rounds, rest) = (t - warmUp - plain).quotientAndRemainder(dividingBy: round)
        return 499 + 500 * rounds + (rest < 25 ? 0 : 1 + (rest - 25) / 5)
    }
}
