internal import Canonical
internal import Engine
internal import Figures
internal import Graphs
internal import Numerics

/// The optimal discriminator D*(x) = p(x) / (p(x) + q(x)) beside trained ones, and its value V(D*) = -log 4 + 2 JSD(p, q) by quadrature.
///
/// Everything is computed from logits: log D* = -softplus(-l) and log(1 - D*) = -softplus(l) with l = log p - log q, while D itself saturates.
/// - Source: Goodfellow et al. 2014, proposition 1 and theorem 1.
struct OptimalDiscriminator {
    let settings: ExperimentSettings
    let device: CPUDevice
    /// Updates of each discriminator.
    var steps = 2000
    static let batch = 256

    /// A pair of distributions at a distance.
    struct Pair {
        let name: String
        let distance: Double
        let p, q: GaussianMixture
        let grid: QuadratureGrid

        /// N(d / 2, 1) and N(-d / 2, 1): the logit of D* is d x.
        static func line(_ distance: Double) -> Pair {
            func one(_ mean: Double) -> GaussianMixture { GaussianMixture(components: [.init(weight: 1, mean: [mean], deviation: 1)]) }
            return Pair(
                name: "line", distance: distance, p: one(distance / 2), q: one(-distance / 2),
                grid: QuadratureGrid(ranges: [-(12 + distance / 2)...12 + distance / 2], intervals: 400))
        }

        /// Two unequal modes, and one wide Gaussian that moves along them.
        static func plane(_ distance: Double) -> Pair {
            Pair(
                name: "plane", distance: distance,
                p: GaussianMixture(components: [.init(weight: 0.7, mean: [0, 0], deviation: 0.8), .init(weight: 0.3, mean: [3, 0], deviation: 0.8)]),
                q: GaussianMixture(components: [.init(weight: 1, mean: [distance, 0], deviation: 1.2)]),
                grid: QuadratureGrid(ranges: [-9...13, -9...9], intervals: 72))
        }
    }

    /// Densities on the grid of a pair, and what follows from them.
    struct Values {
        let points: [[Double]]
        let cell: Double
        /// log p, log q
        let logP, logQ: [Double]
        let p, q: [Double]

        init(_ pair: Pair) {
            points = pair.grid.points
            cell = pair.grid.cell
            logP = points.map(pair.p.logDensity)
            logQ = points.map(pair.q.logDensity)
            (p, q) = (logP.map(RealFunctions.exponential), logQ.map(RealFunctions.exponential))
        }

        /// V of a discriminator with these logits.
        func value(_ logits: [Double]) -> Double {
            var sum = 0.0
            for i in logits.indices { sum -= p[i] * Logarithms.softplus(-logits[i]) + q[i] * Logarithms.softplus(logits[i]) }
            return sum * cell
        }

        /// The logits of D*.
        var optimum: [Double] { zip(logP, logQ).map { $0 - $1 } }

        /// The Jensen-Shannon divergence in nats, from its definition with m = (p + q) / 2.
        var divergence: Double {
            var sum = 0.0
            for i in p.indices {
                let logM = Logarithms.sum(logP[i], logQ[i]) - Logarithms.two
                sum += (p[i] * (logP[i] - logM) + q[i] * (logQ[i] - logM)) / 2
            }
            return sum * cell
        }

        /// The larger part of the mass of p or q that the grid misses.
        var missing: Double { max(abs(1 - p.reduce(0, +) * cell), abs(1 - q.reduce(0, +) * cell)) }

        /// sup |D - D*| where p + q exceeds a hundredth of its maximum: without data there, D is undetermined. And the mean of |D - D*| under (p + q) / 2.
        func errors(_ logits: [Double]) -> (supremum: Double, mean: Double) {
            var peak = 0.0, supremum = 0.0, mean = 0.0
            for i in p.indices { peak = max(peak, p[i] + q[i]) }
            for i in p.indices {
                let error = abs(Logarithms.sigmoid(logits[i]) - Logarithms.sigmoid(logP[i] - logQ[i]))
                if p[i] + q[i] > 0.01 * peak { supremum = max(supremum, error) }
                mean += (p[i] + q[i]) / 2 * error
            }
            return (supremum, mean * cell)
        }
    }

    /// A discriminator after some updates.
    struct Snapshot {
        let step: Int
        let logits: [Double]
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        let identity = Self.identity()
        var trained = ResultTable(
            "trained", title: "Trained discriminators",
            columns: ["pair", "distance", "discriminator", "seed", "step", "value", "short_of_optimum", "greatest_error", "mean_error", "slope"])
        var shown: (pair: Pair, values: Values, snapshots: [Snapshot])?
        let pairs = [Pair.line(1), .line(2), .line(4), .plane(1.5)]
        for (place, pair) in pairs.enumerated() {
            let values = Values(pair), best = values.value(values.optimum)
            for draw in 0..<settings.draws {
                progress((Double(place) + Double(draw) / Double(settings.draws)) / Double(pairs.count))
                let seed = settings.seed + UInt64(draw)
                let (snapshots, slope) = try train(pair, values.points, seed: seed)
                if pair.name == "line", pair.distance == 2, draw == 0 { shown = (pair, values, snapshots) }
                for snapshot in snapshots {
                    let value = values.value(snapshot.logits), errors = values.errors(snapshot.logits)
                    trained.append([
                        .text(pair.name), .number(pair.distance), .text(pair.name == "line" ? "logistic" : "two layers of 32 tanh units"), .count(Int(seed)),
                        .count(snapshot.step), .number(value), .number(best - value), .number(errors.supremum), .number(errors.mean),
                        snapshot.step == steps ? slope.map { .number($0) } ?? .text("") : .text(""),
                    ])
                }
            }
        }
        return ExperimentResult(
            .optimalDiscriminator, page: [Self.meaning], tables: [identity, trained], json: ["seed": .integer(Int64(settings.seed)), "steps": .integer(Int64(steps))],
            pictures: (shown.map { [discriminators($0.pair, $0.values, $0.snapshots)] } ?? []) + [Self.divergences(identity)])
    }

    /// V(D*) and -log 4 + 2 JSD as the densities move apart.
    static func identity() -> ResultTable {
        var table = ResultTable(
            "identity", title: "The value of the optimal discriminator", columns: ["pair", "distance", "jensen_shannon", "value", "identity", "difference", "missing_mass"])
        let pairs = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 8].map(Pair.line) + [0, 1, 2, 4].map(Pair.plane)
        for pair in pairs {
            let values = Values(pair), divergence = values.divergence, value = values.value(values.optimum)
            let identity = 2 * divergence - 2 * Logarithms.two
            table.append([
                .text(pair.name), .number(pair.distance), .number(divergence), .number(value), .number(identity), .number(value - identity), .number(values.missing),
            ])
        }
        return table
    }

    // MARK: Training

    /// Trains a discriminator by the cross-entropy: a logistic one with stochastic gradient descent on the line, two layers with Adam in the plane.
    /// - Returns: its logits at the points at several steps, and the slope of the logistic one
    private func train(_ pair: Pair, _ points: [[Double]], seed: UInt64) throws -> (snapshots: [Snapshot], slope: Double?) {
        let isLogistic = pair.p.dimension == 1, dimension = pair.p.dimension
        let network = SmallNetwork(name: "discriminator", widths: isLogistic ? [1, 1] : [dimension, 32, 32, 1], activation: .tanh)
        let store = TensorStore()
        network.create(in: store, .optimalDiscriminator, seed: seed)
        if isLogistic { store["discriminator/1/weight"] = [0] }
        let graph = Graph(), weights = network.parameters(graph), rate = graph.input("rate", .scalar)
        let real = network.output(Self.samples(pair.p, graph, "real"), weights), fake = network.output(Self.samples(pair.q, graph, "generated"), weights)
        let loss = (-real).softplus().mean() + fake.softplus().mean()
        let gradients = graph.gradients(of: loss, for: weights)
        let adam = Adam(beta1: 0.9, beta2: 0.999)
        let updates: [(parameter: Tensor, value: Tensor)] = isLogistic
            ? zip(weights, gradients).map { ($0, $0 - rate * $1) } : network.updates(adam, weights, gradients: gradients, rate: rate)
        let session = Session(try Plan(graph, outputs: [("loss", loss)], updates: updates), store: store, device: device, seed: seed)
        let evaluation = Graph()
        let logits = network.output(evaluation.input("x", [points.count, dimension]), network.parameters(evaluation))
        let evaluating = Session(try Plan(evaluation, outputs: [("logits", logits)]), store: store, device: device, seed: seed)
        evaluating.setInput("x", points.flatMap { $0.map { Float($0) } })
        var snapshots: [Snapshot] = []
        let shown = Set([10, 100, steps / 2, steps])
        for step in 1...steps {
            let decayed = 1 / (1 + Double(step - 1) / 200)
            session.setInput("rate", isLogistic ? Float(0.5 * decayed) : adam.correctedRate(learningRate: 0.01 * decayed, update: step))
            session.run(step: UInt64(step))
            guard shown.contains(step) else { continue }
            evaluating.run(step: 0)
            snapshots.append(Snapshot(step: step, logits: evaluating.output("logits").map { Double($0) }))
        }
        return (snapshots, isLogistic ? Double(store["discriminator/1/weight"][0]) : nil)
    }

    /// A batch of a mixture of one or two components.
    private static func samples(_ mixture: GaussianMixture, _ graph: Graph, _ name: String) -> Tensor {
        let dimension = mixture.dimension, parts = mixture.components
        let noise = graph.random(RandomSource(stream: "experiment/optimal-discriminator/\(name)", distribution: .normal(mean: 0, deviation: 1)), [batch, dimension])
        func part(_ place: Int) -> Tensor {
            noise * Float(parts[place].deviation) + graph.constant(parts[place].mean.map { Float($0) }, [1, dimension])
        }
        guard parts.count > 1 else { return part(0) }
        let place = graph.random(RandomSource(stream: "experiment/optimal-discriminator/\(name)/component", distribution: .uniform(low: 0, high: 1)), [batch, 1])
        let isFirst = Tensor.greater(graph.constant(Float(parts[0].weight)), place).broadcast(to: [batch, dimension])
        return Tensor.select(isFirst, part(0), part(1))
    }

    // MARK: Figures

    private func discriminators(_ pair: Pair, _ values: Values, _ snapshots: [Snapshot]) -> ExperimentResult.Picture {
        let title = "The optimal discriminator of N(1, 1) and N(-1, 1) beside a trained one"
        func line(_ place: Int, _ name: String, _ title: String, _ y: (Int) -> Double) -> LineFigure.Line {
            let points = values.points.indices.filter { abs(values.points[$0][0]) <= 5 }.map { LineFigure.Point(x: values.points[$0][0], y: y($0)) }
            return LineFigure.Line(name: name, title: title, appearance: SeriesAppearance(index: place), points: points)
        }
        var lines = [line(0, "optimum", "D* = p / (p + q)") { Logarithms.sigmoid(values.logP[$0] - values.logQ[$0]) }]
        lines += [line(1, "real", "p") { values.p[$0] }, line(2, "generated", "q") { values.q[$0] }]
        for (place, snapshot) in snapshots.enumerated() {
            lines.append(line(3 + place, "step-\(snapshot.step)", "D after \(snapshot.step) updates") { Logarithms.sigmoid(snapshot.logits[$0]) })
        }
        let figure = LineFigure(
            title: title, xTitle: "x", yTitle: "D(x), p(x), q(x)", lines: lines,
            notes: ["Logistic discriminator, batch \(Self.batch), learning rate 0.5 / (1 + t / 200), seed \(settings.seed)."])
        return .init(title: title, draw: figure.svg)
    }

    private static func divergences(_ table: ResultTable) -> ExperimentResult.Picture {
        func isLine(_ row: [ResultTable.Value]) -> Bool { row[0] == .text("line") }
        let distances = table.numbers("distance", where: isLine)
        func line(_ place: Int, _ name: String, _ title: String, _ values: [Double]) -> LineFigure.Line {
            .init(name: name, title: title, appearance: SeriesAppearance(index: place), points: zip(distances, values).map { LineFigure.Point(x: $0, y: $1) })
        }
        let title = "Value of the optimal discriminator as two Gaussians move apart"
        let figure = LineFigure(
            title: title, xTitle: "distance of the means of N(d/2, 1) and N(-d/2, 1)", yTitle: "nats",
            lines: [
                line(0, "value", "V(D*)", table.numbers("value", where: isLine)), line(1, "identity", "-log 4 + 2 JSD", table.numbers("identity", where: isLine)),
                line(2, "jensen_shannon", "JSD", table.numbers("jensen_shannon", where: isLine)),
            ], notes: ["Trapezoidal rule in double precision, from log densities. JSD is at most log 2 = 0.6931."])
        return .init(part: "value", title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: for fixed p and q the best discriminator is D* = p / (p + q), and its value V(D*) is -log 4 + 2 JSD(p, q): -1.3863 for equal densities, towards 0 as they separate.
        A trained discriminator approaches D* where there are data. Condition: V of any other discriminator is lower, so a discriminator that is not trained to its optimum
        underestimates the divergence; nearly separable data (d = 4) converge slowly, because the slope grows with the logarithm of the number of updates alone.
        """
}
