extension LineFigure.Point {
    /// The points of a step line at which the fraction of values <= x, or >= x, changes, extended to start or end
    /// at zero.
    /// - Parameters:
    ///   - points: by ascending x; y is the fraction of values <= x, or >= x if `falls`.
    ///   - falls: whether y is the fraction of values >= x, which decreases just after each value.
    public static func steps(_ points: [LineFigure.Point], falls: Bool) -> [LineFigure.Point] {
        guard let first = points.first, let last = points.last else { return [] }
        func nothing(at point: LineFigure.Point) -> LineFigure.Point { LineFigure.Point(x: point.x, y: 0, band: point.band == nil ? nil : 0...0) }
        guard falls else { return [nothing(at: first)] + points }
        let shifted = zip(points, points.dropFirst()).map { LineFigure.Point(x: $0.x, y: $1.y, band: $1.band) }
        return [first] + shifted + [nothing(at: last)]
    }
}
