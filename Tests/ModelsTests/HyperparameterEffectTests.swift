import Graphs
import Canonical
import Testing

@testable import Models
@testable import Studies

/// A hyperparameter without effect would only change the run's identity and give two runs for one training: each must change what is computed, or declare when it does not.
@Suite("What hyperparameters change") struct HyperparameterEffectTests {
    /// Everything that a run's training depends on: plans, order of updates, learning rates, initial values.
    private static func fingerprint(_ model: any StudyModel, _ values: Hyperparameters, _ architecture: String, channels: Int) throws -> [String] {
        let isPoints = architecture == ModelSchema.pointArchitecture
        let program = try model.program(
            ModelConfiguration(
                hyperparameters: values, architecture: .init(name: architecture, width: model.condition == "low_resolution" ? 1 : 0.0625),
                images: ExampleShape(height: isPoints ? 1 : 28, width: isPoints ? 1 : 28, channels: channels), batchSize: 2, steps: 100,
                fields: isPoints ? [] : [BatchField("low_resolution", [14, 14, channels])]))
        let plans = program.namedPlans.map { "\($0.name) \($0.plan.digest)" }
        let rates = (Array(1...8) + Array(stride(from: 15, through: 100, by: 7))).flatMap { step in program.scalars(step: step).map { "\($0.name) \($0.value)" } }
        let parameters = program.parameters.map { "\($0.name) \($0.shape) \($0.initializer)" }
        return plans + rates + parameters + (1...100).map { program.phase(ofStep: $0).name } + ["\(program.initialization?.step ?? 0)"]
    }

    /// Valid values other than `value`.
    private static func others(_ schema: HyperparameterSchema, than value: HyperparameterValue) -> [HyperparameterValue] {
        let candidates: [HyperparameterValue] =
            switch schema.domain {
            case .reals(let range): [0.25, 0.5].map { .real(range.lowerBound + (range.upperBound - range.lowerBound) * $0) }
            case .integers(let range): (0...2).map { .integer(range.lowerBound + $0) }
            case .bools: [.bool(true), .bool(false)]
            case .oneOf(let values): values
            }
        return candidates.filter { $0 != value }
    }

    /// The defaults, but networks as short as possible, whose plans are large.
    private static func base(_ schema: ModelSchema) -> Hyperparameters {
        var values = schema.defaults
        // With three blocks there are others to stack than the first two.
        for name in ["depth", "couplings", "transition_steps", "stack_spacing"] where schema.hyperparameter(name) != nil { values[name] = .integer(1) }
        return values
    }

    private static func dependsOnChannels(_ schema: ModelSchema) -> Bool { schema.hyperparameters.contains { $0.effect == .severalChannels } }

    /// Nil where the model refuses the values for these images.
    private static func accepted(_ body: () throws -> [String]) throws -> [String]? {
        do { return try body() } catch is ModelShapeError { return nil }
    }

    /// These values, and these with each named variant.
    private static func contexts(_ schema: ModelSchema) -> [Hyperparameters] {
        [base(schema)] + schema.hyperparameters.flatMap { variant -> [Hyperparameters] in
            guard case .oneOf(let values) = variant.domain else { return [] }
            return values.filter { $0 != variant.defaultValue }.map {
                var context = base(schema)
                context[variant.name] = $0
                return context
            }
        }
    }

    @Test(arguments: ModelCatalog.schemas.map(\.name)) func eachChangesTheTrainingOrSaysWhenNot(name: String) throws {
        let model = try #require(ModelCatalog.model(named: name))
        for architecture in model.schema.architectures {
            for channels in architecture == ModelSchema.pointArchitecture ? [2] : Self.dependsOnChannels(model.schema) ? [1, 3] : [3] {
                let dataset = DatasetFacts(
                    name: "d", digest: .sha256("d"), encoders: ["lenet"], classifiers: [], splits: ["train": 1000, "test": 500],
                    isPoints: architecture == ModelSchema.pointArchitecture, channels: channels)
                for context in Self.contexts(model.schema) {
                    let before = try Self.fingerprint(model, context, architecture, channels: channels)
                    for schema in model.schema.hyperparameters {
                        // Values that do not fit the images or each other are refused; each hyperparameter has another that does.
                        // Plans of the networks of super-resolution are large.
                        let most = model.condition == nil ? 2 : 1
                        var compared = 0
                        for value in Self.others(schema, than: context[schema.name] ?? schema.defaultValue) where compared < most {
                            var changed = context
                            changed[schema.name] = value
                            let hasEffect = schema.effect.absence(in: changed, dataset: dataset) == nil
                            guard let after = try Self.accepted({ try Self.fingerprint(model, changed, architecture, channels: channels) }) else { continue }
                            compared += 1
                            #expect((before != after) == hasEffect, "\(schema.name) \(value) with \(architecture), \(channels) channels, \(context.json.canonicalText)")
                        }
                        #expect(compared > 0, "\(schema.name): the model accepts no other value with \(context.json.canonicalText)")
                    }
                }
            }
        }
    }
}
