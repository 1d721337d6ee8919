internal import Canonical
internal import Engine
internal import Figures
internal import Graphs
internal import Numerics

/// The critic of a Wasserstein GAN between two fixed blobs under weight clipping: gap, scale of the gradient, weights at the bounds, and how long it takes to fit,
/// for several bounds and depths.
///
/// - Source: Arjovsky, Chintala, and Bottou 2017, section 3 on weight clipping; Gulrajani et al. 2017, section 3.
/// - Differs: distributions N((+-1, 0), 0.5^2) with a known distance of 2 instead of a generator in training.
struct WeightClipping {
    let settings: ExperimentSettings
    let device: CPUDevice
    /// Updates of each critic.
    var steps = 2000
    /// The bounds, and the numbers of hidden layers.
    var bounds: [Float] = [0.001, 0.01, 0.1, 1]
    var depths = [2, 4]
    static let batch = 256
    static let evaluated = 1024
    static let width = 64

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        var table = ResultTable(
            "critics", title: "Critics after \(steps) updates",
            columns: ["hidden_layers", "c", "seed", "gap", "mean_gradient", "greatest_gradient", "gap_by_gradient", "weights_at_bounds", "live_weights_at_bounds", "updates_to_90_percent"])
        var curves = ResultTable("curves", title: "Gap as a part of the last one", columns: ["hidden_layers", "c", "seed", "step", "part"])
        var histograms = ResultTable("histograms", title: "Weights as parts of c", columns: ["hidden_layers", "c", "seed", "from", "to", "share"])
        let count = Double(depths.count * bounds.count * settings.draws)
        for depth in depths {
            for bound in bounds {
                for draw in 0..<settings.draws {
                    progress(Double(table.rows.count) / count)
                    try train(depth, bound, seed: settings.seed + UInt64(draw), &table, &curves, &histograms)
                }
            }
        }
        return ExperimentResult(
            .weightClipping, page: [Self.meaning], tables: [table, curves, histograms], json: ["seed": .integer(Int64(settings.seed)), "steps": .integer(Int64(steps))],
            pictures: [picture(table), histogram(histograms)])
    }

    private func train(_ depth: Int, _ bound: Float, seed: UInt64, _ table: inout ResultTable, _ curves: inout ResultTable, _ histograms: inout ResultTable) throws {
        let network = SmallNetwork(name: "critic", widths: [2] + [Int](repeating: Self.width, count: depth) + [1], activation: .relu), store = TensorStore()
        network.create(in: store, .weightClipping, seed: seed)
        for (name, _) in network.shapes { store[name] = store[name].map { max(-bound, min(bound, $0)) } }
        let graph = Graph(), weights = network.parameters(graph)
        func points(_ graph: Graph, _ name: String, _ x: Float, _ count: Int) -> Tensor {
            graph.random(RandomSource(stream: "experiment/weight-clipping/\(name)", distribution: .normal(mean: 0, deviation: 0.5)), [count, 2]) + graph.constant([x, 0], [1, 2])
        }
        let loss = network.output(points(graph, "generated", -1, Self.batch), weights).mean() - network.output(points(graph, "real", 1, Self.batch), weights).mean()
        let optimizer = RMSProp(learningRate: 1e-3, decay: 0.9, epsilon: 1e-8, placement: .outsideSquareRoot), gradients = graph.gradients(of: loss, for: weights)
        let updates = zip(network.shapes, zip(weights, gradients)).flatMap { shape, pair -> [(parameter: Tensor, value: Tensor)] in
            var steps = optimizer.updates(pair.0, named: shape.name, gradient: pair.1)
            steps[0].value = steps[0].value.clamped(low: -bound, high: bound)
            return steps
        }
        let session = Session(try Plan(graph, outputs: [], updates: updates), store: store, device: device, seed: seed)
        let measuring = Graph(), own = network.parameters(measuring)
        let real = points(measuring, "measured/real", 1, Self.evaluated), fake = points(measuring, "measured/generated", -1, Self.evaluated)
        let share = measuring.random(RandomSource(stream: "experiment/weight-clipping/measured/mixing", distribution: .uniform(low: 0, high: 1)), [Self.evaluated, 1])
        func slopes(_ x: Tensor) -> Tensor { measuring.gradients(of: network.output(x, own).sum(), for: [x])[0].squared().sum(axes: [1]).squareRoot() }
        let between = (fake + share * (real - fake)).stopGradient()
        let gap = network.output(real, own).mean() - network.output(fake, own).mean()
        let gauge = Session(try Plan(measuring, outputs: [("gap", gap)]), store: store, device: device, seed: seed)
        // The greatest value of each hidden unit: one that is 0 at all points has no gradient, and its weights stay where they were.
        let hidden = network.layers(Tensor.concatenate([real, fake], axis: 0), own).dropLast().enumerated().map { ("hidden-\($0)", $1.maximum(axes: [0])) }
        let slope = Session(
            try Plan(measuring, outputs: [("real", slopes(real)), ("fake", slopes(fake)), ("between", slopes(between))] + hidden), store: store, device: device, seed: seed)
        var gaps: [Double] = []
        for step in 1...steps {
            session.run(step: UInt64(step))
            gauge.run(step: 0)
            gaps.append(Double(gauge.output("gap")[0]))
        }
        slope.run(step: 0)
        let atFake = slope.output("fake").map { Double($0) }, all = atFake + (slope.output("real") + slope.output("between")).map { Double($0) }
        let greatest = all.reduce(0, max), last = gaps[steps - 1]
        let matrices = network.shapes.filter { $0.shape.extents.count == 2 }.flatMap { store[$0.name] }
        let live: [[Bool]] = [[true, true]] + hidden.map { slope.output($0.0).map { $0 > 0 } } + [[true]]
        let fitted = (gaps.firstIndex { $0 >= 0.9 * last } ?? steps - 1) + 1
        table.append([
            .count(depth), .number(Double("\(bound)") ?? 0), .count(Int(seed)), .number(last), .number(atFake.reduce(0, +) / Double(atFake.count)), .number(greatest),
            .number(last / greatest), .number(Double(matrices.count { abs($0) >= bound }) / Double(matrices.count)),
            .number(Self.shareAtBounds(network.shapes.filter { $0.shape.extents.count == 2 }.map { store[$0.name] }, live, bound)), .number(Double(fitted)),
        ])
        for step in Saturation.measured(steps).sorted() {
            curves.append([.count(depth), .number(Double("\(bound)") ?? 0), .count(Int(seed)), .count(step), .number(gaps[step - 1] / last)])
        }
        var bins = [Int](repeating: 0, count: 20)
        for weight in matrices { bins[max(0, min(19, Int((weight / bound + 1) * 10)))] += 1 }
        for (bin, count) in bins.enumerated() {
            histograms.append([
                .count(depth), .number(Double("\(bound)") ?? 0), .count(Int(seed)), .number(Double(bin) / 10 - 1), .number(Double(bin + 1) / 10 - 1),
                .number(Double(count) / Double(matrices.count)),
            ])
        }
    }

    /// The share of the weights at the bounds among those that connect units which are not 0 everywhere; 0 if there are none.
    private static func shareAtBounds(_ matrices: [[Float]], _ live: [[Bool]], _ bound: Float) -> Double {
        var count = 0, hits = 0
        for (layer, matrix) in matrices.enumerated() {
            for (place, weight) in matrix.enumerated() {
                let columns = live[layer + 1].count
                guard live[layer][place / columns], live[layer + 1][place % columns] else { continue }
                count += 1
                if abs(weight) >= bound { hits += 1 }
            }
        }
        return count > 0 ? Double(hits) / Double(count) : 0
    }

    private func picture(_ table: ResultTable) -> ExperimentResult.Picture {
        let title = "Gradient of the critic against the bound of its weights"
        let lines = depths.enumerated().map { place, depth in
            let points = bounds.map { bound -> LineFigure.Point in
                let values = table.numbers("mean_gradient") { $0[0] == .count(depth) && $0[1] == .number(Double("\(bound)") ?? 0) }
                return LineFigure.Point(x: Double("\(bound)") ?? 0, y: values.reduce(0, +) / Double(values.count))
            }
            return LineFigure.Line(name: "layers-\(depth)", title: "\(depth) hidden layers", appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(
            title: title, xTitle: "bound c", yTitle: "mean norm of the gradient at generated points", xScale: .logarithmic, yScale: .logarithmic, lines: lines,
            notes: ["Mean of \(settings.draws) seeds; critics of \(Self.width) rectified units a layer, RMSProp with learning rate 0.001, batch \(Self.batch), \(steps) updates."])
        return .init(title: title, draw: figure.svg)
    }

    private func histogram(_ table: ResultTable) -> ExperimentResult.Picture {
        let title = "Weights of the critics with \(depths[0]) hidden layers"
        let lines = bounds.enumerated().map { place, bound in
            func isShown(_ row: [ResultTable.Value]) -> Bool {
                row[0] == .count(depths[0]) && row[1] == .number(Double("\(bound)") ?? 0) && row[2] == .count(Int(settings.seed))
            }
            let points = zip(table.numbers("from", where: isShown), table.numbers("share", where: isShown)).map { LineFigure.Point(x: $0 + 0.05, y: $1) }
            return LineFigure.Line(name: "c-\(bound)", title: "c = \(bound)", appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(title: title, xTitle: "weight / c", yTitle: "share of the weights, in bins of 0.1", lines: lines, notes: ["Seed \(settings.seed)."])
        return .init(part: "weights", title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: the gradient of the critic scales about as c^(layers + 1), by a factor of 1,000 per decade of c with two hidden layers; small bounds push nearly all weights to the bounds, except those of units that died, which stay where they were;
        a large bound needs many more updates. The gap divided by the greatest gradient never exceeds the true distance 2, and is what can be compared.
        Condition: the raw loss is not comparable between bounds or depths; divide by the measured slope, and correlate a loss with quality within one run only.
        """
}
