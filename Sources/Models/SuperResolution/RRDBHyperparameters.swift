import Studies

/// The hyperparameters shared by the models of super-resolution.
enum RRDBHyperparameters {
    static func network(features: Int, growth: Int, blocks: Int) -> [HyperparameterSchema] {
        [
            .integer("features", in: 1...256, default: features, description: "Channels of the features; 64 in the released configurations"),
            .integer("growth", in: 1...128, default: growth, description: "Channels that each layer of a dense block adds; 32 in the released configurations"),
            .integer("blocks", in: 1...64, default: blocks, description: "Residual-in-residual dense blocks; 23 in the released configurations, 8 for faces"),
        ]
    }

    /// Which blocks are stacked: 1, 8, 15, 22 in the released configuration for scale 4, 1, 3, 5, 7 for scale 8.
    static let stack: [HyperparameterSchema] = [
        .integer("stack_first", in: 0...63, default: 0, description: "Index of the first block whose output conditions the flow, from 0; 1 in the released configurations"),
        .integer(
            "stack_spacing", in: 1...63, default: 2,
            description: "Distance between the blocks whose outputs condition the flow; 7 in the released configuration for scale 4, 2 for scale 8"),
        .integer("stack_count", in: 2...16, default: 2, description: "Number of blocks whose outputs condition the flow; 4 in the released configurations"),
    ]

    /// The rate of the training with the mean absolute error.
    static func rate(_ name: String) -> HyperparameterSchema {
        .real(
            name, in: 1e-7...1, default: 1e-3, wide: .logUniform10(low: -4, high: -2), narrow: .logUniform10(low: -3.5, high: -2.5),
            description: "Adam's learning rate for the mean absolute error, before its four cosine periods; 2e-4 in the released configurations")
    }

    /// Four cosine periods, each from the rate to a two-thousandth of it.
    static func periods(_ rate: Double) -> ScalarSchedule { .product([.constant(rate), .cosine(end: 0.0005, periods: 4)]) }

    /// A network whose channels are multiplied by the width.
    static func network(_ configuration: ModelConfiguration) -> RRDBNetwork {
        let values = configuration.hyperparameters
        return RRDBNetwork(
            features: channels("features", configuration), growth: channels("growth", configuration), blocks: values.integer("blocks"),
            recomputesActivations: configuration.recomputesActivations)
    }

    /// A number of channels times the width, rounded, at least 1.
    static func channels(_ name: String, _ configuration: ModelConfiguration) -> Int {
        Swift.max(1, Int((Double(configuration.hyperparameters.integer(name)) * configuration.architecture.width).rounded()))
    }

    /// The indices of the stacked blocks.
    /// - Errors: `ModelShapeError` if one does not exist
    static func stacked(_ values: Hyperparameters) throws(ModelShapeError) -> [Int] {
        let indices = (0..<values.integer("stack_count")).map { values.integer("stack_first") + $0 * values.integer("stack_spacing") }
        guard let last = indices.last, last < values.integer("blocks") else {
            throw ModelShapeError(
                hyperparameter: "stack_count",
                problem: "the blocks \(indices.map(String.init).joined(separator: ", ")) of \(values.integer("blocks")), counted from 0: choose stack_first, stack_spacing and stack_count so that all exist")
        }
        return indices
    }
}
