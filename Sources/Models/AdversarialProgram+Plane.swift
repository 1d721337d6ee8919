import Graphs

extension AdversarialProgram {
    /// The program whose networks have a phase each: first the discriminator's, then the generator's. The caller chooses the phase of each step, in place of the rule.
    func buildSeparated(probed: Int) throws(PlanError) -> TrainingProgram {
        let discriminator = AdversarialStep(self), generator = AdversarialStep(self)
        discriminator.updateDiscriminator()
        discriminator.moveState()
        generator.updateGenerator()
        let latentPlans = try self.latentPlans()
        let groups = [UpdateGroup("discriminator", phases: ["discriminator"]), UpdateGroup("generator", phases: ["generator"])]
        let rates = groups.compactMap { optimizer(of: $0.name).rate("\($0.name)_rate", of: $0) }
        return TrainingProgram(
            batchSize: batchSize, steps: steps, fields: [.images(network.images)], parameters: discriminator.entries,
            phases: [Phase("discriminator", try discriminator.plan()), Phase("generator", try generator.plan())], rule: .alternating(every: 2), updateGroups: groups,
            scalarInputs: rates, metrics: (discriminator.outputs + generator.outputs).map(\.0),
            generation: Generation(plan: latentPlans.sampling, images: network.images, latents: latents), inversion: latentPlans.inversion, collapse: .study,
            probe: try probe(probed))
    }

    /// Scores of given points, and where the generator's loss of each point falls.
    private func probe(_ count: Int) throws(PlanError) -> Plan {
        let graph = Graph()
        let points = graph.input("images", [count, network.images.height, network.images.width, network.images.channels])
        let scores = network.scores(points, ParameterSet(graph, prefix: "discriminator"), groups: 1)
        // The loss is a mean, and each point has its own term.
        let gradients = graph.gradients(of: loss.generatorLoss(generated: scores), for: [points])
        return try Plan(graph, outputs: [("scores", scores), ("directions", gradients[0] * Float(-count))])
    }
}
