internal import Canonical
internal import Metrics
internal import Numerics

/// How FID and the inception score respond to copies: real images serve as samples of three generators, one that generates new images, one that copies its
/// training images, and one with a single image per class. Only the memorization metric distinguishes the first two, and the inception
/// score rates the third highly.
///
/// The training split is divided at random into the generators' training images and new images; the test split is the reference of FID, and
/// its first N images are the held-out set of the memorization metric.
/// - Source: Lucic et al. 2018, section 5: neither score detects overfitting, and the inception score ignores missing variety within a class.
/// - Differs: the study states this without a table. N is the size of the test split, at most half of the training split.
struct Replay {
    let data: ExperimentData
    let settings: ExperimentSettings

    enum Generator: String, CaseIterable {
        case fresh, replay, onePerClass = "one-per-class"

        var words: String {
            switch self {
            case .fresh: "new images of the same distribution"
            case .replay: "copies of its training images"
            case .onePerClass: "one image per class, repeated"
            }
        }
    }

    private struct Draw {
        let fid: Double
        let score: Double
        let memorisation: Double
        static var columns: [(title: String, name: String, value: (Draw) -> Double)] {
            [("FID", "fid", { $0.fid }), ("Inception score", "is", { $0.score }), ("Memorization", "memorisation", { $0.memorisation })]
        }
    }

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        guard let labels = data.train.labels, let logits = data.trainLogits, data.classes > 1 else { throw ExperimentError.needsLabels(dataset: data.dataset) }
        let half = data.train.count / 2
        let count = settings.samples ?? min(data.test.count, half)
        guard count <= half else { throw ExperimentError.tooFew(what: "training images in each half", count: half, needed: count) }
        let reference = try data.test.fit(0..<data.test.count), heldOut = try data.test.set(0..<min(count, data.test.count))
        var draws: [Generator: [Draw]] = [:]
        for draw in 0..<settings.draws {
            progress(Double(draw) / Double(settings.draws))
            let order = RandomStream(seed: settings.seed, name: "experiment/replay/halves").choice(data.train.count, of: data.train.count, step: UInt64(draw))
            let (seen, fresh) = (Array(order[..<half]), Array(order[half...]))
            let known = try data.train.set(seen)
            for generator in Generator.allCases {
                let images = try images(of: generator, seen: seen, fresh: fresh, labels, count)
                let fid = try FrechetDistance.between(reference, data.train.fit(images))
                let score = try InceptionScore.whole.score(logits: logits.set(images)).mean
                let memorisation = try Memorisation.measure(train: known, heldOut: heldOut, generated: data.train.set(images)).share
                draws[generator, default: []].append(Draw(fid: fid, score: score, memorisation: memorisation))
            }
        }
        return result(count, half, Generator.allCases.map { ($0, draws[$0] ?? []) })
    }

    /// Indices in the training split; the image of a class is the first new one of that class.
    private func images(of generator: Generator, seen: [Int], fresh: [Int], _ labels: [UInt8], _ count: Int) throws -> [Int] {
        switch generator {
        case .fresh: return Array(fresh[..<count])
        case .replay: return Array(seen[..<count])
        case .onePerClass:
            let one = try (0..<data.classes).map { label in
                guard let place = fresh.first(where: { labels[$0] == label }) else {
                    throw ExperimentError.tooFew(what: "fresh images of class \(label)", count: 0, needed: 1)
                }
                return place
            }
            return (0..<count).map { one[$0 % data.classes] }
        }
    }

    private func result(_ count: Int, _ half: Int, _ rows: [(generator: Generator, draws: [Draw])]) -> ExperimentResult {
        var page = ["| generator | \(Draw.columns.map { "\($0.title), mean | standard deviation" }.joined(separator: " | ")) |", "|---|" + String(repeating: "---:|", count: 6)]
        var csv = "generator,draw,fid,is,memorisation\n", parts: [JSONValue] = []
        for (generator, draws) in rows {
            let summaries = Draw.columns.map { column in Summary(draws.map(column.value)) }
            page.append("| \(generator.words) | \(summaries.map { "\(Summary.text($0.mean)) | \(Summary.text($0.deviation))" }.joined(separator: " | ")) |")
            for (place, draw) in draws.enumerated() { csv += "\(generator.rawValue),\(place),\(draw.fid),\(draw.score),\(draw.memorisation)\n" }
            var part: [String: JSONValue] = ["generator": .string(generator.rawValue)]
            for (column, summary) in zip(Draw.columns, summaries) { part[column.name] = ["mean": .number(summary.mean), "deviation": .number(summary.deviation)] }
            parts.append(.object(part))
        }
        page += [
            "", "Memorization is the probability that an image is closer to its nearest training image than a held-out image is to its own: 0.5 for new images, 1 for copies.", "",
            data.provenance(settings) + " \(settings.draws) random halves of the training split; N = \(count) images per generator against \(data.test.count) test images, "
                + "\(half) training images. Standard deviations use the divisor n - 1.",
        ]
        var json = data.json(settings, samples: count)
        json["rows"] = .array(parts)
        return ExperimentResult(.replay, page: page, csv: csv, json: json)
    }
}
