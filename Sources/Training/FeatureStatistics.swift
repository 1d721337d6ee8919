internal import Archives
public import Canonical
public import Metrics
internal import Numerics

/// Mean and covariance of the features of a set of images: one side of a Frechet distance.
public struct FeatureStatistics {
    /// The fit of all images. It may be singular where there are fewer images than features.
    public let fit: GaussianFit
    /// Number of images; nil if a statistics file does not say it.
    public let count: Int?
    /// The fit of the first half of the images in the order of their content; nil if it is not known.
    public let half: GaussianFit?
    /// The digest of the extractor; nil if a statistics file does not say it.
    public let extractor: Digest?
    /// Features one after another, kept if they were asked for. - Shapes: [count, dimension]
    public let features: [Float]?

    /// Reads `mu` and `sigma` of a file that pytorch-fid, TTUR, clean-fid, or this program wrote; nil if the file has no such arrays.
    /// - Errors: `ArchiveError` for a file that is not `.npz`; `StatisticsError` for arrays that are not statistics
    public init?(file path: String) throws {
        let bytes = try FileSystem.readInput(path, limit: 1 << 31)
        let arrays = try Npz.arrays(bytes)
        guard let (mean, covariance) = try Self.arrays(arrays, path) else { return nil }
        // Only this program's files say how many images there were, and which network.
        let manifest = (try? Archive.decode(bytes))?.manifest
        count = (manifest?["samples"]?.integerValue).flatMap { Int(exactly: $0) }
        extractor = (manifest?["encoder_digest"]?.stringValue).flatMap { try? Digest(hex: $0) }
        fit = GaussianFit(
            count: Swift.max(2, count ?? 2), mean: mean, covariance: Matrix(rows: mean.count, columns: mean.count, elements: covariance))
        (half, features) = (nil, nil)
    }

    /// `mu` and `sigma`; nil if they are not there.
    /// - Errors: `StatisticsError` for arrays that are not statistics
    static func arrays(_ arrays: [ArrayEntry], _ path: String) throws -> (mean: [Double], covariance: [Double])? {
        guard let mean = arrays.first(where: { $0.name == "mu" }), let covariance = arrays.first(where: { $0.name == "sigma" }) else { return nil }
        guard mean.shape.count == 1, mean.shape[0] > 0, covariance.shape == [mean.shape[0], mean.shape[0]] else {
            throw StatisticsError("\(path): mu has the shape \(mean.shape) and sigma \(covariance.shape); expected [d] and [d, d]")
        }
        return (try numbers(mean, path), try numbers(covariance, path))
    }

    static func numbers(_ entry: ArrayEntry, _ path: String) throws -> [Double] {
        let values: [Double]
        switch entry.elements {
        case .float64(let numbers): values = numbers
        case .float32(let numbers): values = numbers.map(Double.init)
        default: throw StatisticsError("\(path): \(entry.name) is not an array of floating-point numbers")
        }
        guard values.allSatisfy(\.isFinite) else { throw StatisticsError("\(path): \(entry.name) has numbers that are not finite") }
        return values
    }

    init(fit: GaussianFit, count: Int?, half: GaussianFit?, extractor: Digest?, features: [Float]?) {
        (self.fit, self.count, self.half, self.extractor, self.features) = (fit, count, half, extractor, features)
    }

    /// Writes `mu` and `sigma` as pytorch-fid reads them, with the number of images and the extractor in the archive's manifest.
    /// - Errors: `ArchiveError`
    public func write(to path: String) throws {
        let size = fit.dimension
        var members: [String: JSONValue] = ["kind": "feature-statistics", "numerics": .integer(Int64(Version.numerics))]
        members["samples"] = count.map { .integer(Int64($0)) }
        members["encoder_digest"] = extractor.map { .string($0.hex) }
        try Archive(
            entries: [
                ArrayEntry(name: "mu", shape: [size], elements: .float64(fit.mean)),
                ArrayEntry(name: "sigma", shape: [size, size], elements: .float64(fit.covariance.elements)),
            ], manifest: members
        ).writeVerified(to: path)
    }

    /// The Frechet distance of two sets.
    /// - Errors: `MetricError`; `StatisticsError` if they were computed with different extractors
    public func distance(to other: FeatureStatistics, threads: Int) throws -> Double {
        if let own = extractor, let its = other.extractor, own != its {
            throw StatisticsError.extractors(own, its)
        }
        return try FrechetDistance.between(fit, other.fit, threads: threads)
    }

    /// The bias of the distance, estimated from halves (`FrechetDistance.bias`). Nil if neither side has halves.
    public func bias(to other: FeatureStatistics, distance: Double, threads: Int) throws -> Double? {
        guard half != nil || other.half != nil else { return nil }
        return try FrechetDistance.bias(halves: half ?? fit, other.half ?? other.fit, distance: distance, threads: threads)
    }

    /// Distances of resampled sets: each side whose features are kept is drawn again with replacement.
    public func resampled(against other: FeatureStatistics, draws: Int, threads: Int, tell: (Int) throws -> Void = { _ in }) throws -> [Double] {
        func fit(_ side: FeatureStatistics, _ name: String, _ draw: Int) throws -> GaussianFit {
            guard let features = side.features, let count = side.count else { return side.fit }
            let dimension = side.fit.dimension
            var builder = GaussianFitBuilder(dimension: dimension, threads: threads)
            for index in RandomStream(seed: 0, name: "fid/bootstrap/\(name)").integers(below: count, step: UInt64(draw), count: count) {
                try builder.add(Array(features[index * dimension..<(index + 1) * dimension]))
            }
            return try builder.anyFit()
        }
        return try (0..<draws).map { draw in
            try tell(draw)
            return try FrechetDistance.between(fit(self, "first", draw), fit(other, "second", draw), threads: threads)
        }
    }
}

/// Why statistics cannot be used.
public struct StatisticsError: Error, Equatable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    init(_ description: String) { self.description = description }

    static func extractors(_ first: Digest, _ second: Digest) -> StatisticsError {
        StatisticsError("the statistics were computed with different extractors (\(first.short) and \(second.short)); their distance has no meaning")
    }
}
