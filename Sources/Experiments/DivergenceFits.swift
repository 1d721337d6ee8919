internal import Canonical
internal import Figures
internal import Numerics

/// The isotropic Gaussian that fits a mixture in the plane best, under the KL divergence, the reverse KL divergence, the Jensen-Shannon divergence, and the
/// maximum mean discrepancy, exactly: by closed forms and quadrature instead of samples.
///
/// - Source: Theis, van den Oord, and Bethge 2016, figure 1, with the first target and the kernels of their code.
/// - Differs: optima instead of stochastic descent, and therefore no dependence on batches; the reverse KL divergence and a second target are added.
struct DivergenceFits {
    let settings: ExperimentSettings

    /// What is minimized.
    enum Objective: Equatable {
        /// KL(p || q), whose optimum is the maximum-likelihood fit
        case divergence
        /// KL(q || p)
        case reverseDivergence
        case jensenShannon
        /// The root of the squared maximum mean discrepancy with the kernel sum of exp(-d^2 / s^2).
        case discrepancy([Double])

        var name: String {
            switch self {
            case .divergence: "kl"
            case .reverseDivergence: "reverse-kl"
            case .jensenShannon: "jsd"
            case .discrepancy(let widths): "mmd s=" + widths.map { "\($0 == $0.rounded() ? "\(Int($0))" : "\($0)")" }.joined(separator: "/")
            }
        }

        /// The kernel widths of the source.
        static let widths = [0.5, 1, 2, 4, 8]
        static let main: [Objective] = [.divergence, .discrepancy(widths), .jensenShannon, .reverseDivergence]
        static let single: [Objective] = widths.map { .discrepancy([$0]) }
    }

    /// A mixture with the part of the plane in which it lies.
    struct Target {
        let name: String
        let title: String
        let mixture: GaussianMixture
        let ranges: [ClosedRange<Double>]
        let intervals: Int

        static let twoModes = Target(
            name: "two-modes", title: "0.7 N((0, 0), 0.5^2) + 0.3 N((3, 0), 0.5^2)",
            mixture: GaussianMixture(components: [.init(weight: 0.7, mean: [0, 0], deviation: 0.5), .init(weight: 0.3, mean: [3, 0], deviation: 0.5)]),
            ranges: [-4...7, -5.5...5.5], intervals: 44)

        /// Weights Dirichlet(1/2), variances 1 / (1 + U)^2, and means 1.5 N(0, 1) of 10 components, as NumPy's RandomState(22) draws them.
        static let tenModes = Target(
            name: "ten-modes", title: "the ten components of Theis et al.",
            mixture: GaussianMixture(components: [
                .init(weight: 0.2810995091655605, mean: [-0.3522935811234901, -1.6617552873083437], deviation: 0.5199478172887927),
                .init(weight: 0.22687753019575058, mean: [-0.1463451894147181, 3.159218634474094], deviation: 0.5027939571715924),
                .init(weight: 0.22242282481428144, mean: [-0.20506985654692803, -0.7199246893296979], deviation: 0.5570519284198095),
                .init(weight: 0.16384763353567783, mean: [-1.3297940122871765, -0.8510816554066607], deviation: 0.5961568959763988),
                .init(weight: 0.05034591840955087, mean: [0.8336245455124749, -0.37639430469992147], deviation: 0.6191161426392128),
                .init(weight: 0.02083500776559525, mean: [0.035542157755971915, -1.6277462493579173], deviation: 0.6311977133217731),
                .init(weight: 0.013829124450114716, mean: [3.7487649610171117, 0.8923926761495373], deviation: 0.5873247614770473),
                .init(weight: 0.012370903258408571, mean: [0.5445886420771525, 0.15296839017927105], deviation: 0.7208851706663394),
                .init(weight: 0.008340001803515868, mean: [-1.632824298004862, -0.11821845663842934], deviation: 0.7004982869237614),
                .init(weight: 3.154660154440383e-05, mean: [-3.735045589453189, -0.9583621085612877], deviation: 0.8993653586118973),
            ]), ranges: [-7...7, -7...7], intervals: 56)
    }

    /// An optimum from one start.
    struct Fit {
        let objective: Objective
        let start: String
        let x, y, deviation, value: Double
        let path: [[Double]]
        let iterations: Int
    }

    func run(_ progress: (Double) -> Void) -> ExperimentResult {
        var fits = ResultTable("fits", title: "Fits", columns: ["target", "objective", "start", "x", "y", "deviation", "value", "iterations"])
        var optima = ResultTable("optima", title: "Distinct optima, the best first", columns: ["target", "objective", "x", "y", "deviation", "value", "starts"])
        var pictures: [ExperimentResult.Picture] = []
        for (place, target) in [Target.twoModes, .tenModes].enumerated() {
            let found = self.fits(of: target) { progress((Double(place) + $0) / 2) }
            for fit in found {
                fits.append([
                    .text(target.name), .text(fit.objective.name), .text(fit.start), .number(fit.x), .number(fit.y), .number(fit.deviation), .number(fit.value),
                    .count(fit.iterations),
                ])
            }
            for (fit, starts) in Self.distinct(found) {
                optima.append([
                    .text(target.name), .text(fit.objective.name), .number(fit.x), .number(fit.y), .number(fit.deviation), .number(fit.value), .count(starts),
                ])
            }
            pictures.append(picture(target, found, isFirst: place == 0))
        }
        return ExperimentResult(.divergenceFits, page: [Self.meaning], tables: [optima, fits], json: ["seed": .integer(Int64(settings.seed))], pictures: pictures)
    }

    /// The fits of a target from the start at its moments, at each component of weight 0.1 or more, and from random starts.
    func fits(of target: Target, _ progress: (Double) -> Void = { _ in }) -> [Fit] {
        let measure = Measure(target), mixture = target.mixture
        var starts = [("moments", mixture.mean + [RealFunctions.logarithm(mixture.deviation)])]
        for (place, part) in mixture.components.enumerated() where part.weight >= 0.1 {
            starts.append(("component \(place + 1)", part.mean + [RealFunctions.logarithm(part.deviation)]))
        }
        let heavy = mixture.components.filter { $0.weight >= 0.1 }.map(\.mean)
        let stream = RandomStream(seed: settings.seed, name: "experiment/divergence-fits/starts/\(target.name)")
        let random = (0..<settings.draws).map { draw -> (String, [Double]) in
            let u = stream.numbers(.uniform(low: 0, high: 1), step: UInt64(draw), count: 3).map { Double($0) }
            let point = (0..<2).map { axis in
                let (low, high) = heavy.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1[axis]), max($0.1, $1[axis])) }
                return low - 1 + (high - low + 2) * u[axis]
            }
            return ("random \(draw)", point + [RealFunctions.logarithm(0.5 + u[2])])
        }
        let objectives = Objective.main + Objective.single
        return objectives.enumerated().flatMap { place, objective -> [Fit] in
            progress(Double(place) / Double(objectives.count))
            return (Objective.main.contains(objective) ? starts + random : starts).map { name, start in
                let found = NelderMead(from: start) { measure.value(objective, $0) }
                return Fit(
                    objective: objective, start: name, x: found.point[0], y: found.point[1], deviation: RealFunctions.exponential(found.point[2]), value: found.value,
                    path: found.path, iterations: found.iterations)
            }
        }
    }

    /// Optima within 0.02 of one another are the same; each with the number of starts that end there, by value.
    static func distinct(_ fits: [Fit]) -> [(fit: Fit, starts: Int)] {
        (Objective.main + Objective.single).flatMap { objective -> [(fit: Fit, starts: Int)] in
            var found: [(fit: Fit, starts: Int)] = []
            for fit in fits where fit.objective == objective {
                let known = found.firstIndex { max(abs($0.fit.x - fit.x), abs($0.fit.y - fit.y), abs($0.fit.deviation - fit.deviation)) < 0.02 }
                if let known {
                    found[known].starts += 1
                } else {
                    found.append((fit, 1))
                }
            }
            return found.indices.sorted { (found[$0].fit.value, $0) < (found[$1].fit.value, $1) }.map { found[$0] }
        }
    }

    /// The objectives as functions of (x, y, log deviation).
    struct Measure {
        let mixture: GaussianMixture
        /// Coordinates of the grid along each axis.
        private let axes: [[Double]]
        private let cell: Double
        /// log p at the nodes, [x, y], and p.
        private let logP: Matrix
        private let p: [Double]
        /// The entropy of p.
        private let entropy: Double

        init(_ target: Target) {
            mixture = target.mixture
            let grid = QuadratureGrid(ranges: target.ranges, intervals: target.intervals)
            axes = (0..<2).map { axis in (0...target.intervals).map { grid.coordinate(axis, $0) } }
            cell = grid.cell
            let values = grid.points.map(target.mixture.logDensity)
            logP = Matrix(rows: target.intervals + 1, columns: target.intervals + 1, elements: values)
            p = values.map(RealFunctions.exponential)
            var sum = 0.0
            for i in p.indices { sum -= p[i] * values[i] }
            entropy = sum * cell
        }

        func value(_ objective: Objective, _ parameters: [Double]) -> Double {
            let center = [parameters[0], parameters[1]], deviation = RealFunctions.exponential(parameters[2])
            // Narrower than the grid can integrate, or wider than it.
            guard deviation > 0.15, deviation < 10 else { return .infinity }
            switch objective {
            case .divergence: return crossEntropy(center, deviation, parameters[2]) - entropy
            case .reverseDivergence:
                let (first, second) = (density(0, center, deviation), density(1, center, deviation))
                // Beyond the grid the density of p is not known.
                guard first.reduce(0, +) * second.reduce(0, +) * cell > 0.9 else { return .infinity }
                let product = Matrix(rows: 1, columns: first.count, elements: first).multiplied(by: logP).multiplied(byTransposed: Matrix(rows: 1, columns: second.count, elements: second))
                return -product.elements[0] * cell - ownEntropy(parameters[2])
            case .jensenShannon: return jensenShannon(center, deviation)
            case .discrepancy(let widths): return max(0, squaredDiscrepancy(center, deviation, widths)).squareRoot()
            }
        }

        /// - E_p log q in closed form
        private func crossEntropy(_ center: [Double], _ deviation: Double, _ logDeviation: Double) -> Double {
            let mean = mixture.mean, spread = mixture.deviation
            let square = (mean[0] - center[0]) * (mean[0] - center[0]) + (mean[1] - center[1]) * (mean[1] - center[1]) + 2 * spread * spread
            return 2 * (Logarithms.halfOfTwoPi + logDeviation) + square / (2 * deviation * deviation)
        }

        /// The entropy of q.
        private func ownEntropy(_ logDeviation: Double) -> Double { 1 + 2 * (Logarithms.halfOfTwoPi + logDeviation) }

        /// The density of q along an axis.
        private func density(_ axis: Int, _ center: [Double], _ deviation: Double) -> [Double] {
            axes[axis].map { x in
                let z = (x - center[axis]) / deviation
                return RealFunctions.exponential(-z * z / 2 - Logarithms.halfOfTwoPi) / deviation
            }
        }

        /// H(m) - (H(p) + H(q)) / 2 with m = (p + q) / 2 on the grid. Beyond it p is 0, so that q adds log 2 / 2 for each unit of its mass.
        private func jensenShannon(_ center: [Double], _ deviation: Double) -> Double {
            let (first, second) = (density(0, center, deviation), density(1, center, deviation))
            var sum = 0.0, place = 0
            for i in first.indices {
                for j in second.indices {
                    let m = (p[place] + first[i] * second[j]) / 2
                    if m > 1e-300 { sum -= m * RealFunctions.logarithm(m) }
                    place += 1
                }
            }
            let (rows, columns) = (first.reduce(0, +), second.reduce(0, +)), mass = rows * columns * cell
            let own = (Self.entropy(first) * columns + Self.entropy(second) * rows) * cell
            return sum * cell - (entropy + own) / 2 + Logarithms.two / 2 * max(0, 1 - mass)
        }

        /// - sum of q log q
        private static func entropy(_ densities: [Double]) -> Double {
            var sum = 0.0
            for q in densities where q > 1e-300 { sum -= q * RealFunctions.logarithm(q) }
            return sum
        }

        /// E k(x, x') + E k(y, y') - 2 E k(x, y), where for two isotropic Gaussians with distance d and sum u of variances E exp(-|x - y|^2 / s^2) is
        /// exp(-d^2 / (s^2 + 2 u)) / (1 + 2 u / s^2).
        private func squaredDiscrepancy(_ center: [Double], _ deviation: Double, _ widths: [Double]) -> Double {
            var sum = 0.0
            func expectation(_ distance: Double, _ variances: Double) -> Double {
                widths.reduce(0) { $0 + RealFunctions.exponential(-distance / ($1 * $1 + 2 * variances)) / (1 + 2 * variances / ($1 * $1)) }
            }
            func distance(_ a: [Double], _ b: [Double]) -> Double { (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) }
            let parts = mixture.components
            for a in parts {
                for b in parts { sum += a.weight * b.weight * expectation(distance(a.mean, b.mean), a.deviation * a.deviation + b.deviation * b.deviation) }
                sum -= 2 * a.weight * expectation(distance(a.mean, center), a.deviation * a.deviation + deviation * deviation)
            }
            return sum + expectation(0, 2 * deviation * deviation)
        }
    }

    // MARK: Figure

    private func picture(_ target: Target, _ fits: [Fit], isFirst: Bool) -> ExperimentResult.Picture {
        let (x, y): (ClosedRange<Double>, ClosedRange<Double>) = isFirst ? (-2...5, -2.5...2.5) : (-4...4.5, -4...5)
        let columns = 81, rows = 61
        var values: [Double] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let point = [
                    x.lowerBound + (x.upperBound - x.lowerBound) * Double(column) / Double(columns - 1), y.lowerBound + (y.upperBound - y.lowerBound) * Double(row) / Double(rows - 1),
                ]
                values.append(RealFunctions.exponential(target.mixture.logDensity(point)))
            }
        }
        let peak = values.reduce(0, max)
        let titles = ["KL", "MMD (five kernels)", "JSD", "reverse KL"]
        let series = Objective.main.enumerated().map { place, objective in
            let own = fits.filter { $0.objective == objective }
            return PlaneFigure.Series(
                name: objective.name, title: titles[place], appearance: SeriesAppearance(index: place),
                circles: Self.distinct(own).map { .init(center: .init(x: $0.fit.x, y: $0.fit.y), radius: $0.fit.deviation) },
                paths: own.filter { $0.start.hasPrefix("random") }.map { $0.path.map { PlaneFigure.Point(x: $0[0], y: $0[1]) } })
        }
        let title = "Isotropic Gaussians fitted to " + target.title
        let figure = PlaneFigure(
            title: title, x: x, y: y,
            field: .init(title: "target density", columns: columns, rows: rows, values: values, levels: (1...7).map { peak * Double($0) / 8 }), series: series,
            notes: [
                "A circle is one standard deviation of a fit; thin lines are the paths of the optimizer from \(settings.draws) random starts, seed \(settings.seed).",
                "MMD kernel: sum of exp(-d^2 / s^2) with s = 0.5, 1, 2, 4, 8.",
            ])
        return .init(part: isFirst ? nil : target.name, title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: the KL divergence (maximum likelihood) covers all modes, because it equals moment matching; the reverse KL divergence picks one mode, with a value near -log(weight)
        of the mode; the Jensen-Shannon divergence lies between and, for modes of unequal weight that are far apart, near the reverse KL divergence. MMD leans to the heavy mode.
        Conditions: the answer of MMD is set by its kernel (s = 0.5 picks the mode, s = 8 nearly matches moments), so the widths are part of every row; reverse KL and JSD have
        several local optima, so that the answer depends on the start.
        """
}
