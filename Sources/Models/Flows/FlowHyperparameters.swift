import Graphs
import Studies

/// The hyperparameters shared by the flows.
enum FlowHyperparameters {
    /// - Parameters:
    ///   - warmUp: default of `warmup_steps`
    ///   - temperature: default of `temperature`
    static func list(warmUp: Int, temperature: Double) -> [HyperparameterSchema] {
        [
            .real(
                "learning_rate", in: 1e-7...1, default: 1e-3, wide: .logUniform10(low: -4, high: -2), narrow: .logUniform10(low: -3.5, high: -2.5),
                description: "Adam's learning rate after the warm-up; 1e-3 as in the released code of Glow"),
            .real("beta1", in: SharedHyperparameters.momentDecay, default: 0.9, description: "Adam's decay of the first moment"),
            .integer("warmup_steps", in: 0...1_000_000, default: warmUp, description: "Steps over which the learning rate rises linearly from 0; the released code of Glow uses ten epochs"),
            .real(
                "gradient_clip", in: 0...1e6, default: 100,
                description: "Bound of the gradient's norm over all parameters, in bits per dimension; 0 for none. It keeps a rare batch from ending a run"),
            .integer(
                "initialization_examples", in: 2...4096, default: 256,
                description: "Training examples that the data-dependent initialization of ActNorm reads; 256 as in the released code of Glow"),
            .real(
                "temperature", in: 0...2, default: temperature,
                description: "Standard deviation of the latents of samples; without effect on training and likelihood"),
            .text(
                "convolution", among: InvertibleConvolution.Form.allCases.map(\.rawValue), default: InvertibleConvolution.Form.lu.rawValue,
                description: "Form of the invertible 1x1 convolutions: plain, or LU factors with a fixed permutation"),
        ]
    }

    /// The program of a flow with the hyperparameters of a configuration.
    static func program(_ flow: any FlowLayer, _ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        let warmUp = values.integer("warmup_steps"), rate = ScalarSchedule.constant(values.real("learning_rate"))
        return try FlowProgram(
            flow: flow, images: configuration.images, batchSize: configuration.batchSize, steps: configuration.steps,
            adam: Adam(beta1: Float(values.real("beta1"))), learningRate: warmUp > 0 ? .product([rate, .warmUp(steps: warmUp)]) : rate,
            gradientClip: values.real("gradient_clip"), initializationExamples: values.integer("initialization_examples"),
            temperature: values.real("temperature"), recomputesActivations: configuration.recomputesActivations
        ).build()
    }

    /// The least scale of affine couplings (and injectors), which a specification leaves out where it is the default.
    /// - Parameters:
    ///   - range: the values allowed
    ///   - value: the default
    ///   - origin: where the default comes from, as the end of a sentence
    static func scaleFloor(in range: ClosedRange<Double>, default value: Double, _ origin: String) -> HyperparameterSchema {
        HyperparameterSchema.real(
            scaleFloorName, in: range, default: value,
            description: "Least scale of affine layers, sigmoid(s + 2) + scale_floor: the inverse of a layer amplifies by at most its reciprocal; \(origin)"
        ).omittedByDefault()
    }

    /// The least scale of a configuration.
    static func scaleFloor(_ values: Hyperparameters, default value: Float) -> Float {
        values[scaleFloorName] == nil ? value : Float(values.real(scaleFloorName))
    }

    private static let scaleFloorName = "scale_floor"

    /// The form of the invertible convolutions.
    static func convolution(_ values: Hyperparameters) -> InvertibleConvolution.Form { .init(rawValue: values.text("convolution")) ?? .lu }
}
