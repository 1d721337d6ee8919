internal import Archives
internal import Canonical
internal import Datasets
internal import Models
internal import Studies
internal import Engine

/// The generator of a checkpoint, for drawing examples outside of training: no training data is needed, only the shape of the data set's examples.
struct FrozenGenerator {
    let specification: Specification
    let program: TrainingProgram
    let store: TensorStore
    let description: DatasetDescription
    let step: Int
    let executor: Executor

    /// The state before the first step.
    /// - Errors: `FieldError`, `TrainingError`, `DatasetError`
    init(initial json: JSONValue, datasets: DatasetStore, executor: Executor) throws {
        specification = try Specification(canonical: json, models: ModelCatalog.schemas)
        guard specification.numerics == Version.numerics else {
            throw TrainingError.otherNumerics(specification: specification.numerics, program: Version.numerics)
        }
        guard let model = ModelCatalog.model(named: specification.model) else { throw TrainingError.unknownModel(specification.model) }
        description = try datasets.description(named: specification.dataset.name)
        guard let digest = description.digest, digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(
                name: description.name, expected: specification.dataset.digest.hex, actual: description.digest?.hex ?? "not added")
        }
        let shape = description.shape
        let images = ExampleShape(height: shape.height, width: shape.width, channels: shape.channels)
        guard (specification.architecture.name == ModelSchema.pointArchitecture) == images.isPoint else {
            throw TrainingError.unsuitableArchitecture(specification.architecture.name, dataset: description.name)
        }
        program = try model.program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: images,
                batchSize: specification.batchSize))
        store = TensorStore()
        program.initialize(store, seed: UInt64(specification.seed))
        step = 0
        self.executor = executor
    }

    /// The state that a checkpoint holds.
    /// - Errors: as above; `TrainingError.checkpointMismatch`, `ExportError.notACheckpoint`
    init(_ archive: Archive, datasets: DatasetStore, executor: Executor) throws {
        guard archive.manifest["kind"] == "checkpoint", let json = archive.manifest["specification"] else {
            throw ExportError.notACheckpoint(archive.digest)
        }
        let initial = try FrozenGenerator(initial: json, datasets: datasets, executor: executor)
        let checkpoint = try Checkpoint.restore(archive, into: initial.store, specification: initial.specification)
        (specification, program, store, description, self.executor) = (initial.specification, initial.program, initial.store, initial.description, executor)
        step = checkpoint.step
    }

    /// What a run of this specification would keep at this step.
    var archive: Archive { Checkpoint(step: step, metrics: [:]).archive(of: store, specification: specification, program: program) }

    var sampler: Sampler {
        Sampler(
            program: program, session: Session(program.sampling, store: store, executor: executor, seed: 0),
            makeInversion: { [program, store, executor] in Session(program.inversion, store: store, executor: executor, seed: 0) })
    }
}
