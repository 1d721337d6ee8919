internal import Archives
internal import Canonical
internal import Codecs
internal import Datasets
internal import Graphs
internal import Models
internal import Numerics
internal import Studies

/// The training images nearest to generated ones: whether a generator makes something new.
extension ExportMaker {
    /// A found training image.
    struct Neighbor: Equatable {
        /// Its index in the training split.
        let index: Int
        /// The squared Euclidean distance.
        let distance: Double
    }

    /// Images of the reference split whose own nearest training images are told beside: what is usual for images that no training has seen.
    static let heldOut = 64

    /// The nearest training images as JSON, with the picture as PNG file.
    /// - Errors: `ExportError.noLatentPath` for points and for models whose images are not functions of latents alone, `noSuchDimension`; those of data sets, extractors, and archives
    func neighbors(of generator: FrozenGenerator, _ request: NeighborRequest, from checkpoint: String) throws -> JSONValue {
        let found = try search(generator, request), train = found.train
        func number(_ index: Int) -> JSONValue {
            if case .samples(let first, _) = request.images { return .integer(Int64(first + index)) }
            return .null
        }
        let samples: [JSONValue] = found.neighbors.prefix(request.images.count).enumerated().map { place, neighbors -> JSONValue in
            .object([
                "sample": number(place),
                "neighbors": .array(
                    neighbors.map { neighbor in
                        .object(["index": .integer(Int64(neighbor.index)), "distance": .number(neighbor.distance), "label": .optional(train.labels.map { Int($0[neighbor.index]) })])
                    }),
            ])
        }
        let usual = found.neighbors.dropFirst(request.images.count).compactMap(\.first?.distance).sorted()
        var heldOut = JSONValue.null
        if let least = usual.first, let greatest = usual.last {
            heldOut = .object([
                "split": .string(found.reference), "images": .integer(Int64(usual.count)), "least": .number(least), "median": .number(usual[(usual.count - 1) / 2]), "greatest": .number(greatest),
            ])
        }
        let picture = PNG.encode(try self.picture(found, request))
        let members: [String: JSONValue] = [
            "checkpoint": .string(checkpoint), "model": .string(generator.specification.model), "step": .integer(Int64(generator.step)), "dataset": .string(generator.description.name),
            "dataset_digest": .string(generator.specification.dataset.digest.hex), "split": .string(train.name), "images": .integer(Int64(train.count)), "space": .string(request.space.rawValue),
            "encoder": .optional(found.encoder?.name), "encoder_digest": .optional(found.encoder?.digest.hex), "samples": .array(samples),
            "held_out": heldOut,
            "width": .integer(Int64(found.shape.width)), "height": .integer(Int64(found.shape.height)), "digest": .string(Digest.sha256(picture).hex), "png": .string(Base64.text(of: picture)),
        ]
        return .object(members)
    }

    /// The picture of the same: each generated image at the left, its neighbors to the right of it, the nearest first.
    func neighborPicture(of generator: FrozenGenerator, _ request: NeighborRequest) throws -> [UInt8] { PNG.encode(try picture(search(generator, request), request)) }

    private struct Found {
        let images: [Float]
        let shape: ExampleShape
        let train: DatasetSplit
        /// Of each generated image, and then of each held-out one, whose split has this name.
        let neighbors: [[Neighbor]]
        let reference: String
        let encoder: Encoder?
    }

    private func search(_ generator: FrozenGenerator, _ request: NeighborRequest) throws -> Found {
        let generation = generator.program.generation
        guard let latents = generation.latents, generation.condition == nil, generator.description.shape != ScatterPicture.pointShape else {
            throw ExportError.noLatentPath(model: generator.specification.model, dataset: generator.description.name)
        }
        let sampler = try generator.sampler()
        var images: [Float] = []
        switch request.images {
        case .samples(let first, let count):
            sampler.images(stream: RandomStream(seed: 0, name: SampleRange.Stream.samples.name), start: first, count: count) { batch, _ in images += batch }
        case .latents(let request): sampler.images(ofLatents: try Self.latents(request, latents, sampler)) { images += $0 }
        }
        let dataset = try loaded(generator.description.name, generator.specification.dataset.digest), train = try dataset.split("train")
        let reference = try dataset.split(generator.specification.evaluation.referenceSplit)
        let heldOut = reference.name == train.name ? 0 : Swift.min(Self.heldOut, reference.count)
        let encoder = try request.space == .features ? self.encoder(of: generator) : nil
        let count = request.images.count + heldOut, all = images + reference.images(at: 0..<heldOut)
        let asked = encoder.map { $0.features(of: all, count: count) } ?? all
        let neighbors = Self.nearest(request.neighbors, to: asked, count: count, of: train.count, threads: threads) { range in
            let images = train.images(at: range)
            return encoder.map { $0.features(of: images, count: range.count) } ?? images
        }
        return Found(images: images, shape: generation.images, train: train, neighbors: neighbors, reference: reference.name, encoder: encoder)
    }

    /// The nearest of many vectors to each of a few, ordered by distance and then by index. Distances are sums of squared differences in binary64, in the order of the dimensions.
    /// - Shapes: asked [count, dimension]; `vectors` gives those of a range of 0 ..< all
    static func nearest(_ wanted: Int, to asked: [Float], count: Int, of all: Int, threads: Int = 1, _ vectors: (Range<Int>) -> [Float]) -> [[Neighbor]] {
        let dimension = asked.count / Swift.max(1, count), matrix = Matrix(asked, columns: dimension)
        let step = Swift.max(1, Swift.min(1024, (1 << 22) / dimension))
        // Distances by products find the candidates; a few more than wanted, because they are rounded differently.
        let kept = wanted + 4
        // A vector with numbers that are not finite is near to none.
        let isFinite = (0..<count).map { asked[$0 * dimension..<($0 + 1) * dimension].allSatisfy(\.isFinite) }
        var candidates = [[(product: Double, found: Neighbor)]](repeating: [], count: count)
        for start in stride(from: 0, to: all, by: step) {
            let range = start..<Swift.min(start + step, all), block = vectors(range)
            matrix.squaredDistances(to: Matrix(block, columns: dimension), threads: threads) { rows, distances in
                for (place, row) in rows.enumerated() where isFinite[row] {
                    for column in distances.smallest(Swift.min(kept, range.count), ofRow: place) {
                        let product = distances.elements[place * distances.columns + column]
                        if candidates[row].count == kept, let last = candidates[row].last, product >= last.product { continue }
                        let exact = distance(asked[row * dimension..<(row + 1) * dimension], block[column * dimension..<(column + 1) * dimension])
                        let slot = candidates[row].firstIndex { $0.product > product } ?? candidates[row].count
                        candidates[row].insert((product, Neighbor(index: start + column, distance: exact)), at: slot)
                        if candidates[row].count > kept { candidates[row].removeLast() }
                    }
                }
            }
        }
        return candidates.map { Array($0.map(\.found).sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(wanted)) }
    }

    private static func distance(_ one: ArraySlice<Float>, _ other: ArraySlice<Float>) -> Double {
        var sum = 0.0
        for (a, b) in zip(one, other) {
            let difference = Double(a) - Double(b)
            sum += difference * difference
        }
        return sum
    }

    private func picture(_ found: Found, _ request: NeighborRequest) throws -> PixelImage {
        let size = found.shape.count, columns = request.neighbors + 1, rows = request.images.count
        var pixels: [Float] = []
        pixels.reserveCapacity(rows * columns * size)
        for row in 0..<rows {
            let neighbors = found.neighbors[row].map(\.index)
            pixels += found.images[row * size..<(row + 1) * size]
            pixels += found.train.images(at: neighbors)
            // A training split of a few images has fewer neighbors.
            pixels += [Float](repeating: 1, count: (request.neighbors - neighbors.count) * size)
        }
        return SampleGrid(rows: rows, columns: columns, height: found.shape.height, width: found.shape.width, channels: found.shape.channels).image(pixels)
    }
}
