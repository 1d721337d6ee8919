import Graphs
internal import Archives
internal import Canonical
internal import Datasets
internal import Engine
internal import Models
internal import Numerics
internal import Studies

/// The generator of a checkpoint of a super-resolution model, for one image at a time. It plans only what it needs: no step of training.
final class SuperResolutionModel {
    let specification: Specification
    let step: Int
    let high: ExampleShape
    let low: ExampleShape
    /// Nil if the model does not map images to latents and back.
    let latentMap: LatentMap?
    private let latents: Generation.Latents?
    private let decoding: Session
    private let store: TensorStore
    private let archive: Archive
    private let device: CPUDevice
    /// Planned when the first image is encoded.
    private var encoding: Session?

    /// - Parameter wanted: the shape of the low resolution, which may become larger to fit the model; nil for that of the data set
    /// - Errors: `ExportError`, `FieldError`, `TrainingError`
    init(
        _ archive: Archive, for description: DatasetDescription, specification: Specification, lowResolution wanted: ExampleShape? = nil, device: CPUDevice, models: [any StudyModel]
    ) throws {
        guard let model = models.model(named: specification.model) else { throw TrainingError.unknownModel(specification.model) }
        guard model.condition == ExampleField.lowResolution, let scale = description.lowResolution?.scale else {
            throw ExportError.notSuperResolution(model: specification.model)
        }
        let shape = description.shape, own = ExampleShape(height: shape.height / scale, width: shape.width / scale, channels: shape.channels)
        let (configuration, map) = try Self.fitting(model, wanted ?? own, scale: scale, specification)
        (latentMap, high) = (map, configuration.images)
        low = ExampleShape(height: high.height / scale, width: high.width / scale, channels: high.channels)
        let plan: Plan
        if let latentMap {
            plan = try latentMap.decoding()
            latents = .init(dimensions: high.count, source: RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)))
        } else {
            let generation = try model.program(configuration).generation
            (plan, latents) = (generation.plan, generation.latents)
        }
        (self.archive, self.device, self.specification, store) = (archive, device, specification, TensorStore())
        step = archive.manifest["step"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        try Self.restore(plan, from: archive, into: store)
        decoding = Session(plan, store: store, device: device, seed: 0)
    }

    /// The configuration for a low resolution, of height and width extended to the next multiples of a power of two that the model's levels divide.
    private static func fitting(
        _ model: any StudyModel, _ low: ExampleShape, scale: Int, _ specification: Specification
    ) throws -> (ModelConfiguration, LatentMap?) {
        var multiple = 1
        while true {
            func extended(_ extent: Int) -> Int { (extent + multiple - 1) / multiple * multiple }
            let (height, width) = (extended(low.height), extended(low.width))
            let configuration = ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture,
                images: ExampleShape(height: height * scale, width: width * scale, channels: low.channels), batchSize: 1, steps: specification.steps,
                fields: [BatchField(ExampleField.lowResolution, [height, width, low.channels])])
            do {
                return (configuration, try model.latentMap(configuration))
            } catch let error as ModelShapeError {
                guard multiple < 256 else { throw error }
                multiple *= 2
            }
        }
    }

    /// Copies the parameters that a plan reads.
    /// - Errors: `TrainingError.checkpointMismatch`
    private static func restore(_ plan: Plan, from archive: Archive, into store: TensorStore) throws {
        for (name, shape) in plan.parameters where store.shape(of: name) == nil {
            guard let entry = archive[name], case .float32(let numbers) = entry.elements, entry.shape == shape.extents else {
                throw TrainingError.checkpointMismatch("the tensor \(name) is missing or has another shape")
            }
            store.create(name, shape)
            store[name] = numbers
        }
    }

    /// The latents of a draw at temperature 1; for an image of the reference split those that evaluations draw. Empty if the model has none.
    func latents(of source: SuperResolutionRequest.Source, draw: Int) -> [Float] {
        guard let latents else { return [] }
        let (name, index) = if case .example(let index) = source { (Evaluator.latentStream, index) } else { ("upload/latents", 0) }
        let stream = RandomStream(seed: 0, name: name)
        return stream.numbers(latents.source.distribution, step: UInt64(clamping: draw), start: index * latents.dimensions, count: latents.dimensions)
    }

    /// One image. - Shapes: x [h, w, c] in [0, 1], z [latents] -> [H, W, c]
    func image(of x: [Float], latents z: [Float]) -> [Float] {
        decoding.setInput(ExampleField.lowResolution, x)
        if latents != nil { decoding.setInput("latents", z) }
        decoding.run(step: 0)
        return decoding.output("images")
    }

    /// The latents of an image under a low resolution.
    /// - Shapes: y [H, W, c] and x [h, w, c] in [0, 1] -> [latents]
    /// - Errors: `ExportError.noLatents` if the model has none
    func latents(of y: [Float], under x: [Float]) throws -> [Float] {
        guard let latentMap else { throw ExportError.noLatents(model: specification.model) }
        if encoding == nil {
            let plan = try latentMap.encoding()
            try Self.restore(plan, from: archive, into: store)
            encoding = Session(plan, store: store, device: device, seed: 0)
        }
        guard let encoding else { return [] }
        encoding.setInput(ExampleField.images, y)
        encoding.setInput(ExampleField.lowResolution, x)
        encoding.run(step: 0)
        return encoding.output("latents")
    }
}
