internal import Canonical
internal import Metrics
internal import Numerics

/// FID between two sets of real images: a lower bound on what generators can be expected to reach.
///
/// Protocol 1 uses the published split: N training images drawn without replacement against the test split, repeatedly.
/// Protocol 2 draws a new random split of the same sizes each time: N images of its training part against its test part.
/// - Source: Lucic et al. 2018, section 5.1 and table 2.
/// - Differs: N is the size of the test split, at most the size of the training split; protocol 2 takes one draw from each partition.
struct FIDFloor {
    let data: ExperimentData
    let settings: ExperimentSettings

    func run(_ progress: (Double) -> Void) throws -> ExperimentResult {
        let count = settings.samples ?? min(data.test.count, data.train.count)
        guard count <= data.train.count else { throw ExperimentError.tooFew(what: "training images", count: data.train.count, needed: count) }
        let first = try fixedSplit(count) { progress(0.5 * $0) }
        let second = try drawnSplits(count) { progress(0.5 + 0.5 * $0) }
        return result(count, [("published split", first), ("random splits", second)])
    }

    private func fixedSplit(_ count: Int, _ progress: (Double) -> Void) throws -> [Double] {
        let reference = try data.test.fit(0..<data.test.count)
        let stream = RandomStream(seed: settings.seed, name: "experiment/fid-floor/draw")
        return try (0..<settings.draws).map { draw in
            progress(Double(draw) / Double(settings.draws))
            return try FrechetDistance.between(reference, data.train.fit(stream.choice(count, of: data.train.count, step: UInt64(draw))))
        }
    }

    private func drawnSplits(_ count: Int, _ progress: (Double) -> Void) throws -> [Double] {
        let all = data.train.joined(data.test), held = data.test.count
        let stream = RandomStream(seed: settings.seed, name: "experiment/fid-floor/partition")
        return try (0..<settings.draws).map { draw in
            progress(Double(draw) / Double(settings.draws))
            // A random order: the test part first, then the first `count` images of the training part.
            let order = stream.choice(held + count, of: all.count, step: UInt64(draw))
            return try FrechetDistance.between(all.fit(order[..<held]), all.fit(order[held...]))
        }
    }

    private func result(_ count: Int, _ protocols: [(name: String, values: [Double])]) -> ExperimentResult {
        var page = ["| protocol | draws | N | mean FID | standard deviation |", "|---|---:|---:|---:|---:|"]
        var csv = "protocol,draw,fid\n", parts: [JSONValue] = []
        for (place, part) in protocols.enumerated() {
            let summary = Summary(part.values)
            page.append("| \(place + 1): \(part.name) | \(part.values.count) | \(count) | \(Summary.text(summary.mean)) | \(Summary.text(summary.deviation)) |")
            for (draw, value) in part.values.enumerated() { csv += "\(place + 1),\(draw),\(value)\n" }
            parts.append([
                "protocol": .integer(Int64(place + 1)), "title": .string(part.name), "values": .array(part.values.map(JSONValue.number)),
                "mean": .number(summary.mean), "deviation": .number(summary.deviation),
            ])
        }
        page += ["", data.provenance(settings) + " Reference: \(data.test.count) images. Standard deviations use the divisor n - 1.", "", Self.meaning]
        var json = data.json(settings, samples: count)
        json["protocols"] = .array(parts)
        return ExperimentResult(.fidFloor, page: page, csv: csv, json: json)
    }

    private static let meaning = """
        For two infinite sets from the same distribution the distance would be 0: the remainder is the bias of a finite N and, in protocol 1, the
        difference between the two splits. A generator that copies N training images would score like protocol 1: FID does not detect overfitting.
        """
}
