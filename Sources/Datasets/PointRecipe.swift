/// Points in the plane, distributed as in the toy experiments of WGAN-GP.
///
/// - Source: Gulrajani et al. 2017, section 5.1, with the constants of their published script (reference section 8.5).
/// - Differs: random numbers come from Philox, so point i of a split is the same however many are drawn; points of the grid cycle through the
///   modes instead of being shuffled, which the training order does anyway.
public enum PointRecipe: Sendable, Hashable {
    /// 8 Gaussians on a circle: radius 2, standard deviation 0.02, all divided by 1.414.
    case ring
    /// 25 Gaussians at 2 * {-2, ..., 2} squared, standard deviation 0.05, all divided by 2.828.
    case grid
    /// A roll t (cos 2 pi t, sin 2 pi t) with t in turns from 0.75 to 2.25 times 2 pi, noise with standard deviation 0.25, all divided by 7.5.
    case swissRoll

    /// 1 x 1 x 2.
    public var shape: ImageShape { ImageShape(height: 1, width: 1, channels: 2) }

    /// One class per mode; the roll has none.
    public var classes: Int { modes?.centers.count ?? 0 }

    /// The modes, if there are any.
    public var modes: MixtureModes? {
        switch self {
        case .ring: MixtureModes(centers: Self.ringCenters.map { [$0.0 / 1.414, $0.1 / 1.414] }, deviation: 0.02 / 1.414)
        case .grid: MixtureModes(centers: Self.gridCenters.map { [$0.0 / 2.828, $0.1 / 2.828] }, deviation: 0.05 / 2.828)
        case .swissRoll: nil
        }
    }

    /// In order of angle.
    static let ringCenters: [(Double, Double)] = {
        let half = 2 * (0.5).squareRoot()
        return [(2, 0), (half, half), (0, 2), (-half, half), (-2, 0), (-half, -half), (0, -2), (half, -half)]
    }()

    /// Row by row from the bottom.
    static let gridCenters: [(Double, Double)] = (-2...2).flatMap { y in (-2...2).map { x in (2 * Double(x), 2 * Double(y)) } }

    var name: String {
        switch self {
        case .ring: "ring"
        case .grid: "grid"
        case .swissRoll: "swiss-roll"
        }
    }
}
