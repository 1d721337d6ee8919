import Graphs
internal import Engine
internal import Metrics
internal import Models
internal import Numerics

/// The log-likelihoods of reference examples under a model's current parameters; of a conditional model, given the condition of each example.
struct LikelihoodEvaluation {
    let likelihood: Likelihood
    private let sampler: Sampler
    private let session: Session
    private let batch: Int

    /// - Errors: `MetricError.notApplicable` if the model defines no likelihood
    init(_ sampler: Sampler) throws(MetricError) {
        guard let likelihood = sampler.program.likelihood, let session = sampler.makeLikelihood() else {
            throw .notApplicable("the model defines no likelihood of examples")
        }
        (self.likelihood, self.sampler, self.session, batch) = (likelihood, sampler, session, sampler.program.batchSize)
    }

    /// Bits per dimension of images [count, h, w, c] in the data set's range.
    /// - Errors: `MetricError.tooFew` for fewer than two images
    func bitsPerDimension(of images: [Float], count: Int, _ metric: BitsPerDimension) throws(MetricError) -> BitsPerDimension.Result {
        try metric.measure(
            logLikelihoods(of: images, count: count, draws: metric.draws), dimensions: likelihood.dimensions, levels: likelihood.levels)
    }

    /// log p of each example in nats, averaged over draws of the noise. The value of an example depends neither on the others nor on the batch size. A conditional model
    /// reads the condition of image i from example i of the sampler's conditions, so the images are the first of that split.
    /// - Shapes: images [count, h, w, c] in the data set's range -> [count]
    func logLikelihoods(of images: [Float], count: Int, draws: Int) -> [Double] {
        let elements = likelihood.dimensions, condition = sampler.program.generation.condition
        // Noise of continuous examples does not exist, so one draw is exact.
        let draws = likelihood.levels == nil ? 1 : draws
        let stream = RandomStream(seed: 0, name: BitsPerDimension.noiseStream)
        var sums = [Double](repeating: 0, count: count)
        for start in stride(from: 0, to: count, by: batch) {
            let taken = Swift.min(batch, count - start)
            var examples = Array(images[start * elements..<(start + taken) * elements])
            examples += [Float](repeating: 0, count: (batch - taken) * elements)
            session.setInput("images", examples)
            if let condition, session.plan.inputs.contains(where: { $0.name == condition.name }) {
                session.setInput(condition.name, sampler.conditions(start: start, count: batch))
            }
            for draw in 0..<draws {
                if likelihood.levels != nil {
                    session.setInput(
                        "noise",
                        stream.numbers(.uniform(low: 0, high: 1), step: UInt64(draw), start: start * elements, count: batch * elements))
                }
                session.run(step: 0)
                for (place, value) in session.output("log_likelihoods").prefix(taken).enumerated() { sums[start + place] += Double(value) }
            }
        }
        return sums.map { $0 / Double(draws) }
    }
}
