internal import Archives
internal import Canonical
internal import Datasets
internal import Models
internal import Studies
internal import Engine

/// The generator of a checkpoint, for generating examples outside of training. It requires only the shape of the data set's examples, unless the model is conditional or
/// the initial state is requested and depends on data.
struct FrozenGenerator {
    let specification: Specification
    let program: TrainingProgram
    let store: TensorStore
    let description: DatasetDescription
    let step: Int
    let device: CPUDevice
    private let seed: UInt64
    private let datasets: DatasetStore

    /// The state before the first step.
    /// - Errors: `FieldError`, `TrainingError`, `DatasetError`
    init(initial json: JSONValue, datasets: DatasetStore, device: CPUDevice, models: [any StudyModel] = ModelCatalog.all) throws {
        self = try FrozenGenerator(untrained: json, datasets: datasets, device: device, models: models)
        guard program.initialization?.step == 0 else { return }
        let dataset = try loaded()
        var loader = BatchLoader(program, source: TrainingBatches(try dataset.split("train"), of: dataset), seed: seed)
        _ = loader.initialize(store, afterStep: 0, device: device)
    }

    /// The state of a checkpoint.
    /// - Errors: as above; `TrainingError.checkpointMismatch`, `ExportError.notACheckpoint`
    init(_ archive: Archive, datasets: DatasetStore, device: CPUDevice, models: [any StudyModel] = ModelCatalog.all) throws {
        guard archive.manifest["kind"] == "checkpoint", let json = archive.manifest["specification"] else {
            throw ExportError.notACheckpoint(archive.digest)
        }
        let untrained = try FrozenGenerator(untrained: json, datasets: datasets, device: device, models: models)
        let checkpoint = try Checkpoint.restore(archive, into: untrained.store, specification: untrained.specification)
        self.init(untrained, step: checkpoint.step)
    }

    private init(_ other: FrozenGenerator, step: Int) {
        (specification, program, store, description) = (other.specification, other.program, other.store, other.description)
        (device, seed, datasets, self.step) = (other.device, other.seed, other.datasets, step)
    }

    /// The initial parameter values of the specification's seed.
    private init(untrained json: JSONValue, datasets: DatasetStore, device: CPUDevice, models: [any StudyModel]) throws {
        (specification, description) = try Self.checked(json, datasets: datasets, models: models)
        program = try TrainingProgram(specification, fields: description.fields, dataset: description.name, models: models)
        store = TensorStore()
        seed = UInt64(specification.seed)
        program.initialize(store, seed: seed)
        (step, self.device, self.datasets) = (0, device, datasets)
    }

    /// A specification that this program can compute, and its data set, unchanged.
    /// - Errors: `FieldError`, `DatasetError`; `TrainingError.otherNumerics`, `datasetChanged`
    static func checked(_ json: JSONValue, datasets: DatasetStore, models: [any StudyModel]) throws -> (Specification, DatasetDescription) {
        let specification = try Specification(canonical: json, models: models.schemas)
        guard specification.numerics == Version.numerics else {
            throw TrainingError.otherNumerics(specification: specification.numerics, program: Version.numerics)
        }
        let description = try datasets.description(named: specification.dataset.name)
        guard let digest = description.digest, digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(
                name: description.name, expected: specification.dataset.digest.hex, actual: description.digest?.hex ?? "not added")
        }
        return (specification, description)
    }

    /// The checkpoint of this state.
    var archive: Archive { Checkpoint(step: step, metrics: [:]).archive(of: store, specification: specification, program: program) }

    /// - Errors: of the data set, if the model is conditional and needs the examples of the reference split
    func sampler() throws -> Sampler {
        guard program.generation.condition != nil else { return Sampler(program, store: store, device: device) }
        let dataset = try loaded()
        let reference = SplitBatches(try dataset.split(specification.evaluation.referenceSplit), of: dataset)
        return Sampler(program, store: store, device: device, conditions: reference)
    }

    private func loaded() throws -> ImageDataset {
        let dataset = try datasets.load(specification.dataset.name)
        guard dataset.digest == specification.dataset.digest else {
            throw TrainingError.datasetChanged(name: dataset.name, expected: specification.dataset.digest.hex, actual: dataset.digest.hex)
        }
        return dataset
    }
}
