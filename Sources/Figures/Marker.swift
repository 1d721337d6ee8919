/// The shape of a point. All have about the same area and are distinguishable at 8 pixels.
enum Marker: CaseIterable {
    case circle, square, triangle, diamond, triangleDown, plus, pentagon, cross

    /// A five-pointed star, reserved for the default setting.
    static func star(x: Double, y: Double, radius r: Double) -> String {
        // Points at every 72 degrees from the top, at 1 and at 0.382, the ratio of the regular pentagram.
        let corners: [(Double, Double)] = [
            (0, -1), (0.225, -0.309), (0.951, -0.309), (0.363, 0.118), (0.588, 0.809), (0, 0.382), (-0.588, 0.809),
            (-0.363, 0.118), (-0.951, -0.309), (-0.225, -0.309),
        ]
        return polygon(x, y, r * 1.6, corners)
    }

    /// The outline around (x, y), as SVG path data.
    func path(x: Double, y: Double, radius r: Double) -> String {
        switch self {
        case .circle:
            let d = DecimalText.coordinate(r * 2)
            let c = DecimalText.coordinate(r)
            return "M\(Self.point(x - r, y))a\(c) \(c) 0 1 0 \(d) 0a\(c) \(c) 0 1 0 -\(d) 0Z"
        case .square: return Self.polygon(x, y, r * 0.89, [(-1, -1), (1, -1), (1, 1), (-1, 1)])
        case .triangle: return Self.polygon(x, y, r * 1.25, [(0, -1), (0.93, 0.72), (-0.93, 0.72)])
        case .triangleDown: return Self.polygon(x, y, r * 1.25, [(0, 1), (0.93, -0.72), (-0.93, -0.72)])
        case .diamond: return Self.polygon(x, y, r * 1.25, [(0, -1), (1, 0), (0, 1), (-1, 0)])
        case .pentagon: return Self.polygon(x, y, r * 1.1, [(0, -1), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31)])
        case .plus: return Self.polygon(x, y, r * 1.15, Self.plusCorners)
        case .cross:
            // The plus turned by 45 degrees.
            let half = 0.7071067811865476
            return Self.polygon(x, y, r * 1.15, Self.plusCorners.map { (($0.0 - $0.1) * half, ($0.0 + $0.1) * half) })
        }
    }

    private static let plusCorners: [(Double, Double)] = [
        (-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35),
        (0.35, 1), (-0.35, 1), (-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35),
    ]

    private static func polygon(_ x: Double, _ y: Double, _ r: Double, _ corners: [(Double, Double)]) -> String {
        "M" + corners.map { point(x + $0.0 * r, y + $0.1 * r) }.joined(separator: "L") + "Z"
    }

    private static func point(_ x: Double, _ y: Double) -> String {
        DecimalText.coordinate(x) + " " + DecimalText.coordinate(y)
    }
}
