internal import Archives
internal import Canonical
internal import Codecs
internal import Datasets
internal import Graphs
internal import Models
internal import Numerics
internal import Studies

/// Pictures of a checkpoint's samples one by one and on paths through latent space, and of a data set's own examples.
extension ExportMaker {
    /// The images of latents as one grid of at most eight columns.
    /// - Errors: `ExportError.noLatentPath`, `noSuchDimension`
    func latents(of generator: FrozenGenerator, _ request: LatentRequest, to path: String) throws {
        let generation = generator.program.generation, model = generator.specification.model
        guard let latents = generation.latents, generation.condition == nil, generator.description.shape != ScatterPicture.pointShape else {
            throw ExportError.noLatentPath(model: model, dataset: generator.description.name)
        }
        let sampler = try generator.sampler(), shape = generation.images
        var images: [Float] = []
        sampler.images(ofLatents: try Self.latents(request, latents, sampler)) { images += $0 }
        let columns = Swift.min(request.count, 8), rows = (request.count + columns - 1) / columns
        try write(images, count: request.count, rows: rows, columns: columns, shape, to: path)
    }

    /// - Shapes: [count, dimensions]
    static func latents(_ request: LatentRequest, _ latents: Generation.Latents, _ sampler: Sampler) throws(ExportError) -> [Float] {
        let stream = RandomStream(seed: 0, name: SampleRange.Stream.samples.name)
        func sample(_ index: Int) -> [Float] { sampler.latents(stream: stream, start: index, count: 1) }
        let parts = (0..<request.count).map { Float($0) / Float(request.count - 1) }
        switch request.place {
        case .between(let one, let other, let path):
            let (a, b) = (sample(one), sample(other))
            return parts.flatMap { path.point(a, b, $0) }
        case .around(let center, let share, let first, let path):
            let a = sample(center)
            return a + (0..<request.count - 1).flatMap { path.point(a, sample(first + $0), Float(share)) }
        case .along(let center, let dimension):
            guard dimension < latents.dimensions else { throw .noSuchDimension(dimension, of: latents.dimensions) }
            let (low, high) = latents.source.distribution.shown, a = sample(center)
            return parts.flatMap { part in
                var varied = a
                varied[dimension] = (1 - part) * low + part * high
                return varied
            }
        }
    }

    /// Each sample of a range as a PNG file named by its index, in one zip archive.
    /// - Errors: `ExportError.tooManyForPictures`, `noPictures`
    func pictures(of generator: FrozenGenerator, _ range: SampleRange, from checkpoint: String, to path: String) throws {
        guard range.count <= SampleRange.mostOfPictures else { throw ExportError.tooManyForPictures(count: range.count) }
        guard generator.description.shape != ScatterPicture.pointShape else { throw ExportError.noPictures(dataset: generator.description.name) }
        let images = try draw(generator, range).images, shape = generator.program.generation.images
        var members = (0..<range.count).map { index in
            let one = Array(images[index * shape.count..<(index + 1) * shape.count]), name = String(range.start + index)
            let picture = SampleGrid(rows: 1, columns: 1, height: shape.height, width: shape.width, channels: shape.channels).image(one)
            return ZipMember(name: "sample-\(String(repeating: "0", count: Swift.max(0, 8 - name.count)))\(name).png", content: PNG.encode(picture))
        }
        members.append(ZipMember(name: "manifest.json", content: Array(JSONValue.object(manifest("pictures", generator, range, checkpoint)).canonicalText.utf8)))
        try AtomicFile.write(Array(ZipWriter.pieces(members, threads: threads).joined()), to: path)
    }

    /// Examples of a data set as one grid, or as a scatter plot of points.
    /// - Errors: `ExportError.tooManyForAPicture`, `noSuchImage`; `DatasetError` for an unknown split
    func examples(_ name: String, _ digest: Digest, split: String, start: Int, count: Int, to path: String) throws {
        let dataset = try loaded(name, digest), shown = try dataset.split(split)
        if dataset.shape == ScatterPicture.pointShape { return try AtomicFile.write(PNG.encode(ScatterPicture(background: shown).image([])), to: path) }
        guard count <= SampleRange.mostOfPicture else { throw ExportError.tooManyForAPicture(count: count) }
        guard start < shown.count else { throw ExportError.noSuchImage(index: start, split: split, count: shown.count) }
        let range = start..<Swift.min(start + count, shown.count), images = shown.images(at: range)
        let columns = Self.columns(range.count)
        let shape = ExampleShape(height: shown.shape.height, width: shown.shape.width, channels: shown.shape.channels)
        try write(images, count: range.count, rows: (range.count + columns - 1) / columns, columns: columns, shape, to: path)
    }

    /// As many columns as rows or one more.
    static func columns(_ count: Int) -> Int { (1...SampleRange.mostOfPicture).first { $0 * $0 >= count } ?? count }

    /// A grid as a PNG file; places without an image are white.
    func write(_ images: [Float], count: Int, rows: Int, columns: Int, _ shape: ExampleShape, to path: String) throws {
        let whole = images + [Float](repeating: 1, count: (rows * columns - count) * shape.count)
        let grid = SampleGrid(rows: rows, columns: columns, height: shape.height, width: shape.width, channels: shape.channels)
        try AtomicFile.write(PNG.encode(grid.image(whole)), to: path)
    }
}

extension RandomStream.Distribution {
    /// The range over which one dimension is varied.
    fileprivate var shown: (low: Float, high: Float) {
        switch self {
        case .uniform(let low, let high): (low, high)
        case .normal(let mean, let deviation): (mean - 3 * deviation, mean + 3 * deviation)
        case .truncatedNormal(let mean, let deviation): (mean - 2 * deviation, mean + 2 * deviation)
        }
    }
}
