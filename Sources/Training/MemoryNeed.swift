import Graphs
internal import Canonical
internal import Extractors
public import Datasets
internal import Metrics
public import Models
public import Studies

/// Estimate of a worker's memory for a run, computed from its plans before anything is allocated.
///
/// The peak occurs at a checkpoint: the training state, its copy in the archive, the archive's bytes, and both again while the archive is
/// read back. The estimate includes what grows with the specification; packed product operands and read buffers are not included.
public struct MemoryNeed: Sendable, Equatable {
    /// Bytes of weights, optimizer state, and moving averages.
    public var state: Int
    /// Bytes of the copies that a checkpoint makes of the state.
    public var checkpoint: Int
    /// Bytes of activations, gradients, inputs, and outputs.
    public var scratch: Int
    /// Bytes of the data set, which is held in memory.
    public var dataset: Int
    /// Bytes of the feature extractor, and of features and images that metrics keep.
    public var evaluation: Int
    /// Floating-point operations of the matrix products and convolutions of a training step, on average over the kinds of step.
    public var operationsOfStep: Double
    /// Those of the generated samples of an evaluation; feature extractors and metrics are not counted.
    public var operationsOfEvaluation: Double

    /// Bytes of the program itself.
    public static let program = 56 << 20

    /// Total in bytes.
    public var total: Int { state + checkpoint + scratch + dataset + evaluation + Self.program }

    /// Builds the model's program and reads its plans. If this does not throw, training can start.
    /// - Errors: `TrainingError.unknownModel`, `unknownEncoder`, `unsuitableArchitecture`, `missingField`; `PlanError`; `DatasetError` for an unknown data set
    /// - Cost: that of planning, tenths of a second for a large network
    public init(
        _ specification: Specification, datasets: DatasetStore, models: [any StudyModel] = ModelCatalog.all, recomputesActivations: Bool = false
    ) throws {
        let description = try datasets.description(named: specification.dataset.name)
        let program = try TrainingProgram(
            specification, fields: description.fields, dataset: description.name, models: models, recomputesActivations: recomputesActivations)
        try self.init(specification, program, datasets: datasets)
    }

    /// The need of a run with its program.
    /// - Errors: `TrainingError.unknownEncoder`, `DatasetError` for an unknown data set
    init(_ specification: Specification, _ program: TrainingProgram, datasets: DatasetStore) throws {
        let description = try datasets.description(named: specification.dataset.name)
        let shape = description.shape
        operationsOfStep = Self.operations(program)
        let batches = (specification.evaluation.samples + program.batchSize - 1) / max(1, program.batchSize)
        operationsOfEvaluation = specification.evaluation.metrics.isEmpty ? 0 : Double(batches) * program.generation.plan.productOperations
        state = Self.stateBytes(program)
        checkpoint = 4 * state
        let requirements = Self.requirements(specification)
        scratch = Self.scratchBytes(program, isInverting: requirements.sampler)
        // Crops in the middle stand beside windows.
        let numbers = description.storedElements + (description.windows == nil ? 0 : description.images * shape.elements)
        dataset = (description.kind == .points ? 4 * numbers : numbers) + description.images
        evaluation = try Self.evaluationBytes(specification, description, requirements, datasets)
    }

    private static func operations(_ program: TrainingProgram) -> Double {
        let all = program.phases.indices.reduce(0.0) { sum, index in
            sum + Double(program.rule.count(of: index, through: program.steps, of: program.steps)) * program.phases[index].plan.productOperations
        }
        return all / Double(max(1, program.steps))
    }

    private static func stateBytes(_ program: TrainingProgram) -> Int {
        var counts: [String: Int] = [:]
        for entry in program.parameters { counts[entry.name] = entry.shape.count }
        for (_, plan) in program.namedPlans {
            for parameter in plan.parameters { counts[parameter.name] = parameter.shape.count }
        }
        return counts.values.reduce(0, +) * 4
    }

    /// Sessions share the scratch memory of the main plan if it is large enough.
    private static func scratchBytes(_ program: TrainingProgram, isInverting: Bool) -> Int {
        let main = program.mainPhase.plan
        let others = program.namedPlans.filter { $0.name != program.mainPhase.name }.map(\.plan)
        return main.scratchBytes + main.portBytes
            + others.reduce(0) { $0 + $1.portBytes + ($1.scratchBytes > main.scratchBytes ? $1.scratchBytes : 0) }
            + (isInverting ? program.inversion.map { $0.scratchBytes + $0.portBytes } ?? 0 : 0)
    }

    /// What the metrics keep, all together.
    private static func requirements(_ specification: Specification) -> GeneratedImages.Requirements {
        Evaluator.requirements(
            specification.evaluation.metrics.compactMap { name in
                MetricChoice.named(name).flatMap { MetricEstimator.named(name, options: $0.options(with: specification.evaluation.options[name])) }
            })
    }

    /// Kept samples are float32 while they are collected and float64 afterwards, for both images and reference.
    private static func evaluationBytes(
        _ specification: Specification, _ description: DatasetDescription, _ requirements: GeneratedImages.Requirements, _ datasets: DatasetStore
    ) throws -> Int {
        let samples = specification.evaluation.samples
        let elements = description.shape.elements
        var (bytes, dimension, classes) = (2 * 1000 * elements * 4, elements, 0)
        if let record = EncoderChoices.imported(specification.evaluation.encoder, for: description, in: datasets) {
            (dimension, classes) = (record.dimension, record.classes)
            bytes += try record.workingBytes()
        } else if description.kind == .images {
            let wanted = try EncoderSpecification(encoder: specification.evaluation.encoder, for: description, in: datasets)
            classes = wanted.encoder == EncoderSpecification.untrained ? 2 : try datasets.description(named: wanted.dataset).classes
            let classifier = try Classifier(
                height: wanted.shape.height, width: wanted.shape.width, channels: wanted.shape.channels, classes: classes,
                batchSize: wanted.batchSize, architecture: wanted.architecture)
            dimension = wanted.architecture.featureDimension
            bytes += classifier.training.scratchBytes + classifier.training.portBytes + classifier.featuresAndLogits.scratchBytes
            bytes += classifier.training.parameters.reduce(0) { $0 + $1.shape.count } * 4
        }
        if requirements.features { bytes += 2 * samples * dimension * 12 }
        if requirements.logits { bytes += samples * classes * 12 }
        if requirements.pixels { bytes += 2 * samples * elements * 12 }
        if specification.evaluation.metrics.contains("memorisation") {
            bytes += (description.splits.first { $0.name == "train" }?.count ?? 0) * dimension * 12
        }
        return bytes
    }
}
