import Graphs
internal import Archives
internal import Canonical
internal import Datasets
internal import Engine
internal import Metrics
internal import Models
internal import Numerics
internal import Studies

/// Enlarges low-resolution pictures of any size with a checkpoint of a super-resolution model.
///
/// A picture whose size is not a multiple of what the model needs is continued at the bottom and on the right by its mirror image, which is cut off afterward. Latents are those of the
/// whole picture, also where it is made from tiles.
final class PictureEnlarger {
    let specification: Specification
    let step: Int
    let scale: Int
    let channels: Int
    private let model: any ResolutionModel
    private let multiple: Int
    private let tile: Int
    private let margin: Int
    private let archive: Archive
    private let store = TensorStore()
    private let device: CPUDevice
    /// The session of the last window size: pictures are enlarged several times.
    private var known: (session: Session, generation: Generation)?

    /// The stream of latents, with seed 0: sample k has the numbers of step k.
    static let latentStream = "enlargement/latents"

    /// - Parameters:
    ///   - tile: height and width of a tile in low-resolution pixels
    ///   - margin: pixels around a tile
    /// - Errors: `ExportError.notACheckpoint`, `notSuperResolution`; `FieldError`, `TrainingError`, `DatasetError`
    init(
        _ archive: Archive, tile: Int, margin: Int = TileCover.leastMargin, datasets: DatasetStore, device: CPUDevice, models: [any StudyModel] = ModelCatalog.all
    ) throws {
        guard archive.manifest["kind"] == "checkpoint", let json = archive.manifest["specification"] else { throw ExportError.notACheckpoint(archive.digest) }
        let (specification, description) = try FrozenGenerator.checked(json, datasets: datasets, models: models)
        guard let model = models.model(named: specification.model) as? any ResolutionModel, let kind = description.lowResolution else {
            throw EnlargementError.notSuperResolution(model: specification.model)
        }
        (self.specification, self.model, self.archive, self.device, self.tile, self.margin) = (specification, model, archive, device, tile, margin)
        (scale, channels) = (kind.scale, description.shape.channels)
        step = archive.manifest["step"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        let shape = description.shape
        multiple = try model.multiple(
            Self.configuration(specification, height: shape.height / kind.scale, width: shape.width / kind.scale, channels: shape.channels, scale: kind.scale))
    }

    /// The name of the hyperparameter that scales latents.
    private static let temperatureName = "temperature"

    /// The temperature of the model's own samples; nil if it has none.
    var temperature: Double? { specification.hyperparameters[Self.temperatureName].map { if case .real(let value) = $0 { value } else { 1 } } }

    /// Latents are scaled outside of the plan, so that one plan serves all temperatures.
    private static func configuration(_ specification: Specification, height: Int, width: Int, channels: Int, scale: Int) -> ModelConfiguration {
        var values = specification.hyperparameters
        if values[temperatureName] != nil { values[temperatureName] = .real(1) }
        return ModelConfiguration(
            hyperparameters: values, architecture: specification.architecture, images: ExampleShape(height: height * scale, width: width * scale, channels: channels),
            batchSize: 1, steps: specification.steps, fields: [BatchField(ExampleField.lowResolution, [height, width, channels])])
    }

    /// The picture enlarged. - Shapes: [h scale, w scale, channels] in [0, 1], not rounded and not clipped beyond what the model does
    /// - Parameters:
    ///   - levels: h x w x channels
    ///   - draw: which latents; a model without any has one image
    /// - Errors: `TrainingError`, `ModelShapeError`, `PlanError`, `EnlargementError.tooLarge`
    func enlarged(_ levels: [UInt8], _ size: PictureSize, draw: Int, temperature: Double) throws -> [Float] {
        let height = (size.height + multiple - 1) / multiple * multiple, width = (size.width + multiple - 1) / multiple * multiple
        let padded = Self.padded(levels, size, height: height, width: width)
        let cover = TileCover(height: height, width: width, size: tile, margin: margin, multiple: multiple)
        let (session, generation) = try session(height: cover.windowHeight, width: cover.windowWidth)
        let latents = latents(generation, count: height * width * scale * scale * channels, draw: draw, temperature: temperature)
        var image = [Float](repeating: 0, count: size.elements * scale * scale)
        for part in cover.tiles {
            session.setInput(ExampleField.lowResolution, Self.cut(padded, width: width, channels: channels, part.rows, part.columns))
            if let maps = generation.latents?.maps {
                session.setInput("latents", Self.cut(latents, maps, generation.images, (height * scale, width * scale), part, scale: scale))
            }
            session.run(step: 0)
            keep(session.output("images"), part, of: size, in: &image)
        }
        return image
    }

    private func latents(_ generation: Generation, count: Int, draw: Int, temperature: Double) -> [Float] {
        guard let latents = generation.latents else { return [] }
        let factor = Float(temperature)
        return RandomStream(seed: 0, name: Self.latentStream).numbers(latents.source.distribution, step: UInt64(draw), count: count).map { $0 * factor }
    }

    // MARK: Sessions

    /// Bytes of activations of one window; more is a mistake rather than a picture.
    private static let mostBytes = 16 << 30

    private func session(height: Int, width: Int) throws -> (Session, Generation) {
        if let known, known.generation.images.height == height * scale, known.generation.images.width == width * scale { return known }
        let generation = try model.generation(Self.configuration(specification, height: height, width: width, channels: channels, scale: scale))
        let bytes = generation.plan.scratchBytes
        guard bytes <= Self.mostBytes else { throw EnlargementError.tooLarge(bytes: bytes, limit: Self.mostBytes) }
        try store.add(parametersOf: generation.plan, from: archive)
        known = nil
        let made = (Session(generation.plan, store: store, device: device, seed: 0), generation)
        known = made
        return made
    }

    // MARK: Parts

    /// The picture as numbers in [0, 1], continued by its mirror image.
    private static func padded(_ levels: [UInt8], _ size: PictureSize, height: Int, width: Int) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(height * width * size.channels)
        for y in 0..<height {
            for x in 0..<width {
                let start = (mirrored(y, size.height) * size.width + mirrored(x, size.width)) * size.channels
                for channel in 0..<size.channels { values.append(Float(levels[start + channel]) / 255) }
            }
        }
        return values
    }

    private static func mirrored(_ index: Int, _ count: Int) -> Int {
        let phase = index % (2 * count)
        return phase < count ? phase : 2 * count - 1 - phase
    }

    private static func cut(_ values: [Float], width: Int, channels: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> [Float] {
        rows.flatMap { row in values[(row * width + columns.lowerBound) * channels..<(row * width + columns.upperBound) * channels] }
    }

    /// The latents of a window: its part of each map of the whole.
    private static func cut(
        _ latents: [Float], _ maps: [ExampleShape], _ window: ExampleShape, _ whole: (height: Int, width: Int), _ part: TileCover.Tile, scale: Int
    ) -> [Float] {
        precondition(maps.reduce(0) { $0 + $1.count } == window.count, "maps \(maps) of latents for images \(window)")
        var values: [Float] = [], start = 0
        values.reserveCapacity(window.count)
        for map in maps {
            let factor = window.height / map.height, height = whole.height / factor, width = whole.width / factor
            func reduced(_ range: Range<Int>) -> Range<Int> { range.lowerBound * scale / factor..<range.upperBound * scale / factor }
            values += cut(Array(latents[start..<start + height * width * map.channels]), width: width, channels: map.channels, reduced(part.rows), reduced(part.columns))
            start += height * width * map.channels
        }
        return values
    }

    /// Copies the kept part of a window, inside the picture.
    private func keep(_ window: [Float], _ part: TileCover.Tile, of size: PictureSize, in image: inout [Float]) {
        let width = part.columns.count * scale * channels, whole = size.width * scale * channels
        let columns = part.keptColumns.lowerBound..<Swift.min(part.keptColumns.upperBound, size.width)
        guard !columns.isEmpty else { return }
        for row in part.keptRows.lowerBound * scale..<Swift.min(part.keptRows.upperBound, size.height) * scale {
            let source = (row - part.rows.lowerBound * scale) * width + (columns.lowerBound - part.columns.lowerBound) * scale * channels
            let target = row * whole + columns.lowerBound * scale * channels, count = columns.count * scale * channels
            image.replaceSubrange(target..<target + count, with: window[source..<source + count])
        }
    }
}
