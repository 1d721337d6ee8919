/// Minimization without derivatives by a simplex, deterministic in double precision.
/// - Source: Nelder and Mead 1965, with coefficients 1, 2, 1/2, 1/2.
struct NelderMead {
    /// The best point.
    private(set) var point: [Double]
    private(set) var value: Double
    /// The best point of each iteration at which it moved, from the start on.
    private(set) var path: [[Double]]
    private(set) var iterations = 0

    /// Minimizes a function from a start, until the simplex is smaller than `tolerance` along each axis, or after `limit` iterations.
    init(from start: [Double], step: Double = 0.2, tolerance: Double = 1e-6, limit: Int = 400, _ function: ([Double]) -> Double) {
        var simplex = [(start, function(start))]
        for axis in start.indices {
            var corner = start
            corner[axis] += step
            simplex.append((corner, function(corner)))
        }
        path = [start]
        while true {
            // Equal values keep their order.
            let order = simplex.indices.sorted { (simplex[$0].1, $0) < (simplex[$1].1, $1) }
            simplex = order.map { simplex[$0] }
            if path[path.count - 1] != simplex[0].0 { path.append(simplex[0].0) }
            let size = simplex.dropFirst().reduce(0.0) { size, corner in zip(corner.0, simplex[0].0).reduce(size) { max($0, abs($1.0 - $1.1)) } }
            if size < tolerance || iterations == limit { break }
            iterations += 1
            Self.advance(&simplex, function)
        }
        (point, value) = simplex[0]
    }

    private static func advance(_ simplex: inout [([Double], Double)], _ function: ([Double]) -> Double) {
        let last = simplex.count - 1, worst = simplex[last].0
        let center = worst.indices.map { axis in simplex.dropLast().reduce(0) { $0 + $1.0[axis] } / Double(last) }
        func corner(_ factor: Double) -> ([Double], Double) {
            let point = zip(center, worst).map { $0 + factor * ($0 - $1) }
            return (point, function(point))
        }
        let reflected = corner(1)
        if reflected.1 < simplex[0].1 {
            let expanded = corner(2)
            simplex[last] = expanded.1 < reflected.1 ? expanded : reflected
        } else if reflected.1 < simplex[last - 1].1 {
            simplex[last] = reflected
        } else {
            let contracted = corner(reflected.1 < simplex[last].1 ? 0.5 : -0.5)
            if contracted.1 < min(reflected.1, simplex[last].1) {
                simplex[last] = contracted
            } else {
                for place in 1...last {
                    let point = zip(simplex[place].0, simplex[0].0).map { ($0 + $1) / 2 }
                    simplex[place] = (point, function(point))
                }
            }
        }
    }
}
