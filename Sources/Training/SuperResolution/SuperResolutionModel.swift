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
    private let store = TensorStore()
    private let archive: Archive
    private let device: CPUDevice
    /// Planned when the first image is encoded.
    private var encoding: Session?

    /// - Parameter wanted: the shape of the low resolution, which may become larger to fit the model; nil for that of the data set
    /// - Errors: `ExportError`, `FieldError`, `TrainingError`
    init(
        _ archive: Archive, for description: DatasetDescription, specification: Specification, lowResolution wanted: ExampleShape? = nil, device: CPUDevice, models: [any StudyModel]
    ) throws {
        guard let known = models.model(named: specification.model) else { throw TrainingError.unknownModel(specification.model) }
        guard let model = known as? any ResolutionModel, let scale = description.lowResolution?.scale else {
            throw ExportError.notSuperResolution(model: specification.model)
        }
        let shape = description.shape
        func configuration(_ low: ExampleShape) -> ModelConfiguration {
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture,
                images: ExampleShape(height: low.height * scale, width: low.width * scale, channels: low.channels), batchSize: 1, steps: specification.steps,
                fields: [BatchField(ExampleField.lowResolution, [low.height, low.width, low.channels])])
        }
        let own = ExampleShape(height: shape.height / scale, width: shape.width / scale, channels: shape.channels), asked = wanted ?? own
        let multiple = try model.multiple(configuration(own))
        func extended(_ extent: Int) -> Int { (extent + multiple - 1) / multiple * multiple }
        low = ExampleShape(height: extended(asked.height), width: extended(asked.width), channels: asked.channels)
        let fitting = configuration(low)
        high = fitting.images
        latentMap = try model.latentMap(fitting)
        let plan: Plan
        if let latentMap {
            plan = try latentMap.decoding()
            latents = .init(dimensions: high.count, source: RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)))
        } else {
            let generation = try model.generation(fitting)
            (plan, latents) = (generation.plan, generation.latents)
        }
        (self.archive, self.device, self.specification) = (archive, device, specification)
        step = archive.manifest["step"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        try store.add(parametersOf: plan, from: archive)
        decoding = Session(plan, store: store, device: device, seed: 0)
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
            try store.add(parametersOf: plan, from: archive)
            encoding = Session(plan, store: store, device: device, seed: 0)
        }
        guard let encoding else { return [] }
        encoding.setInput(ExampleField.images, y)
        encoding.setInput(ExampleField.lowResolution, x)
        encoding.run(step: 0)
        return encoding.output("latents")
    }
}
