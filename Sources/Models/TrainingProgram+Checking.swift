import Graphs

extension TrainingProgram {
    /// The first inconsistency, in words; nil if there is none.
    var problem: String? { phaseProblem ?? initializationProblem ?? generationProblem ?? inversionProblem ?? likelihoodProblem }

    private var phaseProblem: String? {
        if rule.phases != phases.count { return "the rule selects among \(rule.phases) phases, the program has \(phases.count)" }
        let names = Set(phases.map(\.name))
        if Set(namedPlans.map(\.name)).count != namedPlans.count { return "plan names are not unique: \(namedPlans.map(\.name))" }
        for phase in phases {
            if let problem = inputProblem(phase.plan, examples: batchSize, scalars: scalarInputs.map(\.name)) { return "phase \(phase.name): \(problem)" }
        }
        for group in updateGroups {
            if let unknown = group.phases.first(where: { !names.contains($0) }) { return "update group \(group.name): unknown phase \(unknown)" }
        }
        if let group = scalarInputs.compactMap(\.group).first(where: { name in !updateGroups.contains { $0.name == name } }) { return "unknown update group \(group)" }
        let outputs = phases.flatMap { $0.plan.outputs.map(\.name) }
        return metrics.first { !outputs.contains($0) }.map { "no phase computes the metric \($0)" }
    }

    private var initializationProblem: String? {
        guard let initialization else { return nil }
        if !(0...steps).contains(initialization.step) { return "initialization: step \(initialization.step), expected 0...\(steps)" }
        return inputProblem(initialization.plan, examples: initialization.examples, scalars: []).map { "initialization: \($0)" }
    }

    /// The first input of a plan that has no source, or another shape than its source.
    private func inputProblem(_ plan: Plan, examples: Int, scalars: [String]) -> String? {
        for (name, shape) in plan.inputs {
            if let field = fields.first(where: { $0.name == name }) {
                if field.shape(examples: examples) != shape { return "input \(name) has shape \(shape), expected \(field.shape(examples: examples)) for \(examples) examples" }
            } else if !scalars.contains(name) {
                return "input \(name) is neither a field (\(fields.map(\.name))) nor a scalar (\(scalars))"
            } else if shape != .scalar {
                return "scalar input \(name) has shape \(shape)"
            }
        }
        return nil
    }

    private var generationProblem: String? {
        if generation.latents == nil, generation.condition == nil { return "generation: requires latents, a condition, or both" }
        var filled: [String: Shape] = [:]
        if let latents = generation.latents { filled["latents"] = [batchSize, latents.dimensions] }
        if let condition = generation.condition { filled[condition.name] = condition.shape(examples: batchSize) }
        if let input = generation.plan.inputs.first(where: { filled[$0.name] != $0.shape }) {
            return "generation: input \(input.name) \(input.shape) is not one of \(filled.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })"
        }
        let made = BatchField.images(generation.images).shape(examples: batchSize)
        guard generation.plan.outputs.contains(where: { $0.name == "images" && $0.shape == made }) else { return "generation: requires an output images \(made)" }
        return nil
    }

    private var likelihoodProblem: String? {
        guard let likelihood else { return nil }
        let examples = BatchField.images(generation.images).shape(examples: batchSize)
        var filled = ["images": examples]
        if likelihood.levels != nil { filled["noise"] = examples }
        if let condition = generation.condition { filled[condition.name] = condition.shape(examples: batchSize) }
        if let input = likelihood.plan.inputs.first(where: { filled[$0.name] != $0.shape }) {
            return "likelihood: input \(input.name) \(input.shape) is not one of \(filled.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })"
        }
        guard likelihood.plan.outputs.contains(where: { $0.name == "log_likelihoods" && $0.shape == [batchSize] }) else {
            return "likelihood: requires an output log_likelihoods [\(batchSize)]"
        }
        return nil
    }

    private var inversionProblem: String? {
        guard inversion != nil, generation.latents == nil || generation.condition != nil else { return nil }
        return "inversion: requires generation from latents alone"
    }
}
