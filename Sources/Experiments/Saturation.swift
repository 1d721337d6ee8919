internal import Canonical
internal import Engine
internal import Figures
internal import Graphs
internal import Numerics

/// Norms of the generator's gradient under log(1 - D) (saturating) and -log D (non-saturating) while a discriminator is trained from scratch against a fixed
/// generator, for disjoint and for overlapping supports.
///
/// The generators are affine: G(z) = z A + b with the latents' distribution N(0, 1) or U[-1, 1), so that the supports are known. Gradients are those of
/// A and b, of the same 2,048 latents at every step, from the discriminator's logits: -sigmoid(a) for log(1 - D), sigmoid(a) - 1 for -log D.
/// - Source: Arjovsky and Bottou 2017, figures 2 and 3; Goodfellow et al. 2014, section 3.
/// - Differs: distributions with known supports instead of images.
struct Saturation {
    let settings: ExperimentSettings
    let device: CPUDevice
    /// Updates of the discriminator.
    var steps = 4000
    var cases = Case.all
    static let batch = 128
    static let latents = 2048

    /// An affine map of latents.
    struct Map {
        /// [latents, dimension], row by row
        let matrix: [Float]
        let offset: [Float]
        let isUniform: Bool

        var latents: Int { matrix.count / offset.count }
    }

    /// A pair of real and generated points.
    struct Case {
        let name: String
        let title: String
        let isDisjoint: Bool
        /// The maps of the data and of the generator with a seed.
        let maps: @Sendable (_ seed: UInt64) -> (data: Map, generator: Map)

        static func blobs(_ name: String, _ title: String, distance: Float, isDisjoint: Bool) -> Case {
            Case(name: name, title: title, isDisjoint: isDisjoint) { _ in
                func blob(_ x: Float) -> Map { Map(matrix: [0.1, 0, 0, 0.1], offset: [x, 0], isUniform: false) }
                return (blob(0), blob(distance))
            }
        }

        static func segments(_ name: String, _ title: String, direction: [Float], offset: [Float], isDisjoint: Bool) -> Case {
            Case(name: name, title: title, isDisjoint: isDisjoint) { _ in
                (Map(matrix: [1, 0], offset: [0, 0], isUniform: true), Map(matrix: direction, offset: offset, isUniform: true))
            }
        }

        static let all = [
            blobs("distant-blobs", "blobs, 40 standard deviations apart", distance: 4, isDisjoint: true),
            Case(name: "subspaces", title: "two random 6-dimensional subspaces of 36 dimensions", isDisjoint: true) { seed in
                func subspace(_ name: String) -> Map {
                    let stream = RandomStream(seed: seed, name: "experiment/saturation/subspace/\(name)")
                    return Map(matrix: stream.numbers(.normal(mean: 0, deviation: 0.40824829), step: 0, count: 6 * 36), offset: [Float](repeating: 0, count: 36), isUniform: false)
                }
                return (subspace("data"), subspace("generator"))
            },
            segments("parallel-segments", "parallel segments, 0.25 apart", direction: [1, 0], offset: [0, 0.25], isDisjoint: true),
            segments("crossing-segments", "crossing segments", direction: [0, 1], offset: [0, 0], isDisjoint: false),
            blobs("near-blobs", "blobs, 4 standard deviations apart", distance: 0.4, isDisjoint: false),
        ]
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        var table = ResultTable(
            "norms", title: "Norms of the gradient for the generator's parameters",
            columns: ["supports", "disjoint", "seed", "step", "saturating", "non_saturating", "mean_probability"])
        for (place, one) in cases.enumerated() {
            for draw in 0..<settings.draws {
                progress((Double(place) + Double(draw) / Double(settings.draws)) / Double(cases.count))
                try train(one, seed: settings.seed + UInt64(draw), &table)
            }
        }
        return ExperimentResult(
            .saturation, page: [Self.meaning], tables: [table], json: ["seed": .integer(Int64(settings.seed)), "steps": .integer(Int64(steps))],
            pictures: [picture(table, "saturating", "log(1 - D)", isFirst: true), picture(table, "non_saturating", "-log D", isFirst: false), Self.slopes])
    }

    /// Trains a discriminator of two layers of 32 rectified units with Adam, and measures at steps 1, 2, 5, 10, ..., and at the last.
    private func train(_ one: Case, seed: UInt64, _ table: inout ResultTable) throws {
        let (data, generator) = one.maps(seed)
        let dimension = data.offset.count
        let network = SmallNetwork(name: "discriminator", widths: [dimension, 32, 32, 1], activation: .relu), store = TensorStore()
        network.create(in: store, .saturation, seed: seed)
        let graph = Graph(), weights = network.parameters(graph), rate = graph.input("rate", .scalar)
        func points(_ map: Map, _ name: String, _ graph: Graph, count: Int, _ matrix: Tensor, _ offset: Tensor) -> Tensor {
            let source = RandomSource(stream: "experiment/saturation/\(name)", distribution: map.isUniform ? .uniform(low: -1, high: 1) : .normal(mean: 0, deviation: 1))
            return Tensor.matmul(graph.random(source, [count, map.latents]), matrix) + offset
        }
        func fixed(_ map: Map, _ name: String) -> Tensor {
            points(map, name, graph, count: Self.batch, graph.constant(map.matrix, [map.latents, dimension]), graph.constant(map.offset, [dimension]))
        }
        let loss = (-network.output(fixed(data, "data"), weights)).softplus().mean() + network.output(fixed(generator, "latents"), weights).softplus().mean()
        let adam = Adam()
        let session = Session(
            try Plan(graph, outputs: [], updates: network.updates(adam, weights, gradients: graph.gradients(of: loss, for: weights), rate: rate)), store: store, device: device, seed: seed)
        // The generator's parameters are inputs, so that its gradients exist; their values never change.
        let measuring = Graph(), matrix = measuring.input("matrix", [generator.latents, dimension]), offset = measuring.input("offset", [dimension])
        let logits = network.output(points(generator, "measured", measuring, count: Self.latents, matrix, offset), network.parameters(measuring))
        func norm(_ loss: Tensor) -> Tensor {
            let gradients = measuring.gradients(of: loss, for: [matrix, offset])
            return (gradients[0].squared().sum() + gradients[1].squared().sum()).squareRoot()
        }
        let plan = try Plan(
            measuring,
            outputs: [("saturating", norm(-logits.softplus().mean())), ("non_saturating", norm((-logits).softplus().mean())), ("probability", logits.sigmoid().mean())])
        let gauge = Session(plan, store: store, device: device, seed: seed)
        gauge.setInput("matrix", generator.matrix)
        gauge.setInput("offset", generator.offset)
        let measured = Self.measured(steps)
        for step in 1...steps {
            session.setInput("rate", adam.correctedRate(learningRate: 1e-3, update: step))
            session.run(step: UInt64(step))
            guard measured.contains(step) else { continue }
            gauge.run(step: 0)
            table.append([
                .text(one.name), .text(one.isDisjoint ? "yes" : "no"), .count(Int(seed)), .count(step), .number(Double(gauge.output("saturating")[0])),
                .number(Double(gauge.output("non_saturating")[0])), .number(Double(gauge.output("probability")[0])),
            ])
        }
    }

    /// 1, 2, 5, 10, 20, 50, ... and the last step.
    static func measured(_ steps: Int) -> Set<Int> {
        var found: Set<Int> = [steps], power = 1
        while power <= steps {
            for factor in [1, 2, 5] where factor * power <= steps { found.insert(factor * power) }
            power *= 10
        }
        return found
    }

    private func picture(_ table: ResultTable, _ column: String, _ loss: String, isFirst: Bool) -> ExperimentResult.Picture {
        let title = "Norm of the generator's gradient under \(loss) while the discriminator is trained"
        let lines = cases.enumerated().map { place, one in
            let points = Self.measured(steps).sorted().map { step -> LineFigure.Point in
                let values = table.numbers(column) { $0[0] == .text(one.name) && $0[3] == .count(step) }
                return LineFigure.Point(x: Double(step), y: values.reduce(0, +) / Double(values.count), between: values.reduce(.infinity, min), and: values.reduce(-.infinity, max))
            }
            return LineFigure.Line(name: one.name, title: one.title, appearance: SeriesAppearance(index: place), points: points)
        }
        let figure = LineFigure(
            title: title, xTitle: "updates of the discriminator", yTitle: "norm over the parameters of the generator", xScale: .logarithmic, yScale: .logarithmic,
            bandMethod: "minimum and maximum of \(settings.draws) seeds, around their mean", lines: lines,
            notes: ["Discriminator of 2 x 32 rectified units, Adam with learning rate 0.001, batch \(Self.batch); the generator is fixed, the same \(Self.latents) latents at every step."])
        return .init(part: isFirst ? nil : "non-saturating", title: title, draw: figure.svg)
    }

    /// The slopes of both losses against the logit of the discriminator.
    private static var slopes: ExperimentResult.Picture {
        let title = "Slopes of the generator's losses against the discriminator's logit"
        let logits = (0...80).map { -10 + 0.25 * Double($0) }
        func line(_ place: Int, _ name: String, _ title: String, _ slope: (Double) -> Double) -> LineFigure.Line {
            .init(name: name, title: title, appearance: SeriesAppearance(index: place), points: logits.map { LineFigure.Point(x: $0, y: slope($0)) })
        }
        let figure = LineFigure(
            title: title, xTitle: "logit a of D at a generated point", yTitle: "magnitude of the slope",
            lines: [line(0, "saturating", "log(1 - D): sigmoid(a)") { Logarithms.sigmoid($0) }, line(1, "non_saturating", "-log D: 1 - sigmoid(a)") { Logarithms.sigmoid(-$0) }],
            notes: ["A discriminator that rejects generated points confidently has very negative logits there."])
        return .init(part: "slopes", title: title, draw: figure.svg)
    }

    private static let meaning = """
        What to see: for disjoint supports the gradient under log(1 - D) falls by orders of magnitude as the discriminator becomes better, while that under -log D grows.
        Condition: the supports must be disjoint (or nearly, as two low-dimensional subspaces in many dimensions are). Where supports overlap, or cross, D cannot separate them, and the
        gradient under log(1 - D) does not fall: the last two cases show it.
        """
}
