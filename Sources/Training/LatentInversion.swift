internal import Canonical
internal import Metrics
internal import Models
internal import Tensors

/// Finds for each image the latents whose generated image is nearest to it, with the generator frozen: Adam on the squared distance from several
/// starts, the latents clamped to their distribution's range.
///
/// Starts are the latents of the nearest generated images of the evaluation. The least distance that any step of any start reached counts, so more
/// starts and more steps can only lower it.
/// - Source: Lucic et al. 2018, section 5.2, inverts the generator by gradient descent and says no more; the settings here are ours.
struct LatentInversion {
    struct Options {
        var steps = 200
        var restarts = 2
        var rate: Float = 0.05
        /// Latents of a normal distribution are kept within so many deviations.
        var normalBound: Float = 3

        var json: JSONValue {
            [
                "learning_rate": .number(0.05), "method": "adam-0.9-0.999", "normal_bound": .number(Double(normalBound)),
                "restarts": .integer(Int64(restarts)), "starts": "nearest-generated", "steps": .integer(Int64(steps)),
            ]
        }
    }

    let options: Options
    let sampler: Sampler
    private let session: Session
    private let bounds: ClosedRange<Float>

    init(_ sampler: Sampler, options: Options = Options()) {
        self.sampler = sampler
        self.options = options
        session = sampler.makeInversion()
        bounds = switch sampler.program.latentSource.distribution {
        case .uniform(let low, let high): low...high
        case .normal(let mean, let deviation), .truncatedNormal(let mean, let deviation):
            (mean - options.normalBound * deviation)...(mean + options.normalBound * deviation)
        }
    }

    /// - Parameter generated: pixels of the images of the latents 0, 1, ... of the evaluation's stream
    /// - Shapes: targets [count, elements] -> squared distances [count]
    func squaredDistances(of targets: FeatureSet, generated: FeatureSet) -> [Double] {
        var starts: [[Int]] = []
        targets.matrix.squaredDistances(to: generated.matrix) { rows, block in
            for place in 0..<rows.count { starts.append(block.smallest(options.restarts, ofRow: place)) }
        }
        let batch = sampler.program.batchSize
        return stride(from: 0, to: targets.count, by: batch).flatMap { first in
            let wanted = (first..<first + batch).map { Swift.min($0, targets.count - 1) }
            let distances = descend(wanted, targets, starts)
            return distances.prefix(targets.count - first)
        }
    }

    /// The least distances of a whole batch of targets.
    private func descend(_ wanted: [Int], _ targets: FeatureSet, _ starts: [[Int]]) -> [Double] {
        session.setInput("targets", wanted.flatMap { targets.matrix.rows($0..<$0 + 1).elements.map { Float($0) } })
        var best = [Double](repeating: .infinity, count: wanted.count)
        for restart in 0..<options.restarts {
            var descent = AdamDescent(
                wanted.flatMap { latents(starts[$0][Swift.min(restart, starts[$0].count - 1)]) }, rate: options.rate, bounds: bounds)
            for step in 0...options.steps {
                session.setInput("latents", descent.values)
                session.run(step: 0)
                for (place, distance) in session.output("distances").enumerated() { best[place] = Swift.min(best[place], Double(distance)) }
                if step < options.steps { descent.move(session.output("gradients")) }
            }
        }
        return best
    }

    private func latents(_ index: Int) -> [Float] {
        sampler.latents(stream: RandomStream(seed: 0, name: Evaluator.latentStream), start: index, count: 1)
    }
}
