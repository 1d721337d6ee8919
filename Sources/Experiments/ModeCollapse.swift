internal import Canonical
internal import Engine
internal import Figures
internal import Graphs
internal import Numerics

/// Modes that a generator keeps on a ring of eight Gaussians with a slow discriminator, under the minimax loss through 0, 1, and 5 unrolled discriminator steps.
///
/// The generator's loss is that of a discriminator after k further Adam steps on the same batch, and its gradient passes through these steps, moments included;
/// then the discriminator itself takes one step. Both are graph-to-graph gradients of the project.
/// - Source: Metz et al. 2017, sections 2.2 and 3.1, and their demonstration notebook.
/// - Differs: networks of 2 x 64 units and two latents; a discriminator that learns ten times slower than the generator, without which the ring does not collapse.
struct ModeCollapse {
    let settings: ExperimentSettings
    let device: CPUDevice
    /// Updates of the generator.
    var steps = 4000
    var unrolled = [0, 1, 5]
    /// Steps between two counts.
    var every = 250
    static let modes = 8
    static let deviation: Float = 0.02
    static let batch = 128
    static let samples = 2500

    static let discriminator = SmallNetwork(name: "discriminator", widths: [2, 64, 64, 1], activation: .relu)
    static let generator = SmallNetwork(name: "generator", widths: [2, 64, 64, 2], activation: .relu)
    private static let adam = Adam(beta1: 0.5, beta2: 0.999)

    /// The centers on a circle of radius 2: multiples of 45 degrees.
    static let centers: [(x: Float, y: Float)] = {
        let diagonal = Float(2.0.squareRoot())
        return [(2, 0), (diagonal, diagonal), (0, 2), (-diagonal, diagonal), (-2, 0), (-diagonal, -diagonal), (0, -2), (diagonal, -diagonal)]
    }()

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        var table = ResultTable("counts", title: "", columns: ["unrolled", "seed", "step", "soft_modes", "strict_modes", "high_quality", "entropy"])
        for (place, k) in unrolled.enumerated() {
            for draw in 0..<settings.draws {
                progress((Double(place) + Double(draw) / Double(settings.draws)) / Double(unrolled.count))
                try train(k, seed: settings.seed + UInt64(draw), &table)
            }
        }
        var last = ResultTable(
            "last", title: "After \(steps) updates", columns: ["unrolled", "seeds", "mean_soft_modes", "deviation", "mean_strict_modes", "mean_high_quality", "mean_entropy"])
        for k in unrolled {
            func values(_ column: String) -> [Double] { table.numbers(column) { $0[0] == .count(k) && $0[2] == .count(steps) } }
            let soft = Summary(values("soft_modes"))
            func mean(_ column: String) -> ResultTable.Value { .number(Summary(values(column)).mean) }
            last.append([
                .count(k), .count(settings.draws), .number(soft.mean), .number(soft.deviation), mean("strict_modes"), mean("high_quality"), mean("entropy"),
            ])
        }
        return ExperimentResult(
            .modeCollapse, page: [Self.meaning], tables: [last, table], json: ["seed": .integer(Int64(settings.seed)), "steps": .integer(Int64(steps))], pictures: [picture(table)])
    }

    /// One step of the generator through k unrolled steps, and one step of the discriminator, as one plan.
    static func step(
        _ k: Int, _ graph: Graph, discriminator: SmallNetwork = ModeCollapse.discriminator, generator: SmallNetwork = ModeCollapse.generator
    ) -> (loss: Tensor, updates: [(parameter: Tensor, value: Tensor)]) {
        let own = discriminator.parameters(graph), weights = generator.parameters(graph)
        let z = graph.random(RandomSource(stream: "experiment/mode-collapse/latents", distribution: .normal(mean: 0, deviation: 1)), [batch, 2])
        let fake = generator.output(z, weights), real = self.real(graph)
        func loss(_ discriminatorWeights: [Tensor], _ fake: Tensor) -> Tensor {
            (-discriminator.output(real, discriminatorWeights)).softplus().mean() + discriminator.output(fake, discriminatorWeights).softplus().mean()
        }
        // What the discriminator itself does: no gradient for the generator.
        let rate = graph.input("discriminator-rate-0", .scalar)
        let gradients = graph.gradients(of: loss(own, fake.stopGradient()), for: own)
        let ownUpdates = discriminator.updates(adam, own, gradients: gradients, rate: rate)
        // What it would do in k steps: functions of the generator.
        var unrolled = own
        var moments = discriminator.shapes.map { (graph.parameter("adam/\($0.name)/m", $0.shape), graph.parameter("adam/\($0.name)/v", $0.shape)) }
        for index in 0..<k {
            let rate = graph.input("discriminator-rate-\(index)", .scalar), gradients = graph.gradients(of: loss(unrolled, fake), for: unrolled)
            for place in unrolled.indices {
                let m = moments[place].0 * adam.beta1 + gradients[place] * (1 - adam.beta1)
                let v = moments[place].1 * adam.beta2 + gradients[place].squared() * (1 - adam.beta2)
                moments[place] = (m, v)
                // The gradient of a square root is infinite at 0.
                unrolled[place] = unrolled[place] - rate * m / ((v + 1e-20).squareRoot() + adam.epsilon)
            }
        }
        let value = -discriminator.output(fake, unrolled).softplus().mean()
        // The generator lowers log(1 - D) of the unrolled discriminator; the real term depends on it through the unrolled weights alone.
        let objective = k == 0 ? value : -loss(unrolled, fake)
        let generatorUpdates = generator.updates(
            adam, weights, gradients: graph.gradients(of: objective, for: weights), rate: graph.input("generator-rate", .scalar))
        return (objective, ownUpdates + generatorUpdates)
    }

    /// A batch of the ring: the number of a mode selects its center.
    private static func real(_ graph: Graph) -> Tensor {
        let noise = graph.random(RandomSource(stream: "experiment/mode-collapse/data", distribution: .normal(mean: 0, deviation: deviation)), [batch, 2])
        let place = graph.random(RandomSource(stream: "experiment/mode-collapse/data/mode", distribution: .uniform(low: 0, high: 8)), [batch])
        let mode = Tensor.minimum(place.floor(), graph.constant(7))
        return noise + graph.constant(centers.flatMap { [$0.x, $0.y] }, [8, 2]).gatherRows(mode)
    }

    private func train(_ k: Int, seed: UInt64, _ table: inout ResultTable) throws {
        let store = TensorStore()
        Self.discriminator.create(in: store, .modeCollapse, seed: seed)
        Self.generator.create(in: store, .modeCollapse, seed: seed)
        let graph = Graph(), (loss, updates) = Self.step(k, graph)
        let session = Session(try Plan(graph, outputs: [("loss", loss)], updates: updates), store: store, device: device, seed: seed)
        let drawing = Graph()
        let z = drawing.random(RandomSource(stream: "experiment/mode-collapse/measured", distribution: .normal(mean: 0, deviation: 1)), [Self.samples, 2])
        let sampling = Session(
            try Plan(drawing, outputs: [("points", Self.generator.output(z, Self.generator.parameters(drawing)))]), store: store, device: device, seed: seed)
        for step in 1...steps {
            for index in 0..<max(1, k) { session.setInput("discriminator-rate-\(index)", Self.adam.correctedRate(learningRate: 1e-4, update: step + index)) }
            session.setInput("generator-rate", Self.adam.correctedRate(learningRate: 1e-3, update: step))
            session.run(step: UInt64(step))
            guard step % every == 0 || step == steps else { continue }
            sampling.run(step: 0)
            let count = Count(sampling.output("points"))
            table.append([
                .count(k), .count(Int(seed)), .count(step), .number(Double(count.soft)), .number(Double(count.strict)), .number(count.quality), .number(count.entropy),
            ])
        }
    }

    /// What a set of points covers.
    struct Count {
        /// Modes with 1 % of the points within 0.4.
        private(set) var soft = 0
        /// Modes with a point within three standard deviations.
        private(set) var strict = 0
        /// The share of points within three standard deviations of a mode.
        private(set) var quality = 0.0
        /// The entropy of the nearest modes, in nats; log 8 = 2.079 if they are equally frequent.
        private(set) var entropy = 0.0

        init(_ points: [Float]) {
            var nearest = [Int](repeating: 0, count: ModeCollapse.modes), near = nearest, close = nearest
            for row in 0..<points.count / 2 {
                var best = 0, least = Float.infinity
                for (place, center) in ModeCollapse.centers.enumerated() {
                    let (dx, dy) = (points[2 * row] - center.x, points[2 * row + 1] - center.y)
                    if dx * dx + dy * dy < least { (best, least) = (place, dx * dx + dy * dy) }
                }
                nearest[best] += 1
                if least < 0.16 { near[best] += 1 }
                if least < 9 * ModeCollapse.deviation * ModeCollapse.deviation { close[best] += 1 }
            }
            let count = Double(points.count / 2)
            soft = near.count { Double($0) >= 0.01 * count }
            strict = close.count { $0 > 0 }
            quality = Double(close.reduce(0, +)) / count
            for hits in nearest where hits > 0 { entropy -= Double(hits) / count * RealFunctions.logarithm(Double(hits) / count) }
        }
    }

    private func picture(_ table: ResultTable) -> ExperimentResult.Picture {
        let title = "Modes kept on a ring of eight, with k unrolled steps of a slow discriminator"
        let measured = (1...steps).filter { $0 % every == 0 || $0 == steps }
        let lines = unrolled.enumerated().map { place, k in
            let points = measured.map { step -> LineFigure.Point in
                let values = table.numbers("soft_modes") { $0[0] == .count(k) && $0[2] == .count(step) }
                return LineFigure.Point(x: Double(step), y: values.reduce(0, +) / Double(values.count), between: values.reduce(.infinity, min), and: values.reduce(-.infinity, max))
            }
            return LineFigure.Line(name: "k-\(k)", title: "k = \(k)", appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(
            title: title, xTitle: "updates of the generator", yTitle: "modes with 1 % of the samples within 0.4", bandMethod: "minimum and maximum of \(settings.draws) seeds, around their mean",
            lines: lines, notes: ["Minimax loss, Adam (0.5, 0.999), learning rates 0.0001 (discriminator) and 0.001 (generator), batch \(Self.batch), \(Self.samples) samples."])
        return .init(title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: with a slow discriminator the generator jumps between modes; through unrolled discriminator steps it keeps more of them, on the mean of several seeds.
        Conditions: at equal learning rates a ring does not collapse at all, and single seeds contradict the mean. The count of modes with one good sample flatters a smeared generator,
        so the share of high-quality samples and the entropy stand beside it; a count at one step misleads where the generator rotates.
        """
}
