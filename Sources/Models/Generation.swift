public import Graphs

/// How a model makes examples: a plan with the output "images" [batch, h, w, c] in the data set's range, from latents, from a field of given examples, or from both.
public struct Generation: Sendable {
    /// The random numbers that an example is made of, one row of the input "latents" [batch, dimensions].
    public struct Latents: Sendable, Hashable {
        public let dimensions: Int
        public let source: RandomSource

        public init(dimensions: Int, source: RandomSource) {
            self.dimensions = dimensions
            self.source = source
        }
    }

    public let plan: Plan
    public let images: ExampleShape
    /// Nil where the model is deterministic: one output for one condition.
    public let latents: Latents?
    /// The field that examples are made for; nil where they are made from latents alone.
    public let condition: BatchField?

    public init(plan: Plan, images: ExampleShape, latents: Latents?, condition: BatchField? = nil) {
        self.plan = plan
        self.images = images
        self.latents = latents
        self.condition = condition
    }
}

/// By what rule a run whose steps are all done counts as collapsed.
public enum CollapseRule: Sendable, Hashable {
    /// The standard deviation among generated images, over as many images as are named, is below `threshold` times that among as many training images:
    /// the generator gives nearly one image, whatever its latents.
    case imageDiversity(images: Int, threshold: Double)

    /// The rule of the study's models: 256 images, a twentieth.
    public static let study = CollapseRule.imageDiversity(images: 256, threshold: 0.05)
}
