/// Which networks each step updates. Steps are counted from 1; a step is one update of the discriminator.
public enum UpdateSchedule: Sendable, Hashable {
    /// One optimiser over all variables.
    case joint
    /// The generator at the steps where (t - 1) mod n = 0, after the discriminator.
    /// - Source: the study's released code.
    case alternating(discriminatorIterations: Int)
    /// Iterations of several critic updates and then one of the generator: 25 in the iterations 1 to 24 and in every 500th, else 5.
    /// - Source: WassersteinGAN.tensorflow.
    case intensive

    public enum Kind: String, Sendable, CaseIterable { case joint, discriminatorOnly, discriminatorAndGenerator }

    public func kind(ofStep t: Int) -> Kind {
        if self == .joint { return .joint }
        return generatorUpdates(through: t) > generatorUpdates(through: t - 1) ? .discriminatorAndGenerator : .discriminatorOnly
    }

    /// How often the generator has been updated after t steps.
    public func generatorUpdates(through t: Int) -> Int {
        switch self {
        case .joint: t
        case .alternating(let iterations): t == 0 ? 0 : (t - 1) / iterations + 1
        case .intensive: Self.intensiveIterations(t)
        }
    }

    /// 24 iterations of 25 steps, 475 of 5, and then rounds of 500 iterations of which the first has 25 steps.
    private static func intensiveIterations(_ t: Int) -> Int {
        let (warmUp, plain, round) = (24 * 25, 475 * 5, 25 + 499 * 5)
        if t <= warmUp { return t / 25 }
        if t <= warmUp + plain { return 24 + (t - warmUp) / 5 }
        let (rounds, rest) = (t - warmUp - plain).quotientAndRemainder(dividingBy: round)
        return 499 + 500 * rounds + (rest < 25 ? 0 : 1 + (rest - 25) / 5)
    }

    /// Steps between two updates of the generator.
    var period: Int {
        switch self {
        case .joint: 1
        case .alternating(let iterations): iterations
        case .intensive: 5
        }
    }
}
