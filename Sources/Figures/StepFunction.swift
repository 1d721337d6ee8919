extension LineFigure.Point {
    /// The points at which the fraction of values that are at most x, or at least x, changes, for a figure whose lines are stepped: from nothing to the
    /// last fraction, or from the first to nothing, so that the whole rise and the whole fall are seen.
    /// - Parameters:
    ///   - points: by ascending x; y is the fraction of values at most x, or at least x where it falls.
    ///   - falls: whether y is the fraction of values at least x: at each value it then falls only behind it.
    public static func steps(_ points: [LineFigure.Point], falls: Bool) -> [LineFigure.Point] {
        guard let first = points.first, let last = points.last else { return [] }
        func nothing(at point: LineFigure.Point) -> LineFigure.Point { LineFigure.Point(x: point.x, y: 0, band: point.band == nil ? nil : 0...0) }
        guard falls else { return [nothing(at: first)] + points }
        let shifted = zip(points, points.dropFirst()).map { LineFigure.Point(x: $0.x, y: $1.y, band: $1.band) }
        return [first] + shifted + [nothing(at: last)]
    }
}
