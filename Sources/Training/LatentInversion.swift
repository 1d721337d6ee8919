import Graphs
internal import Canonical
internal import Metrics
internal import Models
internal import Numerics
internal import Engine

/// Inverts a frozen generator: for each image, searches the latents whose generated image is nearest, by Adam on the squared distance from several
/// starts, with latents clamped to the range of their distribution.
///
/// Searches start at the latents of the nearest generated images of the evaluation. The result is the smallest distance over all steps and starts, so more
/// starts or steps can only lower it.
/// - Source: Lucic et al. 2018, section 5.2, inverts the generator by gradient descent without further details; the settings are ours.
struct LatentInversion {
    struct Options {
        var steps = 200
        var restarts = 2
        /// Adam's learning rate.
        var rate = 0.05
        /// Normal latents are clamped to this many standard deviations.
        var normalBound = 3.0

        var json: JSONValue {
            [
                "learning_rate": .number(rate), "method": "adam-0.9-0.999", "normal_bound": .number(normalBound),
                "restarts": .integer(Int64(restarts)), "starts": "nearest-generated", "steps": .integer(Int64(steps)),
            ]
        }
    }

    let options: Options
    let sampler: Sampler
    private let session: Session
    /// Latent dimensions.
    private let size: Int
    private let bounds: ClosedRange<Float>

    /// - Errors: `MetricError.notApplicable` if the model has no inversion
    init(_ sampler: Sampler, options: Options = Options()) throws(MetricError) {
        guard let session = sampler.makeInversion(), let latents = sampler.program.generation.latents else {
            throw .notApplicable("it requires the latents of given images, and the model has no inversion")
        }
        self.sampler = sampler
        self.options = options
        self.session = session
        size = latents.dimensions
        bounds = switch latents.source.distribution {
        case .uniform(let low, let high): low...high
        case .normal(let mean, let deviation), .truncatedNormal(let mean, let deviation):
            (mean - Float(options.normalBound) * deviation)...(mean + Float(options.normalBound) * deviation)
        }
    }

    /// Squared distances between targets and their nearest generated images.
    /// - Parameters:
    ///   - generated: pixels of the images of latents 0, 1, ... of the evaluation stream
    ///   - enough: a search ends once its distance is below this value, which may then be larger than the minimum
    /// - Shapes: targets [count, elements] -> squared distances [count]
    func squaredDistances(of targets: FeatureSet, generated: FeatureSet, enough: Double = 0) -> [Double] {
        var waiting = descents(targets, generated)[...]
        var best = [Double](repeating: .infinity, count: targets.count)
        // Each slot of the batch takes the next search when its own ends, so the batch stays full.
        var places = [Descent?](repeating: nil, count: sampler.program.batchSize)
        var inputs = [Float](repeating: 0, count: places.count * targets.dimension)
        while true {
            for place in places.indices where places[place].map({ $0.step > options.steps || best[$0.target] < enough }) ?? true {
                while let next = waiting.first, best[next.target] < enough { waiting.removeFirst() }
                places[place] = waiting.popFirst().map { begun($0) }
                guard let target = places[place]?.target else { continue }
                let image = targets.matrix.rows(target..<target + 1).elements.map { Float($0) }
                inputs.replaceSubrange(place * image.count..<(place + 1) * image.count, with: image)
                session.setInput("targets", inputs)
            }
            if places.allSatisfy({ $0 == nil }) { return best }
            step(&places, &best)
        }
    }

    /// One search for the latents of a target, starting at those of a generated image.
    private struct Descent {
        let target: Int
        let start: Int
        var step = 0
        var adam: AdamDescent?
    }

    /// The searches, ordered by restart: first those from each target's nearest image.
    private func descents(_ targets: FeatureSet, _ generated: FeatureSet) -> [Descent] {
        var starts: [[Int]] = []
        targets.matrix.squaredDistances(to: generated.matrix) { rows, block in
            for place in 0..<rows.count { starts.append(block.smallest(options.restarts, ofRow: place)) }
        }
        return (0..<options.restarts).flatMap { restart in
            starts.indices.filter { restart < starts[$0].count }.map { Descent(target: $0, start: starts[$0][restart]) }
        }
    }

    private func begun(_ descent: Descent) -> Descent {
        var result = descent
        result.adam = AdamDescent(latents(descent.start), rate: Float(options.rate), bounds: bounds)
        return result
    }

    /// Evaluates all slots, then updates their latents.
    private func step(_ places: inout [Descent?], _ best: inout [Double]) {
        session.setInput("latents", places.flatMap { $0?.adam?.values ?? [Float](repeating: 0, count: size) })
        session.run(step: 0)
        let distances = session.output("distances"), gradients = session.output("gradients")
        for place in places.indices {
            guard let target = places[place]?.target else { continue }
            best[target] = Swift.min(best[target], Double(distances[place]))
            places[place]?.adam?.move(Array(gradients[place * size..<(place + 1) * size]))
            places[place]?.step += 1
        }
    }

    private func latents(_ index: Int) -> [Float] {
        sampler.latents(stream: RandomStream(seed: 0, name: Evaluator.latentStream), start: index, count: 1)
    }
}
