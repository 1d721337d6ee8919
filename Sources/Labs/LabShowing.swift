import Canonical
import Engine
import Graphs
import Models
import Numerics

/// Makes frames of the parameters in a store. Its latents and points are fixed, so that frames differ by the parameters alone.
final class LabShowing {
    /// Generated points that are drawn, and real ones.
    static let points = 300, realPoints = 450
    /// Generated points with an arrow.
    static let arrows = 100
    /// Points of the discriminator's field on each side: as many as the probe takes.
    static let field = 32
    /// Nodes of the warped grid on each side, and of the line of one latent.
    static let nodes = 21, line = 81

    private let specification: LabSpecification
    private let program: TrainingProgram
    private let generation: Session
    private let probe: Session?
    private let likelihood: Session?
    private let measures: LabMeasures
    private let grid: [Float]
    private let shown: [Float], measured: [Float], mesh: [Float]

    init(_ specification: LabSpecification, _ program: TrainingProgram, store: TensorStore, device: CPUDevice) {
        (self.specification, self.program) = (specification, program)
        generation = Session(program.generation.plan, store: store, device: device, seed: 0)
        probe = program.probe.map { Session($0, store: store, device: device, seed: 0) }
        likelihood = program.likelihood.map { Session($0.plan, store: store, device: device, seed: 0) }
        measures = LabMeasures(specification.distribution)
        let extent = Float(PlaneDistribution.extent)
        grid = (0..<Self.field * Self.field).flatMap { index -> [Float] in
            func coordinate(_ index: Int) -> Float { -extent + 2 * extent * (Float(index) + 0.5) / Float(Self.field) }
            return [coordinate(index % Self.field), coordinate(index / Self.field)]
        }
        func latents(_ stream: String, _ count: Int) -> [Float] {
            let distribution = specification.model == "realnvp" ? RandomStream.Distribution.normal(mean: 0, deviation: 1) : specification.latents
            return RandomStream(seed: 0, name: "lab/\(stream)").numbers(distribution, step: 0, count: count * specification.generatedDimensions)
        }
        (shown, measured) = (latents("shown", Self.points), latents("measured", LabMeasures.generated))
        mesh = Self.mesh(specification)
    }

    /// Nodes of an even grid of the first two latents, the others 0: two standard deviations to each side, or all of the range.
    private static func mesh(_ specification: LabSpecification) -> [Float] {
        let dimensions = specification.generatedDimensions, reach: Float = specification.latentsAreNormal ? 2 : 1
        func place(_ index: Int, of count: Int) -> Float { -reach + 2 * reach * Float(index) / Float(count - 1) }
        if dimensions == 1 { return (0..<line).map { place($0, of: line) } }
        return (0..<nodes * nodes).flatMap { index in
            [place(index % nodes, of: nodes), place(index / nodes, of: nodes)] + [Float](repeating: 0, count: dimensions - 2)
        }
    }

    func frame(branch: String, step: Int, updates: [String: Int], losses: [String: Double], isDiverged: Bool) -> LabFrame {
        let generated = points(shown)
        let (measured, shares) = measures.facts(points(self.measured))
        var facts = measured
        facts["branch"] = .string(branch)
        facts["step"] = .count(step)
        facts["updates"] = .object(updates.mapValues { .count($0) })
        facts["losses"] = .object(losses.mapValues { .optional($0) })
        facts["diverged"] = .bool(isDiverged)
        facts["numerics"] = .count(Version.numerics)
        var parts = [LabFrame.Part("generated", [Self.points, 2], generated)]
        if let (quantity, field) = field() {
            facts["field"] = .string(quantity)
            parts.append(LabFrame.Part("field", [Self.field, Self.field], field))
        }
        if let directions = directions(generated) { parts.append(LabFrame.Part("directions", [Self.arrows, 2], directions)) }
        let warped = points(mesh)
        parts.append(LabFrame.Part("manifold", specification.generatedDimensions == 1 ? [Self.line, 2] : [Self.nodes, Self.nodes, 2], warped))
        parts.append(LabFrame.Part("density", [LabMeasures.cells, LabMeasures.cells], shares.dropLast().map { Float($0) }))
        return LabFrame(facts, parts)
    }

    /// What is the same at every step of a branch: the real points and their density, and what a perfect generator would get.
    func reference(branch: String) -> LabFrame {
        let real = specification.distribution.points(seed: 0, stream: "shown", step: 0, count: Self.realPoints)
        return LabFrame(
            ["branch": .string(branch), "extent": .number(PlaneDistribution.extent), "kl_floor": .number(measures.floor.kl), "js_floor": .number(measures.floor.js)],
            [
                LabFrame.Part("real", [Self.realPoints, 2], real),
                LabFrame.Part("density", [LabMeasures.cells, LabMeasures.cells], measures.shares.dropLast().map { Float($0) }),
            ])
    }

    // MARK: Parts

    /// The points of latents. - Shapes: [count, dimensions] -> [count, 2]
    private func points(_ latents: [Float]) -> [Float] {
        let size = program.batchSize * specification.generatedDimensions
        var points: [Float] = []
        points.reserveCapacity(latents.count / specification.generatedDimensions * 2)
        for start in stride(from: 0, to: latents.count, by: size) {
            let given = latents[start..<min(start + size, latents.count)]
            generation.setInput("latents", Array(given) + [Float](repeating: 0, count: size - given.count))
            generation.run(step: 0)
            points += generation.output("images").prefix(given.count / specification.generatedDimensions * 2)
        }
        return points
    }

    /// What the discriminator or the flow says of every place, and what it is.
    private func field() -> (String, [Float])? {
        if let probe {
            probe.setInput("images", grid)
            probe.run(step: 0)
            let quantity = specification.model == "began" ? "reconstruction" : specification.model.hasPrefix("wgan") ? "critic" : "logit"
            return (quantity, probe.output("scores"))
        }
        guard let likelihood else { return nil }
        var values: [Float] = [], size = 2 * program.batchSize
        size = max(2, size)
        for start in stride(from: 0, to: grid.count, by: size) {
            let given = grid[start..<min(start + size, grid.count)]
            likelihood.setInput("images", Array(given) + [Float](repeating: 0, count: size - given.count))
            likelihood.run(step: 0)
            values += likelihood.output("log_likelihoods").prefix(given.count / 2)
        }
        return ("log_density", values)
    }

    /// Where the generator's loss falls at generated points; nil without a discriminator.
    private func directions(_ generated: [Float]) -> [Float]? {
        guard let probe else { return nil }
        let given = Array(generated.prefix(2 * Self.arrows))
        probe.setInput("images", given + [Float](repeating: 0, count: 2 * LabSpecification.probed - given.count))
        probe.run(step: 0)
        return Array(probe.output("directions").prefix(2 * Self.arrows))
    }
}
