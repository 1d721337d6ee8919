public import Datasets
internal import Graphs
public import Models
public import Studies

extension TrainingProgram {
    /// The program of a specification.
    /// - Parameters:
    ///   - fields: the fields of the data set
    ///   - dataset: the name of the data set
    ///   - models: the models that specifications may name
    ///   - recomputesActivations: as in `ModelConfiguration`
    /// - Errors: `TrainingError.unknownModel`, `unsuitableArchitecture`; `missingField` if the data set lacks a field that the model needs
    /// - Cost: that of planning, tenths of a second for a large network
    public init(
        _ specification: Specification, fields: [ExampleField], dataset: String, models: [any StudyModel] = ModelCatalog.all, recomputesActivations: Bool = false
    ) throws {
        guard let model = models.model(named: specification.model) else { throw TrainingError.unknownModel(specification.model) }
        let offered = fields.map { BatchField($0.name, Shape($0.shape)) }
        do {
            let images = try Self.images(offered)
            guard (specification.architecture.name == ModelSchema.pointArchitecture) == images.isPoint else {
                throw TrainingError.unsuitableArchitecture(specification.architecture.name, dataset: dataset)
            }
            self = try model.program(
                ModelConfiguration(
                    hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: images,
                    batchSize: specification.batchSize, steps: specification.steps, fields: offered,
                    recomputesActivations: recomputesActivations))
            try check(against: offered)
        } catch let error as ModelShapeError {
            throw TrainingError.unsuitableShape(error)
        } catch let error as BatchFieldError {
            throw TrainingError.missingField(error, model: specification.model, dataset: dataset)
        }
        precondition(model.condition == generation.condition?.name, "\(specification.model) declares the condition \(model.condition ?? "none"), its program has \(generation.condition?.name ?? "none")")
    }

    private static func images(_ offered: [BatchField]) throws(BatchFieldError) -> ExampleShape {
        guard let field = offered.first(where: { $0.name == ExampleField.images }), field.shape.rank == 3 else {
            throw BatchFieldError(name: ExampleField.images, offered: offered)
        }
        return ExampleShape(height: field.shape[0], width: field.shape[1], channels: field.shape[2])
    }

    /// Checks that the data set has each field that the program reads, with the same shape.
    private func check(against offered: [BatchField]) throws(BatchFieldError) {
        for field in fields + (generation.condition.map { [$0] } ?? []) where !offered.contains(field) {
            throw BatchFieldError(name: field.name, shape: field.shape, offered: offered)
        }
    }
}
